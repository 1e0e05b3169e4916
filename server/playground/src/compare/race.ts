import { computed, signal } from "@preact/signals";
import { chatCall, shapeOf, type Call } from "../run/call";
import { Run } from "../run/run";
import { NO_SETTINGS, type Settings } from "../settings/settings";

export interface Lane {
  id: number;
  settings: Settings;
  run: Run | null;
  /** 1 for the lane that finished first; null while it runs, or if it did not finish. */
  place: number | null;
}

export const MOST_LANES = 4;
export const LEAST_LANES = 2;

let nextId = 0;
const lane = (settings: Settings): Lane => ({ id: nextId++, settings, run: null, place: null });

export const prompt = signal("What is 17 plus 25?");
export const lanes = signal<Lane[]>([lane(NO_SETTINGS), lane({ algorithm: null, values: { threshold: 0.9 } })]);
/** The lane whose request the API panel shows: the last one that was clicked or changed. */
export const chosen = signal(0);

export const call = computed<Call>(() => {
  const lane = lanes.value.find((one) => one.id === chosen.value) ?? lanes.value[0]!;
  return callOf(lane.settings, prompt.value);
});

export const racing = computed(() => lanes.value.some((lane) => lane.run?.running));

export function race(): void {
  stopAll();
  let finished = 0;
  lanes.value = lanes.value.map((lane) => ({
    ...lane,
    place: null,
    run: new Run(callOf(lane.settings, prompt.value), shapeOf(lane.settings)),
  }));
  for (const { id, run } of lanes.value) {
    void run!.finished.then(() => {
      if (run!.phase.value === "done" && laneOf(id)?.run === run) change(id, { place: ++finished });
    });
  }
}

export function stopAll(): void {
  for (const lane of lanes.value) lane.run?.stop();
}

export function addLane(): void {
  lanes.value = [...lanes.value, lane(lanes.value.at(-1)?.settings ?? NO_SETTINGS)];
}

export function removeLane(id: number): void {
  laneOf(id)?.run?.stop();
  lanes.value = lanes.value.filter((lane) => lane.id !== id);
}

export function change(id: number, to: Partial<Lane>): void {
  lanes.value = lanes.value.map((lane) => (lane.id === id ? { ...lane, ...to } : lane));
}

function laneOf(id: number): Lane | undefined {
  return lanes.value.find((lane) => lane.id === id);
}

function callOf(settings: Settings, question: string): Call {
  return chatCall([{ role: "user", content: question.trim() }], settings);
}
