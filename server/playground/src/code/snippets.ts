import type { Call } from "../run/call";

/** Arguments that openai-python has names for; the rest goes into `extra_body`. */
const OPENAI: Record<string, Set<string>> = {
  "v1/chat/completions": new Set(["messages", "model", "temperature", "top_p", "seed", "stop", "stream", "stream_options", "max_tokens", "n"]),
  "v1/completions": new Set(["prompt", "suffix", "model", "temperature", "top_p", "seed", "stop", "stream", "stream_options", "max_tokens", "n"]),
};

export interface Place {
  /** Address of the server, with a slash at its end. */
  base: string;
  model: string;
  withKey: boolean;
}

export function curl({ path, body }: Call, { base, withKey }: Place): string {
  const lines = [
    `curl -N ${quote(base + path)}`,
    "-H 'Content-Type: application/json'",
    ...(withKey ? ['-H "Authorization: Bearer $LLADA_API_KEY"'] : []),
    `-d ${quote(JSON.stringify(body, null, 2))}`,
  ];
  return lines.join(" \\\n  ");
}

/** null: openai-python has no method for this endpoint. */
export function python({ path, body }: Call, { base, model, withKey }: Place): string | null {
  const known = OPENAI[path];
  if (!known) return null;
  const all = Object.entries({ model, ...body });
  const named = all.filter(([name]) => known.has(name)).map(([name, value]) => `    ${name}=${literal(value, 4)},\n`);
  const extra = all.filter(([name]) => !known.has(name));
  const chat = path.includes("chat");
  return [
    ...(withKey ? ["import os\n"] : []),
    "from openai import OpenAI\n",
    `\nclient = OpenAI(base_url=${literal(`${base}v1`, 0)}, api_key=${withKey ? 'os.environ["LLADA_API_KEY"]' : '"none"'})\n`,
    `${body["stream"] ? "stream" : "reply"} = client.${chat ? "chat.completions" : "completions"}.create(\n`,
    ...named,
    ...(extra.length ? [`    extra_body=${literal(Object.fromEntries(extra), 4)},\n`] : []),
    ")\n",
    body["stream"]
      ? `for chunk in stream:\n    for choice in chunk.choices:\n        print(choice.${chat ? "delta.content" : "text"} or "", end="")\n`
      : `print(reply.choices[0].${chat ? "message.content" : "text"})\n`,
  ].join("");
}

/** The same request, answered whole. */
export function whole({ path, body }: Call): Call {
  const { stream: _, stream_options: __, ...rest } = body;
  return { path, body: rest };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function literal(value: unknown, indent: number): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  // JSON's strings are Python's, but for halves of surrogate pairs, which JSON.stringify escapes and Python reads as they are.
  if (typeof value !== "object") return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const inner = Array.isArray(value)
    ? value.map((one) => literal(one, indent + 4))
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${literal(one, indent + 4)}`);
  const line = `${open}${inner.join(", ")}${close}`;
  if (line.length + indent < 68 && !line.includes("\n")) return line;
  const pad = " ".repeat(indent + 4);
  return `${open}\n${inner.map((one) => `${pad}${one},\n`).join("")}${" ".repeat(indent)}${close}`;
}
