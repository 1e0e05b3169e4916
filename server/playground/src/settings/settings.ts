import type { Schema } from "../server/types";
import { algorithmOf, listing, rules } from "../server/status";

/** What a request says beside its text. Only what was set is sent; the rest is the server's default. */
export interface Settings {
  /** null: the server's default. */
  algorithm: string | null;
  values: Record<string, unknown>;
}

export const NO_SETTINGS: Settings = { algorithm: null, values: {} };

export interface Group {
  title: string;
  fields: [name: string, schema: Schema][];
}

/** The parameters of these settings' algorithm and rule: common ones, then its own, then the rule's. */
export function groups(settings: Settings): Group[] {
  const algorithm = algorithmOf(settings.algorithm);
  const common = listing.value?.parameters.properties ?? {};
  const choices = { ...common["unmasking"], anyOf: undefined, enum: algorithm?.unmasking ?? [], default: null };
  const rule = rules.value.get(String(settings.values["unmasking"] ?? ""));
  const made: Group[] = [
    {
      title: "Common",
      fields: Object.entries({ ...common, unmasking: choices }),
    },
  ];
  const own: [string, Schema | null | undefined][] = [
    [`Of ${algorithm?.name}`, algorithm?.params],
    [`Of the rule ${rule?.name}`, rule?.params],
  ];
  for (const [title, schema] of own) {
    if (schema?.properties && Object.keys(schema.properties).length) made.push({ title, fields: Object.entries(schema.properties) });
  }
  return made;
}

export function withValue(settings: Settings, name: string, value: unknown): Settings {
  const values = { ...settings.values, [name]: value };
  if (value === undefined) delete values[name];
  return known({ ...settings, values });
}

export function withAlgorithm(settings: Settings, algorithm: string | null): Settings {
  return known({ ...settings, algorithm });
}

/** Without values of parameters that the algorithm or the rule does not have. */
function known(settings: Settings): Settings {
  const allowed = algorithmOf(settings.algorithm)?.unmasking ?? [];
  const values = { ...settings.values };
  if (!allowed.includes(String(values["unmasking"]))) delete values["unmasking"];
  const names = new Set(groups({ ...settings, values }).flatMap((group) => group.fields.map(([name]) => name)));
  const kept = Object.entries(values).filter(([name]) => names.has(name));
  return { ...settings, values: Object.fromEntries(kept) };
}
