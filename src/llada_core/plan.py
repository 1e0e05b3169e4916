"""Which positions one forward computes, and which keys/values of it are kept."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar, Literal

import msgspec

from .errors import PlanError


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
    """Those positions of the region that the `window` field of the state, bool [rows, width], marks; costs
    one readback. A forward that does not commit leaves the marks; where state starts anew, its own count."""

    @staticmethod
    def span(start: int, end: int) -> Window:
        """Positions start to end - 1, cut to the canvas: a negative start means its first position.

        Raises:
            PlanError: the span holds no position of any canvas, or its ends are not integers.
        """
        return Window("span", start, end)

    def __post_init__(self) -> None:
        if self.kind != "span":
            return
        if type(self.start) is not int or type(self.end) is not int:
            raise PlanError(f"Window.span({self.start!r}, {self.end!r}): expected integers")
        if self.end <= max(self.start, 0):
            why = "it ends before the canvas" if self.start < self.end else "its end must be above its start"
            raise PlanError(f"Window.span({self.start}, {self.end}) holds no position: {why}")


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

    Raises:
        PlanError: a field of another type, such as a window's or a keep's name instead of the constant.
    """

    window: Window
    keep: Keep = Keep.NOTHING
    commit: bool = True
    drop: bool = False

    def __post_init__(self) -> None:
        for name, value, kind in (
            ("window", self.window, Window),
            ("keep", self.keep, Keep),
            ("commit", self.commit, bool),
            ("drop", self.drop, bool),
        ):
            if not isinstance(value, kind):
                raise PlanError(f"Plan: {name} must be a {kind.__name__} (got {value!r})")


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan may know: integers on the host, as they are before the forward."""

    forwards: int
    """Forwards of this request so far."""
    block: int
    """Index of the current block."""
    blocks: int
    """How many there are."""
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
    """Masks that the block holds now."""
    prompt_length: int
    """Canvas positions before the first mask."""
    canvas_length: int
    """Positions in all: prompt, generated part, suffix."""
    params: Any = None
    """The request's instance of the algorithm's `Params`, strings included; None if it declares none."""
