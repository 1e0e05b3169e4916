import { computed, effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiPanel } from "./code/ApiPanel";
import { ChatView } from "./chat/ChatView";
import * as chat from "./chat/conversation";
import { CompareView } from "./compare/CompareView";
import * as compare from "./compare/race";
import { InfillView } from "./infill/InfillView";
import * as infill from "./infill/infilling";
import { PluginsView } from "./plugins/PluginsView";
import { KeyForm } from "./server/KeyForm";
import { ServerNotice } from "./server/ServerNotice";
import { StatusLight } from "./server/StatusLight";
import { listing, status } from "./server/status";
import { SettingsForm } from "./settings/SettingsForm";
import { Icon } from "./ui/Icon";
import { dark, toggleTheme } from "./ui/theme";

const VIEWS = {
  chat: { title: "Chat", view: ChatView, call: chat.call, settings: chat.settings, without: [] },
  compare: { title: "Compare", view: CompareView, call: compare.call, settings: null, without: [] },
  infill: { title: "Infill", view: InfillView, call: infill.call, settings: infill.settings, without: ["gen_length"] },
  plugins: { title: "Plugins", view: PluginsView, call: null, settings: null, without: [] },
} as const;
type Name = keyof typeof VIEWS;
type PanelName = "settings" | "api";

const hash = signal(location.hash.slice(1));
addEventListener("hashchange", () => (hash.value = location.hash.slice(1)));
const name = computed<Name>(() => (hash.value in VIEWS ? (hash.value as Name) : "chat"));
const panel = signal<PanelName | null>(matchMedia("(min-width: 1100px)").matches ? "settings" : null);

effect(() => {
  document.title = `${VIEWS[name.value].title} · LLaDA playground`;
});

export function App() {
  const { view: View, call, settings, without } = VIEWS[name.value];
  const wanted = panel.value === "settings" && !settings ? null : panel.value === "api" && !call ? null : panel.value;
  return (
    <div class="app" data-panel={wanted ?? undefined}>
      <a class="skip" href="#main" onClick={skip}>Skip to the page's content</a>
      <header class="top">
        <span class="brand">
          <img src="./playground/icon.svg" alt="" width="22" height="22" /> LLaDA
        </span>
        <nav aria-label="Views">
          {Object.entries(VIEWS).map(([key, { title }]) => (
            <a key={key} href={`#${key}`} aria-current={key === name.value ? "page" : undefined}>{title}</a>
          ))}
        </nav>
        <span class="tools">
          <StatusLight />
          {settings && <PanelButton name="settings" icon="sliders" label="Settings" />}
          {call && <PanelButton name="api" icon="code" label="API" />}
          <button type="button" class="icon" onClick={toggleTheme} aria-label={dark.value ? "Use light colours" : "Use dark colours"}>
            <Icon name={dark.value ? "sun" : "moon"} />
          </button>
        </span>
      </header>
      <ServerNotice />
      <div class="body">
        {/* With nothing in it to go to, it is itself what the keyboard scrolls. */}
        <main id="main" tabIndex={call ? -1 : 0}>{status.value === "locked" ? <KeyForm /> : <View />}</main>
        {wanted && status.value !== "locked" && (
          <Panel title={wanted === "api" ? "The call on this screen" : "Settings"}>
            {wanted === "api" && call && <ApiPanel call={call.value} />}
            {wanted === "settings" && settings && listing.value && (
              <SettingsForm settings={settings.value} without={without} onChange={(changed) => (settings.value = changed)} />
            )}
          </Panel>
        )}
      </div>
    </div>
  );
}

function PanelButton({ name, icon, label }: { name: PanelName; icon: "sliders" | "code"; label: string }) {
  const open = panel.value === name;
  return (
    <button type="button" class="quiet" aria-expanded={open} aria-label={label} onClick={() => (panel.value = open ? null : name)}>
      <Icon name={icon} />
      <span class="wide-only">{label}</span>
    </button>
  );
}

function Panel({ title, children }: { title: string; children: preact.ComponentChildren }) {
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Where it covers the page, the keyboard goes there too.
    if (matchMedia("(max-width: 1099px)").matches) close.current?.focus();
  }, [title]);
  return (
    <aside
      class="panel"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === "Escape") panel.value = null;
      }}
    >
      <header>
        <h2>{title}</h2>
        <button ref={close} type="button" class="icon" onClick={() => (panel.value = null)} aria-label="Close the panel">
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
