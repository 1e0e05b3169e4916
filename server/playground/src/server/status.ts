/** Whether the server takes requests, and what it can run; looked at again and again. */

import { computed, effect, signal } from "@preact/signals";
import { Refusal, apiKey, read } from "./client";
import type { Algorithm, Listing } from "./types";

export type Status = "connecting" | "ready" | "waiting" | "unreachable" | "locked";

export const status = signal<Status>("connecting");
/** The server's own words while it is not ready. */
export const reason = signal("");
export const listing = signal<Listing | null>(null);
export const model = signal("");
/** Whether a key was sent and is not one of the server's. */
export const keyRefused = signal(false);

const READY_EVERY = 10_000;
const OTHERWISE_EVERY = 1_000;

export const algorithms = computed(() => new Map(listing.value?.algorithms.map((one) => [one.name, one])));
export const rules = computed(() => new Map(listing.value?.unmasking_rules.map((one) => [one.name, one])));

export function algorithmOf(name: string | null): Algorithm | undefined {
  return algorithms.value.get(name ?? listing.value?.default ?? "");
}

let timer: ReturnType<typeof setTimeout> | undefined;
let looking = false;
let again = false;

/** Look now; then again by itself. */
export async function look(): Promise<void> {
  clearTimeout(timer);
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    await read("health/ready");
    // Loaded again after every outage: another model or other plugins may have come with the restart.
    if (status.value !== "ready" || !listing.value) await load();
    status.value = "ready";
    reason.value = "";
  } catch (error) {
    const refusal = error as Refusal;
    status.value = refusal.status === 401 ? "locked" : refusal.status === 503 ? "waiting" : "unreachable";
    reason.value = refusal.message;
    keyRefused.value = refusal.status === 401 && apiKey.value !== "";
  } finally {
    looking = false;
    const wait = status.value === "ready" || status.value === "locked" ? READY_EVERY : OTHERWISE_EVERY;
    timer = setTimeout(look, again ? 0 : wait);
    again = false;
  }
}

async function load(): Promise<void> {
  const [found, models] = await Promise.all([
    read<Listing>("generation/algorithms"),
    read<{ data: { id: string }[] }>("v1/models"),
  ]);
  listing.value = found;
  model.value = models.data[0]?.id ?? "";
}

export function watchServer(): void {
  effect(() => {
    apiKey.value;
    void look();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
  });
  addEventListener("online", () => void look());
}
