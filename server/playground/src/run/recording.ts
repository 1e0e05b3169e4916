import type { CanvasChange, ChangeKind } from "../server/types";

const KINDS: ChangeKind[] = ["commit", "preview", "remask"];
const MOST = 2_000_000;

/** Every change of a run, in order, in plain columns: a long run is some megabytes. */
export class Recording {
  size = 0;
  /** Changes that came after the first two million; they are not kept, and the page says so. */
  dropped = 0;
  position = new Int32Array(1024);
  token = new Int32Array(1024);
  confidence = new Float32Array(1024);
  forward = new Int32Array(1024);
  kind = new Uint8Array(1024);
  private texts: string[] = [];
  private ids = new Map<string, number>();

  add(changes: CanvasChange[]): void {
    for (const [position, text, confidence, forward, kind] of changes) {
      if (this.size === MOST) {
        this.dropped++;
        continue;
      }
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
