import type { CanvasChange, ChangeKind } from "../server/types";

const KINDS: ChangeKind[] = ["commit", "preview", "remask"];
const MOST = 1_000_000;

/** Every change of a run, in order, in plain columns: at most a million, which are 17 MB. */
export class Recording {
  size = 0;
  /** Steps that are kept as one; above 1 once there were more changes than are kept. */
  grain = 1;
  position = new Int32Array(1024);
  token = new Int32Array(1024);
  confidence = new Float32Array(1024);
  forward = new Int32Array(1024);
  kind = new Uint8Array(1024);
  private texts: string[] = [];
  private ids = new Map<string, number>();

  add(changes: CanvasChange[]): void {
    for (const [position, text, confidence, forward, kind] of changes) {
      if (this.size === MOST) this.thin();
      if (this.size === this.position.length) this.grow();
      const at = this.size++;
      this.position[at] = position;
      this.token[at] = this.idOf(text);
      this.confidence[at] = confidence ?? NaN;
      this.forward[at] = forward;
      this.kind[at] = KINDS.indexOf(kind);
    }
  }

  get lastForward(): number {
    return this.size ? this.forward[this.size - 1]! : 0;
  }

  textOf(token: number): string {
    return this.texts[token] ?? "";
  }

  kindAt(at: number): ChangeKind {
    return KINDS[this.kind[at]!]!;
  }

  /** How many changes the forwards up to `forward` made. */
  until(forward: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.forward[middle]! <= forward) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keep, of each position's changes in a group of steps, the last. The latest state stays exact. */
  private thin(): void {
    while (this.size > MOST / 2) {
      this.grain *= 2;
      const groups = new Map<number, number>();
      const kept = new Uint8Array(this.size);
      for (let at = this.size - 1; at >= 0; at--) {
        const group = Math.floor(this.forward[at]! / this.grain);
        kept[at] = groups.get(this.position[at]!) === group ? 0 : 1;
        groups.set(this.position[at]!, group);
      }
      const before = this.size;
      this.size = 0;
      for (let at = 0; at < before; at++) if (kept[at]) this.move(at, this.size++);
    }
  }

  private move(from: number, to: number): void {
    this.position[to] = this.position[from]!;
    this.token[to] = this.token[from]!;
    this.confidence[to] = this.confidence[from]!;
    this.forward[to] = this.forward[from]!;
    this.kind[to] = this.kind[from]!;
  }

  private idOf(text: string): number {
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.texts.push(text) - 1;
      this.ids.set(text, id);
    }
    return id;
  }

  private grow(): void {
    const twice = <T extends Int32Array | Float32Array | Uint8Array>(old: T): T => {
      const made = new (old.constructor as new (length: number) => T)(old.length * 2);
      made.set(old);
      return made;
    };
    this.position = twice(this.position);
    this.token = twice(this.token);
    this.confidence = twice(this.confidence);
    this.forward = twice(this.forward);
    this.kind = twice(this.kind);
  }
}
