"""Accuracy against forwards as an SVG, written without a plotting library."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from .choosing import PARTS, Figures, Part, Point, on_front, series_of
from .choosing_tables import percent
from .series import DEFAULTS

WIDTH, PANEL_HEIGHT, TOP, LEFT, GAP, RIGHT = 1080, 400, 40, 58, 70, 24
LEGEND_COLUMNS, LEGEND_LINE = 5, 22
COLOURS = ("#1f77b4", "#e8710a", "#2e9b47", "#d64550", "#8a63c9", "#99703c", "#d65db1", "#17a2b8")
"""Readable on white and on nearly black."""
WRONG_TICKS = (
    *(0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07),
    *(0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0),
)
"""Shares of wrong answers that have a line."""
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600; font-size: 14px }
.paper, .hollow { fill: #fff }
.grid { stroke: #ddd; stroke-width: 1 }
.front { stroke: #999; stroke-width: 7; stroke-linejoin: round; fill: none; opacity: .35 }
.curve { stroke-width: 1.5; fill: none; opacity: .8 }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .paper, .hollow { fill: #161b22 } .grid { stroke: #333a44 } .front { stroke: #aaa }
}
"""


class Look(NamedTuple):
    """How a series is drawn."""

    colour: str
    shape: int


class Axes(NamedTuple):
    """One panel: where it stands and what it spans. Forwards are spread by their logarithm, and so are wrong
    answers, since most points crowd near the top."""

    left: float
    width: float
    most_forwards: float
    least_wrong: float
    most_wrong: float

    def x(self, forwards: float) -> float:
        """Horizontal position of so many forwards a block."""
        return self.left + self.width * math.log(max(forwards, 1)) / math.log(self.most_forwards)

    def y(self, accuracy: float) -> float:
        """Vertical position of an accuracy."""
        wrong = min(max(1 - accuracy, self.least_wrong), self.most_wrong)
        share = math.log(wrong / self.least_wrong) / math.log(self.most_wrong / self.least_wrong)
        return TOP + PANEL_HEIGHT * share


