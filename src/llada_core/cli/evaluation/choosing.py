"""What was measured, as data: points of accuracy and forwards, the Pareto front, tables to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from .series import Kind

BUDGETS = (1, 2, 4, 8, 16)
"""Forwards a block at which series are compared."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What counts over some problems."""

    problems: int
    right: int
    failed: int
    accuracy: float
    forwards_per_block: float


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One series at one setting."""

    series: str
    kind: Kind
    distribution: str | None
    algorithm: str
    setting: str
    seconds: float
    tokens_per_second: float
    left_out: int = 0
    """Problems that the algorithm cannot be asked."""
    all: Figures
    hardest_quarter: Figures | None = None


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A run of `llada eval`, as `--out` writes it."""

    model: str
    problems: int
    rows: int
    block_length: int
    device: str
    dtype: str
    torch: str
    date: str
    results: list[Point]


Part = Callable[[Point], Figures | None]
PARTS: dict[str, Part] = {
    "all problems": lambda point: point.all,
    "hardest quarter": lambda point: point.hardest_quarter,
}
"""The two views of a point, by their titles."""


def series_of(points: Sequence[Point]) -> dict[str, list[Point]]:
    """Points by series, in order."""
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point.series, []).append(point)
    return found


def on_front(points: Sequence[Point], part: Part) -> list[Point]:
    """The Pareto front, from few forwards to many: no other point has as few forwards and is as accurate, and
    better in one of the two. Of equal points all are on it."""
    counted = [(figures, point) for point in points if (figures := part(point)) is not None]
    ordered = sorted(counted, key=lambda pair: (pair[0].forwards_per_block, -pair[0].accuracy))
    front: list[tuple[Figures, Point]] = []
    for figures, point in ordered:
        best = front[-1][0] if front else None
        tie = best is not None and (
            (best.forwards_per_block, best.accuracy) == (figures.forwards_per_block, figures.accuracy)
        )
        if best is None or tie or figures.accuracy > best.accuracy:
            front.append((figures, point))
    return [point for _, point in front]


def within(points: Sequence[Point], part: Part, budget: float) -> Figures | None:
    """What a series reaches within `budget` forwards a block: its measured point with most forwards that does
    not go beyond. Nothing is interpolated, and no point is picked for its accuracy."""
    counted = [figures for point in points if (figures := part(point)) is not None]
    fitting = [figures for figures in counted if figures.forwards_per_block <= budget + 1e-9]
    return max(fitting, key=lambda figures: figures.forwards_per_block, default=None)
