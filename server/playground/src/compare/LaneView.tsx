import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { CanvasView } from "../canvas/CanvasView";
import { Cells, blocks } from "../canvas/cells";
import { shapeOf } from "../run/call";
import { algorithmOf } from "../server/status";
import { SettingsForm } from "../settings/SettingsForm";
import { Markdown } from "../text/Markdown";
import { Icon } from "../ui/Icon";
import { RunState } from "../ui/RunState";
import { Difference } from "./Difference";
import { LEAST_LANES, change, chosen, lanes, racing, removeLane, type Lane } from "./race";

const PLACES = ["", "first", "second", "third", "fourth"];

export function LaneView({ lane, at, first }: { lane: Lane; at: number; first: Lane }) {
  const { run, settings } = lane;
  const name = `Lane ${at + 1}`;
  const set = (to: Lane["settings"]) => change(lane.id, { settings: to });
  // Not by focus: on its way to the panel, Tab goes through all lanes.
  const choose = () => (chosen.value = lane.id);
  return (
    <section class="lane" aria-label={name} onClickCapture={choose} onInputCapture={choose}>
      <header class="lane-head">
        <h2 title={describe(lane)}>
          {name} <small>{describe(lane)}</small>
        </h2>
        {lane.place && <span class={lane.place === 1 ? "badge first" : "badge"}>{PLACES[lane.place]}</span>}
        {lanes.value.length > LEAST_LANES && (
          <button type="button" class="icon" disabled={racing.value} onClick={() => removeLane(lane.id)} aria-label={`Remove ${name}`}>
            <Icon name="close" />
          </button>
        )}
      </header>
      <details class="lane-settings">
        <summary>Algorithm and settings</summary>
        <SettingsForm settings={settings} onChange={set} />
      </details>
      {run ? <CanvasView key={run} run={run} label={`Canvas of lane ${at + 1}`} compact /> : <EmptyCanvas lane={lane} />}
      <Numbers lane={lane} />
      {run ? <RunState run={run} /> : <p class="hint">Its text comes here. Race starts all lanes at once.</p>}
      {run && (
        <div class="lane-text">
          {at > 0 && run.phase.value === "done" && first.run?.phase.value === "done" ? (
            <Difference from={first.run.texts.value[0]!} to={run.texts.value[0]!} />
          ) : (
            <Markdown text={run.texts.value[0]!} />
          )}
        </div>
      )}
    </section>
  );
}

function Numbers({ lane: { run } }: { lane: Lane }) {
  run?.tick.value;
  const seconds = run?.seconds.value ?? null;
  const tokens = run?.usage.value?.completion_tokens ?? null;
  const forwards = run ? (run.report.value?.nfe ?? run.recording.lastForward) : null;
  const rate = tokens !== null && seconds ? Math.round(tokens / seconds) : null;
  return (
    <dl class="numbers">
      <div><dt>forwards</dt><dd>{forwards ?? "–"}</dd></div>
      <div><dt>seconds</dt><dd>{seconds === null ? "–" : seconds.toFixed(2)}</dd></div>
      <div><dt>tokens/s</dt><dd>{rate ?? "–"}</dd></div>
    </dl>
  );
}

/** The masks that a run would begin with, so that nothing moves when it does. */
function EmptyCanvas({ lane }: { lane: Lane }) {
  const { length, block } = shapeOf(lane.settings);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => void new Cells(root.current!, blocks(length, block), id), [length, block]);
  return (
    <div class="canvas-view compact" aria-hidden="true">
      <div class="canvas-frame">
        <div class="canvas" ref={root} />
      </div>
      <div class="timeline" />
    </div>
  );
}

function describe({ settings }: Lane): string {
  const values = Object.entries(settings.values).map(([name, value]) => `${name} ${value}`);
  return [algorithmOf(settings.algorithm)?.name ?? "", ...values].filter(Boolean).join(", ");
}
