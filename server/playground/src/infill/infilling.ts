import { computed, signal } from "@preact/signals";
import type { Part } from "../canvas/cells";
import { STREAMED, fields, type Call } from "../run/call";
import { Run } from "../run/run";
import { Refusal, post } from "../server/client";
import { NO_SETTINGS, type Settings } from "../settings/settings";
import { holesIn, pieces, type Piece } from "./template";

export interface Filling {
  run: Run;
  template: Piece[];
  parts: Part[];
}

export const settings = signal<Settings>(NO_SETTINGS);
export const question = signal("Write a short story about a fox.");
export const typed = signal(
  "Once upon a time a[[4]] lived in the mountains. One Monday[[12]] In the end the bear and the fox[[8]]",
);
/** Whether all holes are denoised at once, instead of from left to right. */
export const together = signal(false);
export const filling = signal<Filling | null>(null);
/** Why the last attempt did not even begin. */
export const problem = signal<Refusal | null>(null);

export const template = computed(() => pieces(typed.value));
export const call = computed<Call>(() => callOf(template.value, settings.value));

export async function fill(): Promise<void> {
  filling.value?.run.stop();
  problem.value = null;
  const pieces = template.value;
  const call = callOf(pieces, settings.value);
  try {
    const { parts, length } = await layOut(pieces);
    filling.value = { run: new Run(call, { length, block: length }), template: pieces, parts };
  } catch (error) {
    problem.value = error as Refusal;
  }
}

function callOf(template: Piece[], settings: Settings): Call {
  const { gen_length: _, ...rest } = fields(settings);
  const asked = question.value.trim();
  const body = {
    ...(asked ? { messages: [{ role: "user", content: asked }] } : {}),
    template,
    ...(together.value ? { together: true } : {}),
    ...rest,
    ...STREAMED,
  };
  return { path: "v1/infill", body, holes: holesIn(template).map((_, at) => `hole_${at + 1}`) };
}

/** Where the holes lie: positions count from the first hole on, over the tokens of the text between two. */
async function layOut(template: Piece[]): Promise<{ parts: Part[]; length: number }> {
  const first = template.findIndex((piece) => "hole" in piece);
  const last = template.findLastIndex((piece) => "hole" in piece);
  const widths = await Promise.all(
    template.map((piece, at) => ("hole" in piece ? piece.hole.max_tokens : first < at && at < last ? tokensOf(piece.text) : 0)),
  );
  let position = 0;
  let hole = 0;
  const parts = template.map((piece, at) => {
    const start = position;
    position += widths[at]!;
    return "text" in piece ? piece : { label: `Hole ${++hole}`, start, end: position };
  });
  return { parts, length: position };
}

async function tokensOf(text: string): Promise<number> {
  const reply = await post("v1/tokenize", { prompt: text }, AbortSignal.timeout(30_000));
  return ((await reply.json()) as { count: number }).count;
}
