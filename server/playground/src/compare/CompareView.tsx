import { Composer } from "../chat/Composer";
import { Icon } from "../ui/Icon";
import { LaneView } from "./LaneView";
import { MOST_LANES, addLane, lanes, prompt, race, racing, stopAll } from "./race";

/** One prompt, several algorithms or settings at once. */
export function CompareView() {
  return (
    <div class="page wide">
      <header class="page-head">
        <h1>Compare</h1>
        <p>One prompt, several algorithms or settings at once. Their texts are compared with that of lane 1.</p>
      </header>
      <Composer text={prompt} running={racing.value} onSend={race} onStop={stopAll} label="Prompt of all lanes" verb="Race" keep />
      <div class="lanes" data-count={lanes.value.length}>
        {lanes.value.map((lane, at) => (
          <LaneView key={lane.id} lane={lane} at={at} first={lanes.value[0]!} />
        ))}
      </div>
      {lanes.value.length < MOST_LANES && (
        <button type="button" class="add" onClick={addLane} disabled={racing.value}>
          <Icon name="plus" /> Add a lane
        </button>
      )}
    </div>
  );
}
