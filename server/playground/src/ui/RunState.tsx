import type { Run } from "../run/run";
import type { Refusal } from "../server/client";
import { Icon } from "./Icon";

/** What is not well with a run, in words, and what to do about it. */
export function RunState({ run, onRetry }: { run: Run; onRetry?: () => void }) {
  const refusal = run.refusal.value;
  if (refusal) return <Refused refusal={refusal} onRetry={onRetry} />;
  if (run.stalled.value) return <p class="notice" role="status">Nothing has come for some seconds; still connected and waiting.</p>;
  if (run.phase.value === "stopped") return <p class="notice" role="status">Stopped.</p>;
  return <p class="visually-hidden" role="status">{run.phase.value === "done" ? "The reply is complete." : "The model is at work."}</p>;
}

export function Refused({ refusal, onRetry }: { refusal: Refusal; onRetry?: (() => void) | undefined }) {
  const refused = refusal.status >= 400 && refusal.status < 500;
  // The server's message mostly begins with the field that it is about.
  const about = refusal.param && !refusal.message.startsWith(refusal.param) ? `: ${refusal.param}` : "";
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{refused ? `Refused${about}` : "Failed"}</strong>
        <span>{refusal.message}</span>
      </p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          <Icon name="retry" /> Try again
        </button>
      )}
    </div>
  );
}
