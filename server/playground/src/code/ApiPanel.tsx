import { signal } from "@preact/signals";
import type { Call } from "../run/call";
import { apiKey } from "../server/client";
import { model } from "../server/status";
import { CopyButton } from "../ui/CopyButton";
import { curl, python, whole } from "./snippets";

const streamed = signal(true);

/** The calls that do what the screen shows. */
export function ApiPanel({ call }: { call: Call }) {
  const shown = streamed.value ? call : whole(call);
  const place = { base: new URL(".", location.href).href, model: model.value, withKey: apiKey.value !== "" };
  const inPython = python(shown, place);
  return (
    <div class="api-panel">
      <label class="check">
        <input type="checkbox" checked={streamed.value} onChange={(event) => (streamed.value = event.currentTarget.checked)} />
        Stream, with the canvas
      </label>
      <Snippet title="curl" text={curl(shown, place)} />
      {inPython ? <Snippet title="openai-python" text={inPython} /> : <p class="hint">OpenAI's client has no call for this endpoint.</p>}
      {place.withKey && <p class="hint">The key itself is not shown; both read it from the variable LLADA_API_KEY.</p>}
    </div>
  );
}

function Snippet({ title, text }: { title: string; text: string }) {
  return (
    <section class="snippet" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <CopyButton text={text} label={`Copy the ${title} call`} />
      </header>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </section>
  );
}
