// OpenAI's own client for JavaScript.
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.LLADA_URL + "/v1", apiKey: "none", maxRetries: 0 });
const ask = { model: "demo", messages: [{ role: "user", content: "What is 17 plus 25?" }], max_tokens: 32 };

const names = [];
for await (const model of client.models.list()) names.push(model.id);
assert.deepEqual(names, ["demo"]);

const reply = await client.chat.completions.create({ ...ask, generation_algorithm: "basic" });
assert.match(reply.choices[0].message.content, /42/);
assert.equal(reply.choices[0].finish_reason, "stop");
assert.equal(reply.llada.algorithm, "basic");

let text = "";
let usage = null;
const options = { include_usage: true };
for await (const chunk of await client.chat.completions.create({ ...ask, stream: true, stream_options: options })) {
  text += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
assert.match(text, /42/);
assert.ok(usage.completion_tokens > 0);

const final = await client.chat.completions.stream(ask).finalChatCompletion();
assert.match(final.choices[0].message.content, /42/);

const completion = await client.completions.create({ model: "demo", prompt: ["a", "b"], max_tokens: 4 });
assert.equal(completion.choices.length, 2);

await assert.rejects(client.chat.completions.create({ ...ask, model: "other" }), (error) => {
  assert.ok(error instanceof OpenAI.NotFoundError);
  assert.equal(error.code, "model_not_found");
  return true;
});
