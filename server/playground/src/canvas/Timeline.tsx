import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Run } from "../run/run";
import { Icon } from "../ui/Icon";
import { speed } from "./preferences";

const SPEEDS = [2, 5, 10, 20, 50, 100];

interface Props {
  run: Run;
  shown: number | null;
  onShow: (forward: number | null) => void;
  running: boolean;
  compact?: boolean;
}

/** Back and forth through the steps of a run; it keeps its place and size while the run goes on. */
export function Timeline({ run, shown, onShow, running, compact }: Props) {
  const id = useId();
  run.tick.value;
  const last = run.recording.lastForward;
  const at = shown ?? last;
  const [playing, setPlaying] = useState(false);
  const place = useRef(at);
  place.current = at;

  useEffect(() => {
    if (!playing) return;
    let drawn = 0;
    let before = performance.now();
    let position = place.current >= last ? 0 : place.current;
    const draw = (now: number) => {
      position += ((now - before) / 1000) * speed.value;
      before = now;
      if (position >= last) {
        onShow(null);
        setPlaying(false);
        return;
      }
      onShow(Math.floor(position));
      drawn = requestAnimationFrame(draw);
    };
    drawn = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(drawn);
  }, [playing, last]);

  useEffect(() => setPlaying(false), [run, running]);

  return (
    <div class="timeline">
      <button type="button" class="icon" disabled={running || last === 0} onClick={() => setPlaying(!playing)} aria-label={playing ? "Pause" : "Play the steps"}>
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <label class="visually-hidden" for={`${id}-at`}>Step</label>
      <input
        id={`${id}-at`}
        type="range"
        min={0}
        max={Math.max(1, last)}
        value={at}
        disabled={running || last === 0}
        aria-valuetext={`step ${at} of ${last}`}
        onInput={(event) => {
          setPlaying(false);
          const forward = Number(event.currentTarget.value);
          onShow(forward >= last ? null : forward);
        }}
      />
      {/* One text, so that a second digit does not push the rest along. */}
      <output for={`${id}-at`}>{`${compact ? "" : "step "}${at} of ${last}`}</output>
      {!compact && (
        <>
          <label class="visually-hidden" for={`${id}-speed`}>Speed</label>
          <select id={`${id}-speed`} class="quiet" value={speed.value} onChange={(event) => (speed.value = Number(event.currentTarget.value))}>
            {SPEEDS.map((one) => (
              <option key={one} value={one} selected={one === speed.value}>{one} steps/s</option>
            ))}
          </select>
        </>
      )}
      {run.recording.grain > 1 && <span class="hint">to {run.recording.grain} steps</span>}
    </div>
  );
}
