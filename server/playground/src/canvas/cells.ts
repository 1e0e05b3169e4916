/** The cells of a canvas, kept by hand: a few hundred change in a frame, too many for a diff of virtual nodes. */

import type { CanvasState } from "../run/canvas_state";
import type { Recording } from "../run/recording";
import { inCell } from "../text/visible";
import { level, type Colour } from "./colour";
import { Pace } from "./pace";

/** What lies in a canvas, in order: runs of positions, and between them text that was given. */
export type Part = { label: string; start: number; end: number } | { text: string };

/** Of a block, where the canvas is narrow and where it is wide. */
const COLUMNS = [8, 16];
const MASKED = "masked";
/** What fits into the narrowest cell. All else has to be clipped, and a clip costs a layer in every frame. */
const SHORT = /^[!-~¡-ÿ]{0,4}$/;

/** A cell is called by its token; without one it needs another name. */
function setName(cell: HTMLElement, masked: boolean): void {
  if (masked) cell.setAttribute("aria-label", MASKED);
  else cell.removeAttribute("aria-label");
}

export class Cells {
  readonly cells: HTMLElement[] = [];
  private readonly classes: string[] = [];
  private readonly groups: { element: HTMLElement; start: number; end: number }[] = [];
  private colour: Colour | null = null;
  private lastForward = -1;
  private readonly pace = new Pace();

  constructor(root: HTMLElement, parts: Part[], idPrefix: string) {
    const made = document.createDocumentFragment();
    for (const part of parts) {
      if ("text" in part) {
        const given = document.createElement("span");
        given.className = "given";
        given.textContent = part.text;
        made.append(given);
        continue;
      }
      const element = document.createElement("div");
      element.className = "group";
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", part.label);
      element.dataset["label"] = part.label;
      for (const columns of COLUMNS) {
        element.style.setProperty(`--rows-of-${columns}`, String(Math.ceil((part.end - part.start) / columns)));
      }
      for (let position = part.start; position < part.end; position++) {
        const cell = document.createElement("span");
        cell.className = "cell masked";
        cell.id = `${idPrefix}-${position}`;
        cell.setAttribute("role", "option");
        cell.setAttribute("aria-selected", "false");
        cell.dataset["position"] = String(position);
        cell.setAttribute("aria-label", MASKED);
        cell.append("");
        this.cells[position] = cell;
        this.classes[position] = cell.className;
        element.append(cell);
      }
      this.groups.push({ element, start: part.start, end: part.end });
      made.append(element);
    }
    root.replaceChildren(made);
  }

  /**
   * Bring the cells up to `state`: all of them, or while more is to come as many as a frame has time for, those first
   * that have waited longest. Whether none is left.
   */
  paint(state: CanvasState, recording: Recording, colour: Colour, lastForward: number, more: boolean): boolean {
    const { dirty } = state;
    if (colour !== this.colour || (colour === "step" && lastForward !== this.lastForward)) {
      for (const position of this.cells.keys()) dirty.add(position);
    }
    this.colour = colour;
    this.lastForward = lastForward;
    let share = more ? this.pace.share() : Infinity;
    for (const position of dirty) {
      if (--share < 0) break;
      dirty.delete(position);
      this.paintCell(position, state, recording, colour, lastForward);
    }
    this.markActive(state);
    return dirty.size === 0;
  }

  /** Let a cell that was told about be called as the others are. */
  plain(position: number): void {
    const cell = this.cells[position]!;
    setName(cell, cell.classList.contains("masked"));
    cell.setAttribute("aria-selected", "false");
  }

  /** What the run of positions that holds this one is called. */
  labelOf(position: number): string {
    return this.groups.find(({ start, end }) => start <= position && position < end)?.element.dataset["label"]?.toLowerCase() ?? "";
  }

  private paintCell(position: number, state: CanvasState, recording: Recording, colour: Colour, lastForward: number): void {
    const cell = this.cells[position];
    if (!cell) return;
    const token = state.token[position]!;
    const forward = state.forward[position]!;
    const fresh = forward > 0 && forward === state.now;
    const text = token < 0 ? "" : recording.textOf(token);
    const shown = token < 0 ? "" : inCell(text);
    let name = "cell";
    if (token < 0) name += fresh ? " masked remasked" : " masked";
    else {
      name += level(colour, state.confidence[position]!, forward, lastForward);
      if (text === "") name += " end";
      if (fresh) name += " fresh";
      if (state.revised[position]) name += " revised";
      if (state.tentative[position]) name += " tentative";
      if (!SHORT.test(shown)) name += " long";
    }
    const node = cell.firstChild as Text;
    if (node.data !== shown) node.data = shown;
    if ((token < 0) !== this.classes[position]!.includes("masked")) setName(cell, token < 0);
    if (this.classes[position] !== name) this.classes[position] = cell.className = name;
  }

  /** The first block with a mask is the one that is being denoised. */
  private markActive(state: CanvasState): void {
    const open = this.groups.findIndex(({ start, end }) => state.token.subarray(start, end).includes(-1));
    this.groups.forEach(({ element }, index) => {
      const name = index === open ? "group active" : "group";
      if (element.className !== name) element.className = name;
    });
  }
}

export function blocks(length: number, block: number): Part[] {
  const count = Math.ceil(length / block);
  return Array.from({ length: count }, (_, index) => ({
    label: `Block ${index + 1}`,
    start: index * block,
    end: Math.min(length, (index + 1) * block),
  }));
}
