import { signal } from "@preact/signals";
import type { ErrorBody } from "./types";

/** The key that the user typed. It lives here and nowhere else: gone with the page. */
export const apiKey = signal("");

/** A request that brought no answer; `message` is the server's own where it said something. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string | null = null,
    readonly param: string | null = null,
  ) {
    super(message);
  }

  static of(body: ErrorBody, status: number): Refusal {
    return new Refusal(body.message, status, body.code ?? null, body.param ?? null);
  }

  /** Whether the same request may work a little later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503 || this.code === "engine_dead";
  }
}

export const UNREACHABLE = "The server cannot be reached.";

/** `path` is relative to the page, so that it works behind a proxy's prefix too. Throws a Refusal. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (apiKey.value) headers.set("authorization", `Bearer ${apiKey.value}`);
  let reply: Response;
  try {
    reply = await fetch(path, { ...init, headers, credentials: "omit", cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Refusal(UNREACHABLE, 0, "unreachable");
  }
  if (reply.ok) return reply;
  const body = (await reply.json().catch(() => null)) as { error?: ErrorBody } | null;
  throw body?.error ? Refusal.of(body.error, reply.status) : new Refusal(`The server answered ${reply.status}.`, reply.status);
}

export async function read<T>(path: string): Promise<T> {
  return (await (await send(path)).json()) as T;
}

export function post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  return send(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}
