"""Tables of what `llada eval --series` measured, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .choosing import BUDGETS, PARTS, Figures, Part, Point, on_front, series_of, within
from .series import DEFAULTS


def budget_table(points: Sequence[Point], part: Part) -> str:
    """A line a series: accuracy, and the forwards a block it took, within each budget and at its defaults."""
    columns = ["algorithm or rule", *(f"at most {budget}" for budget in BUDGETS), "its defaults"]
    lines = []
    for own in series_of(points).values():
        default = next((part(point) for point in own if point.setting == DEFAULTS), None)
        figures = [*(within(own, part, budget) for budget in BUDGETS), default]
        if any(figures):
            lines.append([title(own[0]), *map(cell, figures)])
    return markdown(columns, lines)


def points_table(points: Sequence[Point], *, speed: bool = True) -> str:
    """A line a point, with what is on the Pareto front in bold; without `speed` if it does not compare."""
    fronts = {name: on_front(points, part) for name, part in PARTS.items()}
    columns = ["algorithm or rule", "setting", *(["tokens/s"] if speed else [])]
    for name in PARTS:
        columns += [f"right, {name}", "forwards a block"]
    lines = []
    for point in points:
        line = [title(point), f"`{point.setting}`"]
        line += [f"{point.tokens_per_second:.0f}"] if speed else []
        for name, part in PARTS.items():
            figures = part(point)
            right = "" if figures is None else percent(figures)
            line += [f"**{right}**" if point in fronts[name] else right, forwards(figures)]
        lines.append(line)
    return markdown(columns, lines)


def package_table(points: Sequence[Point]) -> str:
    """The points of one package, for its README."""
    several = len(series_of(points)) > 1
    columns = ["setting"]
    for name in PARTS:
        columns += [f"right, {name}", "forwards a block"]
    lines = []
    for point in points:
        line = [f"`{point.series}`, `{point.setting}`" if several else f"`{point.setting}`"]
        for part in PARTS.values():
            figures = part(point)
            line += ["" if figures is None else percent(figures), forwards(figures)]
        lines.append(line)
    return markdown(columns, lines)


def left_out(points: Sequence[Point]) -> str:
    """One sentence on problems that some could not be asked; empty if there are none."""
    counts = {point.series: point.left_out for point in points if point.left_out}
    return " ".join(
        f"`{name}` fills no holes, so {count} of the problems are left out of its figures."
        for name, count in counts.items()
    )


def title(point: Point) -> str:
    """The name of a point's series; a rule says under what it ran, unless that is itself."""
    return f"`{point.series}`" if point.kind == "algorithm" else f"`{point.series}` ({point.algorithm})"


def percent(figures: Figures) -> str:
    """Accuracy, and how many failed if any did."""
    failed = f" ({figures.failed} failed)" if figures.failed else ""
    return f"{100 * figures.accuracy:.1f} %{failed}"


def forwards(figures: Figures | None) -> str:
    """Measured forwards a block."""
    return "" if figures is None else f"{figures.forwards_per_block:.1f}"


def cell(figures: Figures | None) -> str:
    """Accuracy, and the forwards that it took."""
    return "" if figures is None else f"{percent(figures)} ({forwards(figures)})"


def markdown(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but those of names are right-aligned."""
    rule = ["---" if column in ("algorithm or rule", "setting") else "---:" for column in columns]
    return "\n".join(f"| {' | '.join(line)} |" for line in (columns, rule, *lines))
