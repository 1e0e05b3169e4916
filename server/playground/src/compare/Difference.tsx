import { diffWordsWithSpace } from "diff";
import { useMemo } from "preact/hooks";

/** `to`, with what is not in `from` marked, and what is missing struck out. */
export function Difference({ from, to }: { from: string; to: string }) {
  const parts = useMemo(() => diffWordsWithSpace(from, to, { timeout: 200 }) ?? [{ value: to, added: true, removed: false }], [from, to]);
  if (from === to) {
    return (
      <>
        <p class="as-is" dir="auto">{to}</p>
        <p class="same">The same text as lane 1.</p>
      </>
    );
  }
  return (
    <p class="as-is" dir="auto">
      {parts.map((part, at) => (part.added ? <ins key={at}>{part.value}</ins> : part.removed ? <del key={at}>{part.value}</del> : part.value))}
    </p>
  );
}
