"""How long a forward takes: read from measurements, or computed for a model that nobody here has run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

H100 = Path(__file__).parents[1] / "results" / "h100.json"


class Times(Protocol):
    """Seconds of the two kinds of forward."""

    def block(self, rows: int) -> float:
        """A step of `rows` blocks, over kept keys and values."""

    def canvas(self, tokens: int) -> float:
        """A refresh: whole canvases of `tokens` positions in all."""


@dataclass(frozen=True)
class Measured:
    """Straight lines between measured points; beyond the last one, its slope."""

    block_points: tuple[tuple[float, float], ...]
    """Rows and seconds."""
    canvas_points: tuple[tuple[float, float], ...]
    """Tokens and seconds."""

    def block(self, rows: int) -> float:
        """See `Times`."""
        return _between(self.block_points, rows)

    def canvas(self, tokens: int) -> float:
        """See `Times`."""
        return _between(self.canvas_points, tokens)


@dataclass(frozen=True)
class Linear:
    """One kind of forward for everything, as on a CPU: a constant, and so much a token."""

    constant: float
    token: float
    block_length: int

    def block(self, rows: int) -> float:
        """See `Times`."""
        return self.constant + self.token * self.block_length * rows

    def canvas(self, tokens: int) -> float:
        """See `Times`."""
        return self.constant + self.token * tokens


def h100(file: Path = H100) -> Measured:
    """LLaDA-8B's shapes in bfloat16 on one H100."""
    seconds = {row["case"]: row["median_ms"] / 1e3 for row in json.loads(file.read_text())["rows"]}
    blocks = [(rows, seconds[f"dual_step_{rows}"]) for rows in (1, 2, 4, 8, 16, 32, 64)]
    # One canvas of 512 takes as long as weights and products together need; below it, the weights remain.
    canvases = [(0, seconds["dual_step_1"]), (512, seconds["canvas_1x512"]), (4096, seconds["canvas_8x512"])]
    return Measured(tuple(blocks), tuple(canvases))


def over_floor(file: Path = H100) -> float:
    """What block steps of 8 to 64 rows take over their floor, on average."""
    rows = {row["case"]: row for row in json.loads(file.read_text())["rows"]}
    steps = [rows[f"dual_step_{count}"] for count in (8, 16, 32, 64)]
    return sum(step["median_ms"] / step["floor_ms"] for step in steps) / len(steps)


def _between(points: tuple[tuple[float, float], ...], at: float) -> float:
    xs, ys = zip(*points, strict=True)
    if at > xs[-1]:
        return ys[-1] + (at - xs[-1]) * (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    return float(np.interp(at, xs, ys))
