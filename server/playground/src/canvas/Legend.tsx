import { CONFIDENCE_LEVELS, STEP_LEVELS, type Colour } from "./colour";
import { colour } from "./preferences";

const CHOICES: Colour[] = ["confidence", "step"];

/** What the looks of cells mean, and the choice of their colour. */
export function Legend() {
  const [name, levels, from, to] =
    colour.value === "confidence" ? ["c", CONFIDENCE_LEVELS, "unsure", "sure"] as const : ["s", STEP_LEVELS, "first", "last"] as const;
  return (
    <div class="legend">
      <fieldset class="segmented">
        <legend class="visually-hidden">Colour of committed positions</legend>
        <span aria-hidden="true">Colour by</span>
        {CHOICES.map((choice) => (
          <label key={choice}>
            <input type="radio" name="colour" class="visually-hidden" checked={colour.value === choice} onChange={() => (colour.value = choice)} />
            <span>{choice}</span>
          </label>
        ))}
      </fieldset>
      <span class="scale">
        <span>{from}</span>
        {Array.from({ length: levels }, (_, at) => (
          <span key={at} class={`swatch ${name}${at}`} aria-hidden="true" />
        ))}
        <span>{to}</span>
      </span>
      <span class="keys">
        <span><i class="swatch masked" aria-hidden="true" /> masked</span>
        <span><i class="swatch c5 fresh" aria-hidden="true" /> just committed</span>
        <span><i class="swatch c5 revised" aria-hidden="true" /> revised</span>
        <span><i class="swatch end" aria-hidden="true">·</i> end of text</span>
      </span>
    </div>
  );
}
