import type { Run } from "../run/run";

/** What ran and what it took. */
export function RunFacts({ run }: { run: Run }) {
  run.tick.value;
  const report = run.report.value;
  const seconds = run.seconds.value;
  const tokens = run.usage.value?.completion_tokens;
  const parts = [
    `${report?.nfe ?? run.recording.lastForward} forwards`,
    seconds !== null && `${seconds.toFixed(2)} s`,
    tokens !== undefined && `${tokens} tokens`,
    tokens !== undefined && seconds !== null && `${Math.round(tokens / seconds)} tokens/s`,
    report && `${report.algorithm}, ${report.unmasking}`,
  ].filter(Boolean);
  return (
    <ul class="facts" aria-label="What it took">
      {parts.map((part, at) => <li key={at}>{part}</li>)}
    </ul>
  );
}
