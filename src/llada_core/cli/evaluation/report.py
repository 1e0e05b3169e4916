"""The table of results, for a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from ..output import table
from .run import Result, Score

COLUMNS = ("setting", ">right", ">forwards a block", ">tokens/s")
HARDEST_COLUMNS = (">right, hardest quarter", ">forwards a block, hardest quarter")


def rows(results: Sequence[Result]) -> tuple[list[str], list[list[str]]]:
    """Columns, right-aligned ones with a leading `>`, and the cells of each result."""
    hardest = any(result.hardest.problems for result in results)
    named = (
        "algorithm" if all(result.series.kind == "algorithm" for result in results) else "algorithm or rule"
    )
    columns = [named, *COLUMNS, *(HARDEST_COLUMNS if hardest else ())]
    return columns, [_cells(result, hardest) for result in results]


def terminal_table(results: Sequence[Result]) -> Table:
    """For people at a terminal."""
    columns, cells = rows(results)
    shown = table(*columns)
    for row in cells:
        shown.add_row(*row)
    return shown


def markdown_table(results: Sequence[Result]) -> str:
    """For documents."""
    columns, cells = rows(results)
    rule = ["---:" if column.startswith(">") else "---" for column in columns]
    lines = [[column.lstrip(">") for column in columns], rule, *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(result: Result, hardest: bool) -> list[str]:
    total = result.total
    cells = [
        result.series.name,
        result.setting,
        percent(total),
        f"{total.forwards_per_block:.1f}",
        f"{result.tokens_per_second:.0f}",
    ]
    if hardest:
        score = result.hardest
        cells += [percent(score), f"{score.forwards_per_block:.1f}"] if score.problems else ["", ""]
    return cells


def percent(score: Score) -> str:
    """Accuracy, and how many failed if any did."""
    failed = f" ({score.failed} failed)" if score.failed else ""
    return f"{100 * score.accuracy:.1f} %{failed}"
