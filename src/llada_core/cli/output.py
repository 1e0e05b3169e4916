"""What commands print: results to standard output, progress and remarks to standard error."""

from __future__ import annotations

import logging
import sys
from functools import partial
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 200
"""Columns of a table that goes to a file or a pipe, which has no width of its own."""


def console() -> Console:
    """Standard output, for text and tables."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)


def remarks() -> Console:
    """Standard error, for progress and remarks."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def print_json(value: Any) -> None:
    """Any msgspec-encodable value, indented."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table in the style of all commands; columns named with a leading `>` are right-aligned."""
    made = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for column in columns:
        made.add_column(
            column.lstrip(">"), justify="right" if column.startswith(">") else "left", overflow="fold"
        )
    return made


def log_from(level: int) -> None:
    """Show log lines of the framework from `level` on, until the running command has ended."""
    logger = logging.getLogger("llada_core")
    click.get_current_context().call_on_close(partial(logger.setLevel, logger.level))
    logger.setLevel(level)


def quiet() -> None:
    """Leave out warnings about plugins, where the command's own output says the same."""
    log_from(logging.ERROR)


def size(count: float) -> str:
    """A number of bytes for people: "15.1 MB"."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(count) < 1000 or unit == "TB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError
