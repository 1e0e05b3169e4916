import { useSignalEffect } from "@preact/signals";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { CanvasState } from "../run/canvas_state";
import { oncePerFrame } from "../run/frame";
import type { Run } from "../run/run";
import { Cells, blocks, type Part } from "./cells";
import { Legend } from "./Legend";
import { colour } from "./preferences";
import { Timeline } from "./Timeline";
import { Tip } from "./Tip";

interface Props {
  run: Run;
  /** null: the blocks of the run. */
  parts?: Part[];
  compact?: boolean;
  label: string;
}

/** A run's canvas, live and afterwards at any of its steps. Another run needs another one: a `key`. */
export function CanvasView({ run, parts, compact, label }: Props) {
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const cells = useRef<Cells | null>(null);
  const state = useRef<CanvasState | null>(null);
  /** The forward that is shown; null: the latest. */
  const [shown, setShown] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const showing = useRef(shown);
  showing.current = shown;
  /** Paints what a frame had no time for. */
  const rest = useRef(oncePerFrame(paint));

  useLayoutEffect(() => {
    state.current = new CanvasState(run.shape.length);
    cells.current = new Cells(root.current!, parts ?? blocks(run.shape.length, run.shape.block), id);
    paint();
  }, []);

  function move(): void {
    const at = showing.current;
    state.current?.show(run.recording, at === null ? run.recording.size : run.recording.until(at));
  }

  function paint(): void {
    if (!root.current || !state.current || !cells.current) return;
    move();
    const { recording } = run;
    const live = run.running && showing.current === null;
    root.current.classList.toggle("over", !run.running && showing.current === null);
    const done = cells.current.paint(state.current, recording, colour.value, Math.max(1, recording.lastForward), live);
    if (!done) rest.current();
  }

  useSignalEffect(() => {
    run.tick.value;
    run.phase.value;
    colour.value;
    paint();
  });
  useLayoutEffect(paint, [shown]);

  function onKeyDown(event: KeyboardEvent): void {
    const columns = columnsOf(root.current!, cells.current!.cells);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const last = run.shape.length - 1;
    if (event.key === "Escape" && pointed !== null) {
      setPointed(null);
      event.stopPropagation();
      return;
    }
    if (step === undefined && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    const from = pointed ?? (step! < 0 ? 1 : -1);
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : Math.min(last, Math.max(0, from + step!));
    setPointed(to);
    cells.current!.cells[to]?.scrollIntoView({ block: "nearest" });
  }

  const running = run.running;
  move();
  return (
    <section class={compact ? "canvas-view compact" : "canvas-view"} aria-label={label}>
      <div class="canvas-frame">
        <div
          ref={root}
          class={parts ? "canvas as-document" : "canvas"}
          role="listbox"
          tabIndex={0}
          aria-label={`${label}: ${run.shape.length} positions. Arrow keys go through them.`}
          aria-activedescendant={pointed === null ? undefined : `${id}-${pointed}`}
          onPointerOver={(event) => setPointed(positionOf(event.target))}
          onPointerLeave={() => setPointed(null)}
          onBlur={() => setPointed(null)}
          onKeyDown={onKeyDown}
        />
      </div>
      {pointed !== null && state.current && cells.current && (
        <Tip run={run} state={state.current} cells={cells.current} at={pointed} shown={shown} />
      )}
      <Timeline run={run} shown={shown} onShow={setShown} compact={compact} running={running} />
      {!compact && <Legend />}
    </section>
  );
}

function positionOf(target: EventTarget | null): number | null {
  const position = (target as HTMLElement | null)?.dataset?.position;
  return position === undefined ? null : Number(position);
}

function columnsOf(root: HTMLElement, cells: HTMLElement[]): number {
  const top = cells[0]?.offsetTop;
  const columns = cells.findIndex((cell) => cell.offsetTop !== top);
  return columns < 1 || root.classList.contains("as-document") ? 1 : columns;
}
