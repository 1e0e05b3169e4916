import { useRef, useState } from "preact/hooks";
import { CanvasView } from "../canvas/CanvasView";
import { Markdown } from "../text/Markdown";
import { CopyButton } from "../ui/CopyButton";
import { Icon } from "../ui/Icon";
import { RunState } from "../ui/RunState";
import { RunFacts } from "../ui/RunFacts";
import { askAgain, type Turn } from "./conversation";

interface Props {
  turn: Turn;
  at: number;
  latest: boolean;
}

/** A question, the canvas of its reply, and the reply. */
export function TurnView({ turn, at, latest }: Props) {
  const [canvas, setCanvas] = useState<boolean | null>(null);
  const { run } = turn;
  const open = canvas ?? latest;
  const text = run.texts.value[0]!;
  /** Refused, or lost before anything came. */
  const nothing = run.phase.value === "failed" && run.recording.size === 0 && text === "";
  return (
    <li class="turn">
      <Question text={turn.question} onAsk={(question) => askAgain(at, question)} />
      <article class="reply" aria-label="Reply" aria-busy={run.running}>
        {!nothing && (
          <>
            {open && <CanvasView run={run} label={`Canvas of reply ${at + 1}`} />}
            {/* In front of the text, which grows. */}
            <div class="reply-head">
              <RunFacts run={run} />
              <span class="actions">
                <button type="button" class="quiet" aria-expanded={open} onClick={() => setCanvas(!open)}>
                  {open ? "Hide canvas" : "Show canvas"}
                </button>
                <CopyButton text={() => run.texts.value[0]!} label="Copy the reply" />
                <button type="button" class="quiet" disabled={run.running} onClick={() => askAgain(at)}>
                  <Icon name="retry" /> Retry
                </button>
              </span>
            </div>
            <div class="reply-text">
              <Markdown text={text} />
            </div>
          </>
        )}
        <RunState run={run} onRetry={() => askAgain(at)} />
      </article>
    </li>
  );
}

function Question({ text, onAsk }: { text: string; onAsk: (text: string) => void }) {
  const [edited, setEdited] = useState<string | null>(null);
  const edit = useRef<HTMLButtonElement>(null);
  if (edited === null) {
    return (
      <div class="question">
        <p dir="auto">{text}</p>
        <button ref={edit} type="button" class="quiet" onClick={() => setEdited(text)}>
          <Icon name="edit" /> Edit
        </button>
      </div>
    );
  }
  function close(): void {
    setEdited(null);
    requestAnimationFrame(() => edit.current?.focus());
  }
  return (
    <form
      class="question editing"
      onSubmit={(event) => {
        event.preventDefault();
        if (edited.trim()) onAsk(edited.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          close();
        }
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          event.currentTarget.requestSubmit();
        }
      }}
    >
      <textarea
        aria-label="Edit the message"
        rows={Math.min(8, edited.split("\n").length + 1)}
        value={edited}
        ref={(area) => {
          if (area && document.activeElement !== area) area.focus();
        }}
        onInput={(event) => setEdited(event.currentTarget.value)}
      />
      <div class="actions">
        <button type="submit" class="primary" disabled={!edited.trim()}>Ask again</button>
        <button type="button" class="quiet" onClick={close}>Cancel</button>
      </div>
    </form>
  );
}
