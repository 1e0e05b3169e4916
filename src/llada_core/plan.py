"""Which positions one forward computes, and which keys/values of it are kept."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar, Literal

import msgspec


class Window(msgspec.Struct, frozen=True):
    """The canvas positions that a forward computes: a constant of this class, or `Window.span(a, b)`."""

    kind: Literal["canvas", "suffix", "block", "span", "state"]
    start: int = 0
    end: int = 0

    CANVAS: ClassVar[Window]
    """The whole canvas."""
    SUFFIX: ClassVar[Window]
    """From the block's start to the canvas's end."""
    BLOCK: ClassVar[Window]
    """The block."""
    STATE: ClassVar[Window]
    """The positions that are True in the `window` field of the request's state; costs one readback."""

    @staticmethod
    def span(start: int, end: int) -> Window:
        """Positions start to end - 1, cut to the canvas."""
        return Window("span", start, end)


Window.CANVAS = Window("canvas")
Window.SUFFIX = Window("suffix")
Window.BLOCK = Window("block")
Window.STATE = Window("state")


class Keep(Enum):
    """Which of a window's keys/values are written to the request's extent of the pool."""

    NOTHING = "nothing"
    PREFIX = "prefix"
    """Those before the block."""
    ALL = "all"


class Plan(msgspec.Struct, frozen=True):
    """One forward of one request.

    It attends to its window and to everything kept earlier, which stays until overwritten. A canvas position
    in neither is a `PlanError`, unless `drop` says that leaving it out is meant. `commit=False` makes a
    warm-up forward: it counts, but no token is written.
    """

    window: Window
    keep: Keep = Keep.NOTHING
    commit: bool = True
    drop: bool = False


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan may know: integers on the host, as they are before the forward."""

    forwards: int
    """Forwards of this request so far."""
    block: int
    """Index of the current block."""
    blocks: int
    block_start: int
    """First canvas position of the block."""
    block_end: int
    """One past its last."""
    step_in_block: int
    """Forwards since this block became the current one, warm-up forwards included. It becomes current again,
    and this 0, when an algorithm that revises masks a position of it."""
    steps_in_block: int
    """Steps that the schedule gives this block."""
    masked_in_block: int
    prompt_length: int
    """Canvas positions before the first mask."""
    canvas_length: int
    params: Any = None
    """The request's instance of the algorithm's `Params`, strings included; None if it declares none."""
