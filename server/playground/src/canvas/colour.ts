export type Colour = "confidence" | "step";

const BOUNDS = [0.4, 0.6, 0.8, 0.95, 0.99];
export const CONFIDENCE_LEVELS = BOUNDS.length + 1;
export const STEP_LEVELS = 8;

/** Class of a committed position; without a confidence there is none. */
export function level(colour: Colour, confidence: number, forward: number, lastForward: number): string {
  if (colour === "step") {
    return ` s${Math.min(STEP_LEVELS - 1, Math.floor(((forward - 1) / Math.max(1, lastForward)) * STEP_LEVELS))}`;
  }
  if (Number.isNaN(confidence)) return "";
  const above = BOUNDS.findIndex((bound) => confidence < bound);
  return ` c${above < 0 ? BOUNDS.length : above}`;
}

export function percent(confidence: number): string {
  if (Number.isNaN(confidence)) return "not known";
  if (confidence > 0.9999 && confidence < 1) return "> 99.99 %";
  return `${(confidence * 100).toFixed(confidence > 0.99 ? 2 : 1)} %`;
}
