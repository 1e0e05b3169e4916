import { useId, useState } from "preact/hooks";
import type { Schema } from "../server/types";

interface Props {
  name: string;
  schema: Schema;
  /** undefined: not set, the server's default holds. */
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A parameter as its JSON Schema describes it, with its description. */
export function SchemaField({ name, schema, value, onChange }: Props) {
  const id = useId();
  const kind = withoutNull(schema);
  return (
    <div class="field" data-set={value !== undefined || undefined}>
      <div class="field-head">
        <label for={id}>{name}</label>
        {value !== undefined && (
          <button type="button" class="link" onClick={() => onChange(undefined)} aria-label={`Reset ${name}`}>
            reset
          </button>
        )}
      </div>
      <Input id={id} schema={{ ...kind, default: schema.default }} value={value} onChange={onChange} />
      {schema.description && (
        <p class="hint" id={`${id}-hint`}>
          {schema.description}
          <Bounds schema={kind} />
        </p>
      )}
    </div>
  );
}

function Input({ id, schema, value, onChange }: { id: string; schema: Schema; value: unknown; onChange: (value: unknown) => void }) {
  const common = { id, "aria-describedby": `${id}-hint` };
  if (schema.enum) {
    return (
      <select {...common} value={JSON.stringify(value)} onChange={(event) => onChange(parse(event.currentTarget.value))}>
        <option value="">{schema.default == null ? "by the other values" : `${schema.default} (default)`}</option>
        {schema.enum.map((choice) => (
          <option key={String(choice)} value={JSON.stringify(choice)} selected={choice === value}>
            {String(choice)}
          </option>
        ))}
      </select>
    );
  }
  if (schema.type === "boolean") {
    return (
      <select {...common} value={value === undefined ? "" : String(value)} onChange={(event) => onChange(parse(event.currentTarget.value))}>
        <option value="">{String(schema.default)} (default)</option>
        <option value="true" selected={value === true}>true</option>
        <option value="false" selected={value === false}>false</option>
      </select>
    );
  }
  if (schema.type === "integer" || schema.type === "number") {
    return (
      <input
        {...common}
        type="number"
        inputMode={schema.type === "integer" ? "numeric" : "decimal"}
        step={schema.type === "integer" ? 1 : "any"}
        min={schema.minimum ?? schema.exclusiveMinimum}
        max={schema.maximum ?? schema.exclusiveMaximum}
        placeholder={schema.default == null ? "not set" : String(schema.default)}
        value={typeof value === "number" ? value : ""}
        onInput={(event) => onChange(numberIn(event.currentTarget.value))}
      />
    );
  }
  if (schema.type === "string") {
    return (
      <input
        {...common}
        type="text"
        placeholder={String(schema.default ?? "not set")}
        value={typeof value === "string" ? value : ""}
        onInput={(event) => onChange(event.currentTarget.value || undefined)}
      />
    );
  }
  return <JsonInput common={common} schema={schema} value={value} onChange={onChange} />;
}

/** For arrays, objects and whatever else a plugin declares. */
function JsonInput({ common, schema, value, onChange }: { common: object; schema: Schema; value: unknown; onChange: (value: unknown) => void }) {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value));
  const wrong = text !== "" && parse(text) === undefined;
  return (
    <textarea
      {...common}
      rows={2}
      spellcheck={false}
      aria-invalid={wrong}
      placeholder={schema.default === undefined ? "JSON" : JSON.stringify(schema.default)}
      value={value === undefined && !wrong ? "" : text}
      onInput={(event) => {
        setText(event.currentTarget.value);
        onChange(parse(event.currentTarget.value));
      }}
    />
  );
}

function Bounds({ schema }: { schema: Schema }) {
  const parts = [
    schema.minimum !== undefined && Math.abs(schema.minimum) < 2 ** 53 && `≥ ${schema.minimum}`,
    schema.exclusiveMinimum !== undefined && `> ${schema.exclusiveMinimum}`,
    schema.maximum !== undefined && Math.abs(schema.maximum) < 2 ** 53 && `≤ ${schema.maximum}`,
    schema.exclusiveMaximum !== undefined && `< ${schema.exclusiveMaximum}`,
  ].filter(Boolean);
  return parts.length ? <span class="bounds"> {parts.join(", ")}</span> : null;
}

function withoutNull(schema: Schema): Schema {
  const kinds = schema.anyOf?.filter((one) => one.type !== "null");
  return kinds?.length === 1 ? kinds[0]! : schema;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numberIn(text: string): number | undefined {
  return text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}
