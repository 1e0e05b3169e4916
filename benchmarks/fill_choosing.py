"""Puts what `llada eval --series all --out FILE` measured into the documents.

    python benchmarks/fill_choosing.py FILE...

writes docs/choosing.svg, the tables of docs/choosing.md, and the table of each package in its README, between
markers that stay. Of a series in several files the last one counts.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from llada_core.cli.evaluation.choosing import PARTS, Measured, Point, series_of
from llada_core.cli.evaluation.choosing_tables import budget_table, left_out, package_table, points_table
from llada_core.cli.evaluation.plot import plot

ROOT = Path(__file__).resolve().parents[1]


def between(text: str, marker: str, content: str) -> str:
    """`text` with `content` in place of what stands between `<!-- marker -->` and `<!-- /marker -->`.

    Raises:
        ValueError: not each of the two stands there once.
    """
    opening, closing = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
    if (text.count(opening), text.count(closing)) != (1, 1):
        raise ValueError(f"expected one {opening.strip()} and one {closing}")
    before, rest = text.split(opening)
    return f"{before}{opening}\n{content.strip()}\n\n{closing}{rest.split(closing)[1]}"


def merge(runs: Sequence[Measured]) -> dict[str, tuple[Measured, list[Point]]]:
    """The points of each series, with the run they come from: the last that has the series.

    Raises:
        ValueError: the runs are over different problems or blocks.
    """
    if len({(run.model, run.problems, run.block_length, run.dtype) for run in runs}) != 1:
        raise ValueError("expected files of the same model, problems, block length and dtype")
    return {name: (run, own) for run in runs for name, own in series_of(run.results).items()}


def caption(measured: Measured, series: Sequence[str] = ()) -> str:
    """What was measured, and where; `series` where it is not everything."""
    names = ", ".join(f"`{name}`" for name in series) + ", by " if series else ""
    chosen = "NAME" if series else "all"
    command = f"llada eval --series {chosen} --dtype {measured.dtype} --rows {measured.rows}"
    return (
        f"{names}`{command}`: {measured.problems:,} problems in blocks of {measured.block_length}, "
        f"{measured.rows} at once, on {measured.device} with torch {measured.torch}, {measured.date}."
    )


def doubt(points: list[Point]) -> str:
    """The standard error of an accuracy, by the binomial distribution, at the median accuracy."""
    found = []
    for name, part in PARTS.items():
        figures = sorted((f for point in points if (f := part(point))), key=lambda f: f.accuracy)
        if figures:
            middle = figures[len(figures) // 2]
            error = math.sqrt(middle.accuracy * (1 - middle.accuracy) / middle.problems)
            found.append(f"{100 * error:.1f} points for {name} ({middle.problems:,})")
    errors = " and ".join(found)
    return f"The standard error of an accuracy is about {errors}; smaller differences say little."


def page(runs: Sequence[Measured]) -> Iterator[str]:
    """The measured part of docs/choosing.md."""
    merged = merge(runs)
    points = [point for _, own in merged.values() for point in own]
    yield "![Right answers against forwards a block, with the Pareto front](choosing.svg)"
    for run in runs:
        series = [name for name, (source, _) in merged.items() if source is run]
        if series:
            yield caption(run, series if len(runs) > 1 else ())
    yield " ".join(part for part in (doubt(points), left_out(points)) if part)
    for name, part in PARTS.items():
        yield f"## At equal forwards: {name}"
        yield budget_table(points, part)
    yield "## Every setting"
    yield "In bold: on the Pareto front, where more accuracy costs more forwards."
    yield points_table(points, speed=len({(run.device, run.rows) for run, _ in merged.values()}) == 1)


def fill(runs: Sequence[Measured], root: Path) -> list[Path]:
    """Write all documents under `root`; those that were written."""
    merged = merge(runs)
    points = [point for _, own in merged.values() for point in own]
    written = [root / "docs" / "choosing.svg"]
    written[0].write_text(plot(points), encoding="utf-8")
    contents = {root / "docs" / "choosing.md": ("measured", "\n\n".join(page(runs)))}
    for distribution in dict.fromkeys(point.distribution for point in points):
        readme = root / "plugins" / str(distribution) / "README.md"
        if readme.exists():
            own = [point for point in points if point.distribution == distribution]
            contents[readme] = ("accuracy", f"## On the demo checkpoint\n\n{package(runs[-1], own)}")
    for path, (marker, content) in contents.items():
        path.write_text(between(path.read_text(encoding="utf-8"), marker, content), encoding="utf-8")
        written.append(path)
    return written


def package(measured: Measured, own: list[Point]) -> str:
    """The part of a package's README."""
    under = " and ".join(sorted({f"`{point.algorithm}`" for point in own if point.kind == "rule"}))
    told = [
        f"{measured.problems:,} held-out problems of llada-demo in blocks of {measured.block_length}"
        f"{' under ' if under else ''}{under}, by `llada eval --series {own[0].series}`.",
        left_out(own),
        "The project's docs/choosing.md compares all packages.",
    ]
    return "\n\n".join([" ".join(part for part in told if part), package_table(own)])


def main() -> None:
    """Fill the documents of this repository."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    runs = [msgspec.json.decode(Path(name).read_bytes(), type=Measured) for name in sys.argv[1:]]
    for path in fill(runs, ROOT):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
