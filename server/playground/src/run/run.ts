import { signal } from "@preact/signals";
import { Refusal, post } from "../server/client";
import { look } from "../server/status";
import type { Chunk, RunReport, Usage } from "../server/types";
import { events } from "./events";
import { oncePerFrame } from "./frame";
import { Recording } from "./recording";
import type { Call, Shape } from "./call";

export type Phase = "waiting" | "running" | "done" | "stopped" | "failed";

const STALLED_AFTER = 4_000;

/** One request to the model: what was asked, what comes, and how it ended. */
export class Run {
  readonly recording = new Recording();
  readonly phase = signal<Phase>("waiting");
  /** Texts by choice: one, or one a hole. */
  readonly texts = signal<string[]>([]);
  /** Grows by one with each group of changes, at most once a frame. */
  readonly tick = signal(0);
  readonly report = signal<RunReport | null>(null);
  readonly usage = signal<Usage | null>(null);
  readonly refusal = signal<Refusal | null>(null);
  /** Seconds from sending to the end, or null while it runs. */
  readonly seconds = signal<number | null>(null);
  /** Whether nothing was heard for some seconds. */
  readonly stalled = signal(false);
  readonly finished: Promise<void>;
  private readonly abort = new AbortController();
  private readonly started = performance.now();
  private readonly text: string[];
  /** Whether `texts` lags behind. */
  private longer = false;
  private ended = false;
  private heard = performance.now();
  private readonly changed = oncePerFrame(() => this.flush());

  constructor(
    readonly call: Call,
    readonly shape: Shape,
  ) {
    this.text = (call.holes ?? [""]).map(() => "");
    this.texts.value = [...this.text];
    this.finished = this.read();
  }

  get running(): boolean {
    return this.phase.value === "waiting" || this.phase.value === "running";
  }

  stop(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const watch = setInterval(() => {
      this.stalled.value = performance.now() - this.heard > STALLED_AFTER;
    }, 500);
    try {
      const reply = await post(this.call.path, this.call.body, this.abort.signal);
      this.phase.value = "running";
      for await (const data of events(reply)) {
        this.heard = performance.now();
        if (data === "[DONE]") this.ended = true;
        else this.take(JSON.parse(data) as Chunk);
      }
      if (!this.ended) throw new Refusal("The connection was lost before the reply was complete.", 0, "connection_lost");
      this.phase.value = "done";
    } catch (error) {
      if (this.abort.signal.aborted) this.phase.value = "stopped";
      else this.fail(error);
    } finally {
      clearInterval(watch);
      this.stalled.value = false;
      this.seconds.value = (performance.now() - this.started) / 1000;
      this.flush();
    }
  }

  private take(chunk: Chunk): void {
    if (chunk.error) throw Refusal.of(chunk.error, 200);
    if (chunk.usage) this.usage.value = chunk.usage;
    if (chunk.llada && "canvas" in chunk.llada) this.recording.add(chunk.llada.canvas);
    else if (chunk.llada) this.report.value = chunk.llada;
    for (const { delta, text, hole } of chunk.choices ?? []) {
      const at = hole == null ? 0 : (this.call.holes ?? []).indexOf(hole);
      const piece = delta?.content ?? text ?? "";
      this.text[at] += piece;
      this.longer ||= piece !== "";
    }
    this.changed();
  }

  private fail(error: unknown): void {
    this.refusal.value =
      error instanceof Refusal ? error : new Refusal("The connection was lost before the reply was complete.", 0, "connection_lost");
    this.phase.value = "failed";
    if (this.refusal.value.passing) void look();
  }

  private flush(): void {
    if (this.longer) this.texts.value = [...this.text];
    this.longer = false;
    this.tick.value++;
  }
}
