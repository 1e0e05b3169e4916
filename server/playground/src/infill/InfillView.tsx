import { useLayoutEffect, useRef } from "preact/hooks";
import { CanvasView } from "../canvas/CanvasView";
import { status } from "../server/status";
import { CopyButton } from "../ui/CopyButton";
import { Icon } from "../ui/Icon";
import { RunFacts } from "../ui/RunFacts";
import { Refused, RunState } from "../ui/RunState";
import { fill, filling, problem as unbegun, question, template, together, typed } from "./infilling";
import { holesIn } from "./template";

const HOLE = "[[8]]";

/** Text with holes, and what the model puts there. */
export function InfillView() {
  const area = useRef<HTMLTextAreaElement>(null);
  /** Where a hole was put just now. */
  const inserted = useRef<number | null>(null);
  const holes = holesIn(template.value);
  const running = filling.value?.run.running ?? false;
  const problem = problemOf(holes);

  function insert(): void {
    const { selectionStart, selectionEnd } = area.current!;
    typed.value = typed.value.slice(0, selectionStart) + HOLE + typed.value.slice(selectionEnd);
    inserted.current = selectionStart;
  }

  useLayoutEffect(() => {
    if (inserted.current === null) return;
    area.current!.focus();
    // The number is selected, so that typing changes the size.
    area.current!.setSelectionRange(inserted.current + 2, inserted.current + HOLE.length - 2);
    inserted.current = null;
  });

  function submit(event: Event): void {
    event.preventDefault();
    if (!running && !problem && status.value === "ready") void fill();
  }

  return (
    <div class="page">
      <header class="page-head">
        <h1>Infill</h1>
        <p>
          A canvas can hold fixed text anywhere. Write <code>[[12]]</code> where twelve tokens are missing; the model sees
          what stands on both sides.
        </p>
      </header>
      <form
        class="template"
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
          if (event.key === "Escape") filling.value?.run.stop();
        }}
      >
        <label for="question">In reply to</label>
        <input id="question" type="text" placeholder="nothing: the text stands by itself" value={question.value} onInput={(event) => (question.value = event.currentTarget.value)} />
        <label for="template">Text with holes</label>
        <textarea id="template" ref={area} rows={5} value={typed.value} aria-describedby="template-hint" onInput={(event) => (typed.value = event.currentTarget.value)} />
        <label class="check">
          <input type="checkbox" checked={together.value} onChange={(event) => (together.value = event.currentTarget.checked)} />
          All holes at once, instead of from left to right
        </label>
        <div class="actions">
          <button type="button" onClick={insert}>
            <Icon name="plus" /> Insert a hole
          </button>
          <span class="hint" id="template-hint" role="status">{problem ?? `${describe(holes)}; Ctrl+Enter fills.`}</span>
          {running ? (
            <button key="stop" type="button" class="primary" onClick={() => filling.value?.run.stop()}>
              <Icon name="stop" /> Stop
            </button>
          ) : (
            <button key="fill" type="submit" class="primary" disabled={problem !== null || status.value !== "ready"}>
              <Icon name="send" /> Fill
            </button>
          )}
        </div>
      </form>
      {unbegun.value ? <Refused refusal={unbegun.value} onRetry={fill} /> : filling.value && <Filled />}
    </div>
  );
}

function Filled() {
  const { run, template, parts } = filling.value!;
  const texts = run.texts.value;
  let hole = 0;
  const complete = run.phase.value === "done";
  return (
    <>
      <CanvasView key={run} run={run} parts={parts} label="Canvas of the text" />
      <RunState run={run} onRetry={fill} />
      <section class="filled" aria-label="Filled text">
        <p class="as-is" dir="auto">
          {template.map((piece, at) => ("text" in piece ? <span key={at}>{piece.text}</span> : complete ? <mark key={at}>{texts[hole++] ?? ""}</mark> : <span key={at} class="gap">…</span>))}
        </p>
        <footer class="reply-head">
          <RunFacts run={run} />
          <span class="actions">
            <CopyButton text={filledText} label="Copy the filled text" />
          </span>
        </footer>
      </section>
    </>
  );
}

function filledText(): string {
  const { run, template } = filling.value!;
  let hole = 0;
  return template.map((piece) => ("text" in piece ? piece.text : (run.texts.value[hole++] ?? ""))).join("");
}

function describe(holes: number[]): string {
  return `${holes.length} ${holes.length === 1 ? "hole" : "holes"}, ${holes.reduce((a, b) => a + b, 0)} tokens`;
}

function problemOf(holes: number[]): string | null {
  if (holes.length === 0) return "There is no hole yet.";
  return null;
}
