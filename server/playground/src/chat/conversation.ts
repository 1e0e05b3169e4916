import { computed, signal } from "@preact/signals";
import { chatCall, shapeOf, type Call, type Message } from "../run/call";
import { Run } from "../run/run";
import { NO_SETTINGS, type Settings } from "../settings/settings";

export interface Turn {
  question: string;
  run: Run;
}

export const settings = signal<Settings>(NO_SETTINGS);
export const turns = signal<Turn[]>([]);
export const draft = signal("");

/** The request of what is on the screen: with a draft the next one, else the last one. */
export const call = computed<Call>(() => {
  const last = turns.value.at(-1);
  const question = draft.value.trim();
  if (!question && last) return last.run.call;
  return chatCall([...messages(turns.value), { role: "user", content: question || "What is 17 plus 25?" }], settings.value);
});

export function ask(question: string): void {
  const before = turns.value;
  const run = start(before, question);
  turns.value = [...before, { question, run }];
}

/** Ask turn `at` again, with another question if one is given; what followed it is dropped. */
export function askAgain(at: number, question = turns.value[at]!.question): void {
  for (const turn of turns.value.slice(at)) turn.run.stop();
  turns.value = turns.value.slice(0, at);
  ask(question);
}

export function stop(): boolean {
  const run = turns.value.at(-1)?.run;
  if (!run?.running) return false;
  run.stop();
  return true;
}

export function clear(): void {
  stop();
  turns.value = [];
}

function start(before: Turn[], question: string): Run {
  return new Run(chatCall([...messages(before), { role: "user", content: question }], settings.value), shapeOf(settings.value));
}

/** What was said; a turn that brought no text is left out with its question. */
function messages(turns: Turn[]): Message[] {
  return turns
    .filter((turn) => turn.run.texts.value[0])
    .flatMap((turn) => [
      { role: "user", content: turn.question },
      { role: "assistant", content: turn.run.texts.value[0]! },
    ]);
}
