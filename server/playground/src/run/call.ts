/** Requests as the page sends them, and the canvas that they will fill. */

import { listing } from "../server/status";
import type { Settings } from "../settings/settings";

export interface Call {
  path: string;
  body: Record<string, unknown>;
  /** Names of the holes that the reply fills; none: it is one text. */
  holes?: string[];
}

export interface Shape {
  /** Positions of the generated part. */
  length: number;
  block: number;
}

export interface Message {
  role: "user" | "assistant";
  content: string;
}

export const STREAMED = { stream: true, stream_options: { include_usage: true, include_canvas: true } };

export function chatCall(messages: Message[], settings: Settings): Call {
  return { path: "v1/chat/completions", body: { messages, ...fields(settings), ...STREAMED } };
}

export function fields(settings: Settings): Record<string, unknown> {
  return settings.algorithm ? { generation_algorithm: settings.algorithm, ...settings.values } : settings.values;
}

/** The canvas that the server will make: whole blocks that hold `gen_length`. */
export function shapeOf(settings: Settings): Shape {
  const wanted = (name: string) => {
    const value = settings.values[name] ?? listing.value?.parameters.properties?.[name]?.default;
    return typeof value === "number" && value >= 1 ? Math.min(Math.floor(value), 8192) : 1;
  };
  const length = wanted("gen_length");
  const block = Math.min(wanted("block_length"), length);
  return { length: Math.ceil(length / block) * block, block };
}
