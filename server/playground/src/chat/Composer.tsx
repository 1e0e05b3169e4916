import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { status } from "../server/status";
import { Icon } from "../ui/Icon";

interface Props {
  text: Signal<string>;
  running: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
  label?: string;
  verb?: string;
  keep?: boolean;
}

/** Where a prompt is typed; grows with its lines. `keep`: the text stays when it is sent. */
export function Composer({ text, running, onSend, onStop, label = "Message", verb = "Send", keep }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const can = text.value.trim() !== "" && status.value === "ready";
  useLayoutEffect(() => {
    area.current!.style.height = "auto";
    area.current!.style.height = `${Math.min(area.current!.scrollHeight, 220)}px`;
  }, [text.value]);

  function send(event?: Event): void {
    event?.preventDefault();
    if (running || !can) return;
    onSend(text.value.trim());
    if (!keep) text.value = "";
    area.current!.focus();
  }

  return (
    <form class="composer" onSubmit={send}>
      <textarea
        ref={area}
        rows={1}
        aria-label={label}
        placeholder={label}
        value={text.value}
        autofocus
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
        }}
      />
      {/* Two elements: one that became a submit button within its own click would send. */}
      {running ? (
        <button key="stop" type="button" class="primary" onClick={onStop}>
          <Icon name="stop" /> Stop
        </button>
      ) : (
        <button key="send" type="submit" class="primary" disabled={!can}>
          <Icon name="send" /> {verb}
        </button>
      )}
    </form>
  );
}
