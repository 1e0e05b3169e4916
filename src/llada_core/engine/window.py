"""From a plan to positions: what one forward of one row computes, attends to, writes and keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..canvas import Canvas, Flags, Ids
from ..errors import PlanError
from ..plan import Keep, Plan


@dataclass(frozen=True, slots=True)
class PlannedForward:
    """One forward of one row, in canvas positions."""

    start: int
    """First position of the window."""
    length: int
    """Positions of the window."""
    scattered: Ids | None
    """The window's positions where they are not `start`, `start + 1`, ...; else None."""
    write: Ids | None
    """Which of the window's tokens go to the extent, as indices into the window; None: all of them."""
    attended: Ids | None
    """Canvas positions that are read from the extent; None: the window alone, from this forward's own
    keys."""
    whole: bool
    """Whether `attended` is the whole canvas."""
    restore: Ids | None
    """Kept positions that this forward overwrites only for itself; their old entries come back afterwards."""
    kept: Flags
    """What is kept once the forward has run."""
    commit: bool

    @property
    def positions(self) -> Ids:
        """Canvas positions of the window, ascending."""
        if self.scattered is not None:
            return self.scattered
        return np.arange(self.start, self.start + self.length)

    @property
    def pooled(self) -> bool:
        """Whether keys and values come from the extent."""
        return self.attended is not None or self.whole


def plan_forward(
    plan: Plan, canvas: Canvas, block: int, kept: Flags, marked: Ids | None, has_extent: bool
) -> PlannedForward:
    """Resolve `plan` for a canvas of which the positions `kept` are in its extent.

    Args:
        marked: positions that the state marks, for `Window.STATE`.
        has_extent: whether the algorithm declared `needs_cache`, so that it owns slots.

    Raises:
        PlanError: the window is empty; a position is neither computed nor kept; nothing may be kept.
    """
    if not isinstance(plan, Plan):
        raise PlanError(f"plan() returned {type(plan).__name__}, expected Plan")
    positions, start, end = _window(plan, canvas, block, marked)
    window = np.zeros(canvas.length, dtype=np.bool_)
    if positions is None:
        window[start:end] = True
    else:
        window[positions] = True
    keeping = _keeping(plan.keep, window, canvas.span(block)[0])
    attended = window | kept
    missing = int(np.count_nonzero(~attended))
    if missing and not plan.drop:
        first = int(np.flatnonzero(~attended)[0])
        raise PlanError(
            f"the plan leaves {missing} canvas positions neither computed nor kept (the first is {first}); "
            "widen the window, keep them earlier, or say drop=True"
        )
    if keeping.any() and not has_extent:
        raise PlanError(
            "the plan keeps keys and values, but it was declared, or the model allows, none to keep"
        )
    pooled = bool((kept & ~window).any())
    restored = window & kept & ~keeping
    return PlannedForward(
        start=start,
        length=(end - start) if positions is None else len(positions),
        scattered=positions,
        write=None if pooled or plan.keep is Keep.ALL else np.flatnonzero(keeping[window]),
        attended=np.flatnonzero(attended) if pooled and missing else None,
        whole=pooled and not missing,
        restore=np.flatnonzero(restored) if pooled and restored.any() else None,
        # The same object while nothing is added, so that a forward that comes again is known by it.
        kept=kept if (kept | ~keeping).all() else kept | keeping,
        commit=plan.commit,
    )


def _window(plan: Plan, canvas: Canvas, block: int, marked: Ids | None) -> tuple[Ids | None, int, int]:
    """The window's positions if they are scattered, else None; its start and end."""
    block_start, block_end = canvas.span(block)
    kind = plan.window.kind
    if kind == "state":
        if marked is None or not len(marked):
            raise PlanError("Window.STATE: the state marks no position")
        if int(marked[-1]) - int(marked[0]) == len(marked) - 1:
            return None, int(marked[0]), int(marked[-1]) + 1
        return marked, int(marked[0]), int(marked[-1]) + 1
    start, end = {
        "canvas": (0, canvas.length),
        "suffix": (block_start, canvas.length),
        "block": (block_start, block_end),
        "span": (max(plan.window.start, 0), min(plan.window.end, canvas.length)),
    }[kind]
    if end <= start:
        raise PlanError(f"the plan's window {start} to {end} is empty")
    return None, start, end


def _keeping(keep: Keep, window: Flags, block_start: int) -> Flags:
    if keep is Keep.ALL:
        return window
    keeping = window.copy() if keep is Keep.PREFIX else np.zeros_like(window)
    keeping[block_start:] = False
    return keeping
