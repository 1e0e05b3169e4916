import { listing } from "../server/status";
import type { Plugin, Schema } from "../server/types";
import { Icon } from "../ui/Icon";

/** What is installed, whether it works and why not, and what it can be told. */
export function PluginsView() {
  const found = listing.value;
  return (
    <div class="page">
      <header class="page-head">
        <h1>Plugins</h1>
        <p>What the server found installed. An algorithm says what each forward computes; a rule says which positions are committed.</p>
      </header>
      {!found && <p class="hint" role="status">The server has not said yet what it has. It is asked again every second.</p>}
      {found && (
        <>
          <section aria-labelledby="installed">
            <h2 id="installed">Installed</h2>
            <ul class="cards">{found.plugins.map((plugin) => <PluginCard key={plugin.distribution + plugin.name} plugin={plugin} />)}</ul>
          </section>
          <section aria-labelledby="algorithms">
            <h2 id="algorithms">Algorithms</h2>
            <ul class="cards">
              {found.algorithms.map((one) => (
                <li key={one.name} class="card">
                  <h3>
                    {one.name}
                    {one.name === found.default && <span class="badge">default</span>}
                    <StatusBadge ok={one.available} word={one.available ? "available" : "not available"} />
                  </h3>
                  <p>{one.description}</p>
                  {!one.available && <p class="why">{[one.reason, one.hint].filter(Boolean).join(" ")}</p>}
                  <p class="origin">{[origin(one), one.execution.replace("_", " "), one.aliases.length && `also ${one.aliases.join(", ")}`].filter(Boolean).join(" · ")}</p>
                  <Parameters schema={one.params} />
                </li>
              ))}
            </ul>
          </section>
          <section aria-labelledby="rules">
            <h2 id="rules">Unmasking rules</h2>
            <ul class="cards">
              {found.unmasking_rules.map((one) => (
                <li key={one.name} class="card">
                  <h3>{one.name}</h3>
                  <p>{one.description}</p>
                  <p class="origin">{origin(one)}</p>
                  <Parameters schema={one.params} />
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </div>
  );
}

function PluginCard({ plugin }: { plugin: Plugin }) {
  const brings = [
    plugin.algorithms.length && `algorithms: ${plugin.algorithms.join(", ")}`,
    plugin.rules.length && `rules: ${plugin.rules.join(", ")}`,
  ].filter(Boolean);
  return (
    <li class="card">
      <h3>
        {plugin.name}
        <StatusBadge ok={plugin.status === "loaded"} word={plugin.status} />
      </h3>
      <p class="origin">{origin(plugin)}</p>
      {brings.length > 0 && <p>{brings.join("; ")}</p>}
      {plugin.reason && <p class="why">{plugin.reason}</p>}
    </li>
  );
}

function StatusBadge({ ok, word }: { ok: boolean; word: string }) {
  return (
    <span class={ok ? "badge good" : "badge bad"}>
      <Icon name={ok ? "check" : "close"} /> {word}
    </span>
  );
}

function Parameters({ schema }: { schema: Schema | null }) {
  const fields = Object.entries(schema?.properties ?? {});
  if (!fields.length) return null;
  return (
    <dl class="parameters">
      {fields.map(([name, field]) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
            {field.default !== undefined && <span> = {JSON.stringify(field.default)}</span>}
          </dt>
          <dd>{field.description}</dd>
        </div>
      ))}
    </dl>
  );
}

function origin({ distribution, version }: { distribution: string | null; version: string | null }): string {
  return [distribution, version].filter(Boolean).join(" ");
}
