const LATE = 20;
const LEAST = 32;
const MOST = 8192;

/**
 * How many cells a frame may change, so that fifty frames a second are drawn: fewer after a frame that was late,
 * slowly more after one that was not. What is left waits for the next frame, as the newest token that it then has.
 */
export class Pace {
  private cells = 256;
  private frame = -1;

  /** The share of this frame; 0 once that was taken. */
  share(): number {
    const now = Number(document.timeline.currentTime);
    if (now === this.frame) return 0;
    this.frame = now;
    requestAnimationFrame((next) => {
      if (next - now > LATE) this.cells = Math.max(LEAST, this.cells * 0.75);
      else this.cells = Math.min(MOST, this.cells + 2);
    });
    return this.cells;
  }
}
