import { signal } from "@preact/signals";
import type { Colour } from "./colour";

/** How all canvases of the page are shown. */
export const colour = signal<Colour>("confidence");
/** Steps a second when a recording is played. */
export const speed = signal(20);
