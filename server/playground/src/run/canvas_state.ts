import type { Recording } from "./recording";

/** The canvas at one moment of a recording, moved forward change by change and back by starting anew. */
export class CanvasState {
  /** Token by position; -1 where masked. */
  readonly token: Int32Array;
  readonly confidence: Float32Array;
  /** The forward that last changed a position; 0: none did. */
  readonly forward: Int32Array;
  /** Whether a position held another token before. */
  readonly revised: Uint8Array;
  readonly tentative: Uint8Array;
  readonly dirty = new Set<number>();
  /** Changes taken. */
  taken = 0;
  now = 0;
  private grain = 1;
  private fresh: number[] = [];
  private before: Int32Array;

  constructor(readonly length: number) {
    this.token = new Int32Array(length).fill(-1);
    this.before = new Int32Array(length).fill(-1);
    this.confidence = new Float32Array(length);
    this.forward = new Int32Array(length);
    this.revised = new Uint8Array(length);
    this.tentative = new Uint8Array(length);
  }

  /** Show the first `count` changes of `recording`. */
  show(recording: Recording, count: number): void {
    if (count < this.taken || recording.grain !== this.grain) this.clear();
    this.grain = recording.grain;
    for (; this.taken < count; this.taken++) this.take(recording, this.taken);
  }

  private take(recording: Recording, at: number): void {
    const position = recording.position[at]!;
    if (position >= this.length) return;
    const forward = recording.forward[at]!;
    if (forward !== this.now) {
      for (const old of this.fresh) this.dirty.add(old);
      this.fresh = [];
      this.now = forward;
    }
    const kind = recording.kindAt(at);
    const token = kind === "remask" ? -1 : recording.token[at]!;
    const held = this.token[position]!;
    if (held >= 0) this.before[position] = held;
    const before = this.before[position]!;
    this.revised[position] = token >= 0 && before >= 0 && before !== token ? 1 : 0;
    this.token[position] = token;
    this.confidence[position] = recording.confidence[at]!;
    this.forward[position] = forward;
    this.tentative[position] = kind === "preview" ? 1 : 0;
    this.fresh.push(position);
    this.dirty.add(position);
  }

  /** What a revised position held before; -1: nothing. */
  previous(position: number): number {
    return this.before[position]!;
  }

  private clear(): void {
    this.token.fill(-1);
    this.before.fill(-1);
    this.confidence.fill(0);
    this.forward.fill(0);
    this.revised.fill(0);
    this.tentative.fill(0);
    this.taken = this.now = 0;
    this.fresh = [];
    for (let position = 0; position < this.length; position++) this.dirty.add(position);
  }
}
