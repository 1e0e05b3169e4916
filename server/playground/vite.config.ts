import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const ROOT = import.meta.dirname;
const MADE_FROM = ["index.html", "package-lock.json", "package.json", "public", "src", "tsconfig.json", "vite.config.ts"];

/** One line a source file, as sha256sum prints them; a test compares it, where there is no Node to build with. */
function sources(): string {
  const files = MADE_FROM.flatMap((name) =>
    name.includes(".")
      ? [name]
      : readdirSync(join(ROOT, name), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1).replaceAll("\\", "/")),
  );
  const digest = (name: string) => createHash("sha256").update(readFileSync(join(ROOT, name))).digest("hex");
  return files.sort().map((name) => `${digest(name)}  ${name}\n`).join("");
}

function recordSources(): Plugin {
  return {
    name: "record-sources",
    apply: "build",
    writeBundle: (options) => writeFileSync(join(options.dir!, "sources.sha256"), sources()),
  };
}

// The page lies at the server's root, or wherever a proxy puts that; its files are beside it, in playground/.
export default defineConfig({
  base: "./",
  plugins: [recordSources()],
  experimental: { renderBuiltUrl: (name) => `./playground/${name}` },
  build: {
    outDir: process.env.PLAYGROUND_OUT ?? "../src/llada_server/playground",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: { entryFileNames: "app.js", assetFileNames: (asset) => (asset.names[0]?.endsWith(".css") ? "app.css" : "[name][extname]") },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/generation", "/health"].map((path) => [path, process.env.LLADA_URL ?? "http://127.0.0.1:8000"]),
    ),
  },
});
