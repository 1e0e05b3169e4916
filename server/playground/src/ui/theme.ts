import { effect, signal } from "@preact/signals";

const system = matchMedia("(prefers-color-scheme: dark)");
/** What the user chose; null: as the system has it. */
const chosen = signal<boolean | null>(null);
const preferred = signal(system.matches);
system.addEventListener("change", () => (preferred.value = system.matches));

export const dark = signal(system.matches);

effect(() => {
  dark.value = chosen.value ?? preferred.value;
  document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
});

export function toggleTheme(): void {
  chosen.value = !dark.value;
}
