import { computed, signal } from "@preact/signals";
import type { Part } from "../canvas/cells";
import { STREAMED, fields, type Call } from "../run/call";
import { Run } from "../run/run";
import { NO_SETTINGS, type Settings } from "../settings/settings";
import { holesIn, pieces, type Piece } from "./template";

export interface Filling {
  run: Run;
  template: Piece[];
  parts: Part[];
}

export const settings = signal<Settings>(NO_SETTINGS);
export const typed = signal("Once upon a time a proud fox named Elena[[24]] In the end the bear and the fox turned east and ate some honey.");
export const filling = signal<Filling | null>(null);

export const template = computed(() => pieces(typed.value));
export const call = computed<Call>(() => callOf(template.value, settings.value));

export function fill(): void {
  filling.value?.run.stop();
  const length = holesIn(template.value)[0] ?? 1;
  const run = new Run(callOf(template.value, settings.value), { length, block: length });
  filling.value = { run, template: template.value, parts: partsOf(template.value) };
}

function callOf(template: Piece[], settings: Settings): Call {
  const hole = template.findIndex((piece) => "hole" in piece);
  const text = (some: Piece[]) => some.map((piece) => ("text" in piece ? piece.text : "")).join("");
  const before = text(hole < 0 ? template : template.slice(0, hole));
  const after = hole < 0 ? "" : text(template.slice(hole + 1));
  const { gen_length: _, ...rest } = fields(settings);
  const body = { prompt: before, ...(after ? { suffix: after } : {}), max_tokens: holesIn(template)[0] ?? 1, ...rest };
  return { path: "v1/completions", body: { ...body, ...STREAMED } };
}

function partsOf(template: Piece[]): Part[] {
  let at = 0;
  let hole = 0;
  return template.map((piece) => {
    if ("text" in piece) return piece;
    const start = at;
    at += piece.hole;
    return { label: `Hole ${++hole}`, start, end: at };
  });
}
