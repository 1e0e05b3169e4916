import { model, status, type Status } from "./status";

const WORDS: Record<Status, string> = {
  connecting: "Connecting",
  ready: "Ready",
  waiting: "Not ready",
  unreachable: "No connection",
  locked: "Needs a key",
};

export function StatusLight() {
  return (
    <span class={`status ${status.value}`} role="status">
      <i aria-hidden="true" />
      <span class="wide-only">{status.value === "ready" ? model.value : WORDS[status.value]}</span>
      <span class="visually-hidden">{WORDS[status.value]}</span>
    </span>
  );
}
