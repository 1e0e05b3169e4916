// promptfoo: a suite of assertions.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const suite = {
  prompts: ["What is {{a}} plus {{b}}?"],
  providers: [
    { id: "openai:chat:demo", config: { apiBaseUrl: process.env.LLADA_URL + "/v1", apiKey: "none", max_tokens: 32 } },
  ],
  tests: [
    [17, 25],
    [3, 4],
  ].map(([a, b]) => ({ vars: { a, b }, assert: [{ type: "contains", value: String(a + b) }] })),
};
writeFileSync("suite.json", JSON.stringify(suite));
const program = join(dirname(fileURLToPath(import.meta.url)), "node_modules", ".bin", "promptfoo");
const off = { PROMPTFOO_DISABLE_TELEMETRY: "1", PROMPTFOO_DISABLE_UPDATE: "1", PROMPTFOO_DISABLE_REMOTE_GENERATION: "true" };
const done = spawnSync(program, ["eval", "-c", "suite.json", "-o", "found.json", "--no-cache"], {
  env: { ...process.env, ...off, PROMPTFOO_CONFIG_DIR: process.cwd() },
  stdio: "inherit",
});
assert.equal(done.status, 0);
const found = JSON.parse(readFileSync("found.json", "utf8"));
assert.equal(found.results.stats.successes, 2);
