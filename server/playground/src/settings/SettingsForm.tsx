import { useId } from "preact/hooks";
import { algorithmOf, listing } from "../server/status";
import { SchemaField } from "./SchemaField";
import { groups, withAlgorithm, withValue, type Settings } from "./settings";

interface Props {
  settings: Settings;
  onChange: (settings: Settings) => void;
  /** Parameters that the place where the form stands settles itself. */
  without?: readonly string[];
}

/** The algorithm and all of its parameters, from the schemas that the server lists. */
export function SettingsForm({ settings, onChange, without = [] }: Props) {
  return (
    <div class="settings-form">
      <AlgorithmSelect settings={settings} onChange={onChange} />
      {groups(settings).map((group) => (
        <fieldset key={group.title}>
          <legend>{group.title}</legend>
          {group.fields.filter(([name]) => !without.includes(name)).map(([name, schema]) => (
            <SchemaField
              key={`${group.title} ${name}`}
              name={name}
              schema={schema}
              value={settings.values[name]}
              onChange={(value) => onChange(withValue(settings, name, value))}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

function AlgorithmSelect({ settings, onChange }: Props) {
  const id = useId();
  const chosen = algorithmOf(settings.algorithm);
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>Algorithm</label>
      </div>
      <select id={id} onChange={(event) => onChange(withAlgorithm(settings, event.currentTarget.value || null))}>
        <option value="" selected={!settings.algorithm}>{listing.value?.default} (the server's default)</option>
        {listing.value?.algorithms.map((one) => (
          <option key={one.name} value={one.name} selected={one.name === settings.algorithm} disabled={!one.available}>
            {one.name}
            {one.available ? "" : " (not available)"}
          </option>
        ))}
      </select>
      <p class="hint">{chosen?.description}</p>
    </div>
  );
}
