// Vercel's AI SDK.
import assert from "node:assert/strict";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";

const provider = createOpenAICompatible({
  name: "llada",
  baseURL: process.env.LLADA_URL + "/v1",
  apiKey: "none",
  includeUsage: true,
});
const ask = { model: provider("demo"), prompt: "What is 17 plus 25?", maxOutputTokens: 32, maxRetries: 0 };

const whole = await generateText(ask);
assert.match(whole.text, /42/);
assert.equal(whole.finishReason, "stop");
assert.ok(whole.usage.outputTokens > 0);

const stream = streamText(ask);
let text = "";
for await (const piece of stream.textStream) text += piece;
assert.match(text, /42/);
assert.ok((await stream.usage).outputTokens > 0);

await assert.rejects(generateText({ ...ask, model: provider("other") }), /not served here/);
