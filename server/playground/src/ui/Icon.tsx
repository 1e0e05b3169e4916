const PATHS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  stop: "M6 6h12v12H6z",
  send: "M4 12l16-8-6 16-2.5-6.5z",
  retry: "M19 12a7 7 0 1 1-2.05-4.95M17 3v4.5h-4.5",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4",
  code: "M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z",
  key: "M14.5 9.5a4 4 0 1 0-3.4 4L13 15.5h2v2h2v2h3v-3l-5.7-5.7",
} as const;

const FILLED = new Set<string>(["play", "pause", "stop", "send"]);

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class={FILLED.has(name) ? "glyph filled" : "glyph"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
