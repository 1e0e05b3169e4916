/** What the server sends; see docs/http.md. */

export type ChangeKind = "commit" | "preview" | "remask";

/** Position in the generated part, text (empty: an end token), confidence, forward from 1, kind. */
export type CanvasChange = [number, string, number | null, number, ChangeKind];

export interface RunReport {
  algorithm: string;
  unmasking: string;
  seed: number;
  nfe: number | null;
  forwards_per_block: number[] | null;
  parameters: Record<string, unknown>;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
}

/** Of chat, completions and infilling alike: each has its own member for a piece of text. */
export interface Chunk {
  choices?: { delta?: { content?: string }; text?: string; hole?: string | null; finish_reason?: string | null }[];
  usage?: Usage | null;
  llada?: { canvas: CanvasChange[] } | RunReport;
  error?: ErrorBody;
}

export interface ErrorBody {
  message: string;
  type?: string;
  param?: string | null;
  code?: string | null;
}

export interface Schema {
  description?: string;
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, Schema>;
}

export interface Algorithm {
  name: string;
  aliases: string[];
  description: string;
  available: boolean;
  reason: string | null;
  hint: string | null;
  distribution: string | null;
  version: string | null;
  execution: string;
  unmasking: string[];
  params: Schema | null;
}

export interface UnmaskingRule {
  name: string;
  description: string;
  distribution: string | null;
  version: string | null;
  params: Schema | null;
}

export interface Plugin {
  name: string;
  distribution: string;
  version: string | null;
  status: string;
  reason: string | null;
  algorithms: string[];
  rules: string[];
}

/** `GET /generation/algorithms`. */
export interface Listing {
  algorithms: Algorithm[];
  unmasking_rules: UnmaskingRule[];
  parameters: Schema;
  plugins: Plugin[];
  default: string;
}
