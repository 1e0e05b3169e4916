import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { status } from "../server/status";
import { Icon } from "../ui/Icon";
import { Composer } from "./Composer";
import { TurnView } from "./TurnView";
import { ask, clear, draft, stop, turns } from "./conversation";

const EXAMPLES = [
  "What is 17 plus 25?",
  "Write a short story about a fox.",
  "Tom has 12 apples and gives away 5. How many are left?",
  "Write a short poem about the sea.",
];

export function ChatView() {
  const list = useRef<HTMLOListElement>(null);
  const count = turns.value.length;
  useLayoutEffect(() => list.current?.lastElementChild?.scrollIntoView({ block: "start" }), [count]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && stop()) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="chat">
      <div class="scroll">
        <div class="column">
          <h1 class="visually-hidden">Chat</h1>
          {count === 0 ? (
            <Welcome />
          ) : (
            <ol class="turns" ref={list}>
              {turns.value.map((turn, at) => (
                <TurnView key={turn.run} turn={turn} at={at} latest={at === count - 1} />
              ))}
            </ol>
          )}
        </div>
      </div>
      <div class="column composer-place">
        <Composer text={draft} running={turns.value.at(-1)?.run.running ?? false} onSend={ask} onStop={stop} />
        <p class="keys-hint">
          <span class="wide-only"><kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> makes a line, <kbd>Esc</kbd> stops</span>
          {count > 0 && (
            <button type="button" class="link" onClick={clear}>
              <Icon name="plus" /> New conversation
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

function Welcome() {
  return (
    <div class="welcome">
      <h2>Watch a model denoise</h2>
      <p>
        A diffusion language model does not write from left to right. It starts from a canvas of masks and fills in the
        positions that it is surest of, many at a time. Ask something and watch.
      </p>
      <div class="example-canvas" aria-hidden="true">
        {EXAMPLE.map(([text, look], at) => <span key={at} class={`cell ${look}`}>{text}</span>)}
      </div>
      <ul class="examples" aria-label="Examples">
        {EXAMPLES.map((text) => (
          <li key={text}>
            <button type="button" disabled={status.value !== "ready"} onClick={() => ask(text)}>{text}</button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const EXAMPLE: [string, string][] = [
  ["The", "c5"], ["", "masked"], ["is", "c5"], ["made", "c4"], ["", "masked"], ["all", "c5 fresh"], ["", "masked"], ["once", "c3"],
  ["", "masked"], [",", "c5"], ["not", "c4"], ["", "masked"], ["", "masked"], ["to", "c5"], ["right", "c5 fresh"], [".", "c5"],
];
