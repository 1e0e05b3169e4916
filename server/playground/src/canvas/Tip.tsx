import { useLayoutEffect, useRef } from "preact/hooks";
import type { CanvasState } from "../run/canvas_state";
import type { Run } from "../run/run";
import { quoted } from "../text/visible";
import type { Cells } from "./cells";
import { percent } from "./colour";

const GAP = 6;

interface Props {
  run: Run;
  state: CanvasState;
  cells: Cells;
  at: number;
  /** The forward that `state` is at. */
  shown: number | null;
}

/** What a position holds: token, confidence, step. Floats over the page, so that nothing moves for it. */
export function Tip({ run, state, cells, at }: Props) {
  const tip = useRef<HTMLDivElement>(null);
  run.tick.value;
  useLayoutEffect(() => {
    const cell = cells.cells[at];
    if (!cell) return;
    place(tip.current!, cell.getBoundingClientRect());
    cell.setAttribute("aria-selected", "true");
    cell.setAttribute("aria-label", tip.current!.innerText.replaceAll("\n", ", "));
    return () => cells.plain(at);
  });
  const token = state.token[at]!;
  const forward = state.forward[at]!;
  const what = token < 0 ? "masked again" : state.tentative[at] ? "shown" : "committed";
  return (
    <div class="tip" ref={tip} role="tooltip">
      <strong>{token < 0 ? "masked" : quoted(run.recording.textOf(token))}</strong>
      <span>
        position {at}, {cells.labelOf(at)}
      </span>
      {token >= 0 && <span>confidence {percent(state.confidence[at]!)}</span>}
      {forward > 0 && <span>{what} at step {forward}</span>}
      {state.revised[at] === 1 && <span>before: {quoted(run.recording.textOf(state.previous(at)))}</span>}
    </div>
  );
}

function place(tip: HTMLElement, cell: DOMRect): void {
  const left = cell.left + cell.width / 2 - tip.offsetWidth / 2;
  const above = cell.top - tip.offsetHeight - GAP;
  tip.style.left = `${Math.max(4, Math.min(left, innerWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${above > 50 ? above : cell.bottom + GAP}px`;
}
