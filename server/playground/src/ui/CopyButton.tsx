import { useState } from "preact/hooks";
import { Icon } from "./Icon";

/** Copies `text` as it is. */
export function CopyButton({ text, label = "Copy" }: { text: string | (() => string); label?: string }) {
  const [done, setDone] = useState<boolean | null>(null);
  async function copy(): Promise<void> {
    const copied = await write(typeof text === "string" ? text : text());
    setDone(copied);
    setTimeout(() => setDone(null), 1500);
  }
  return (
    <button type="button" class="quiet" onClick={copy} aria-label={label}>
      <Icon name={done ? "check" : "copy"} />
      <span aria-live="polite">{done === null ? "Copy" : done ? "Copied" : "Could not copy"}</span>
    </button>
  );
}

/** The clipboard is there on localhost and over TLS only; elsewhere a selection is copied. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}
