/** Text of a token as one line: what cannot be seen, or would move its surroundings, is spelt out. */

const NAMES: Record<string, string> = { "\n": "⏎", "\r": "␍", "\t": "⇥" };
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

export function visible(text: string): string {
  const shown = text.replace(HIDDEN, (one) => NAMES[one] ?? `⟨${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`);
  return /^\s+$/.test(shown) ? "␣".repeat(Math.min(shown.length, 4)) : shown;
}

/** The same for a small cell, where a word's leading space takes room and says little. */
export function inCell(text: string): string {
  if (text === "") return "·";
  const shown = visible(text).trim();
  return shown.length > 24 ? `${shown.slice(0, 23)}…` : shown;
}

export function quoted(text: string): string {
  if (text === "") return "end of text";
  const shown = visible(text).replace(/^ | $/g, "␣");
  return `“${shown.length > 80 ? `${shown.slice(0, 79)}…` : shown}”`;
}