def plot(points: Sequence[Point]) -> str:
    """An SVG with a panel for all problems and one for the hardest quarter, if that was counted."""
    looks = {
        name: Look(COLOURS[n % len(COLOURS)], (n + n // len(COLOURS)) % 4)
        for n, name in enumerate(series_of(points))
    }
    parts = {name: part for name, part in PARTS.items() if any(part(point) for point in points)}
    width = (WIDTH - LEFT - RIGHT - GAP * (len(parts) - 1)) / len(parts)
    body: list[str] = []
    for n, (name, part) in enumerate(parts.items()):
        body += panel(name, part, points, looks, LEFT + n * (width + GAP), width)
    top = TOP + PANEL_HEIGHT + 66
    body += legend(looks, top)
    height = top + LEGEND_LINE * (-(-len(looks) // LEGEND_COLUMNS) + 1) + 6
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-label="Accuracy against forwards a block">',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *body,
            "</svg>\n",
        ]
    )


def panel(
    name: str, part: Part, points: Sequence[Point], looks: dict[str, Look], left: float, width: float
) -> Iterator[str]:
    """One panel: grid, the Pareto front, then curves and points."""
    counted = [(point, figures) for point in points if (figures := part(point)) is not None]
    axes = axes_for([figures for _, figures in counted], left, width)
    yield f'<text class="title" x="{left:.0f}" y="22">right answers, {escape(name)}</text>'
    yield from grid(axes)
    yield front(axes, [figures for point in on_front(points, part) if (figures := part(point)) is not None])
    for series, own in series_of([point for point, _ in counted]).items():
        places = sorted(
            (axes.x(found.forwards_per_block), axes.y(found.accuracy))
            for point in own
            if (found := part(point)) is not None
        )
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline class="curve" stroke="{looks[series].colour}" points="{line}"/>'
    for point, found in counted:
        yield marker(
            looks[point.series],
            axes.x(found.forwards_per_block),
            axes.y(found.accuracy),
            hollow=point.setting == DEFAULTS,
            tip=f"{point.series}, {point.setting}: {percent(found)}, {found.forwards_per_block:.2f} forwards",
        )


def axes_for(figures: Sequence[Figures], left: float, width: float) -> Axes:
    """Axes that hold all figures: forwards up to a power of two, wrong answers between two ticks."""
    forwards = max(max(f.forwards_per_block for f in figures), 2)
    wrong = [1 - f.accuracy for f in figures]
    least = max((tick for tick in WRONG_TICKS if tick <= min(wrong)), default=WRONG_TICKS[0])
    most = min((tick for tick in WRONG_TICKS if tick >= max(wrong) and tick > least), default=1.0)
    return Axes(left, width, 2 ** math.ceil(math.log2(forwards)), least, most)


def grid(axes: Axes) -> Iterator[str]:
    """Lines and labels."""
    right, bottom = axes.left + axes.width, TOP + PANEL_HEIGHT
    for tick in (tick for tick in WRONG_TICKS if axes.least_wrong <= tick <= axes.most_wrong):
        y = axes.y(1 - tick)
        yield f'<line class="grid" x1="{axes.left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        label = f"{100 * (1 - tick):g} %"
        yield f'<text x="{axes.left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    tick = 1
    while tick <= axes.most_forwards:
        x = axes.x(tick)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick}</text>'
        tick *= 2
    middle = axes.left + axes.width / 2
    yield f'<text x="{middle:.1f}" y="{bottom + 38}" text-anchor="middle">forwards a block</text>'


def front(axes: Axes, figures: Sequence[Figures]) -> str:
    """The Pareto front as steps: the accuracy that so many forwards can reach."""
    corners: list[tuple[float, float]] = []
    for found in figures:
        x, y = axes.x(found.forwards_per_block), axes.y(found.accuracy)
        corners += [(x, corners[-1][1])] if corners else []
        corners.append((x, y))
    corners.append((axes.left + axes.width, corners[-1][1]))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polyline class="front" points="{line}"/>'


def marker(look: Look, x: float, y: float, *, hollow: bool = False, tip: str = "") -> str:
    """A circle, square, triangle or diamond; hollow at the defaults."""
    fill = 'class="hollow"' if hollow else f'fill="{look.colour}"'
    shape = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"',
        f'<rect x="{x - 3.7:.1f}" y="{y - 3.7:.1f}" width="7.4" height="7.4"',
        f'<path d="M{x:.1f} {y - 5:.1f}l4.8 8.4h-9.6z"',
        f'<path d="M{x:.1f} {y - 5.4:.1f}l5.4 5.4l-5.4 5.4l-5.4 -5.4z"',
    )[look.shape]
    title = f"<title>{escape(tip)}</title>" if tip else ""
    kind = shape.partition(" ")[0][1:]
    return f'{shape} {fill} stroke="{look.colour}" stroke-width="1.5">{title}</{kind}>'


def legend(looks: dict[str, Look], top: float) -> Iterator[str]:
    """What each colour and shape is, in columns, and what the rest means."""
    step = (WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS
    lines = -(-len(looks) // LEGEND_COLUMNS)
    for n, (name, look) in enumerate(looks.items()):
        x, y = LEFT + step * (n // lines), top + LEGEND_LINE * (n % lines)
        yield f'<line class="curve" stroke="{look.colour}" x1="{x:.1f}" x2="{x + 24:.1f}" y1="{y}" y2="{y}"/>'
        yield marker(look, x + 12, y)
        yield f'<text x="{x + 32:.1f}" y="{y + 4}">{escape(name)}</text>'
    y = top + LEGEND_LINE * lines + 8
    yield f'<text x="{LEFT}" y="{y}">Hollow: at its defaults. Broad grey line: the Pareto front.</text>'
