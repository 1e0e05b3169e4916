"""`llada plugins`: what became of each installed plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.text import Text

from ..plugins import PluginRecord
from ..registry import default_registry
from .options import json_option, plugin_option
from .output import console, print_json, quiet, table

STYLES = {"loaded": "green", "blocked": "yellow", "incompatible": "red", "failed": "red"}


@click.command()
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Tracebacks, import times and remarks for authors.")
@plugin_option
def plugins(as_json: bool, verbose: bool, files: tuple[Path, ...]) -> None:
    """List plugins: what loaded, what did not, and why."""
    quiet()
    registry = default_registry()
    for file in files:
        registry.load_file(file)
    if as_json:
        print_json({"plugins": registry.records})
        return
    show(registry.records)
    if verbose:
        for record in registry.records:
            show_details(record)


def show(records: Sequence[PluginRecord]) -> None:
    """A table, one plugin a line."""
    if not records:
        click.echo(
            "No plugins are installed. The built-in algorithms: pip install llada-basic llada-prefix-cache "
            "llada-dual-cache"
        )
        return
    lines = table("plugin", "distribution", "version", "status", "algorithms", "rules", "reason")
    for record in records:
        lines.add_row(
            record.name,
            record.distribution,
            record.version or "",
            Text(record.status, style=STYLES[record.status]),
            ", ".join(record.algorithms),
            ", ".join(record.rules),
            record.reason or "",
        )
    console().print(lines)


def show_details(record: PluginRecord) -> None:
    """How long it took to import, what its author should change, and where it failed."""
    seconds = (
        "not imported"
        if record.import_seconds is None
        else f"imported in {1000 * record.import_seconds:.1f} ms"
    )
    click.echo(f"\n{record.name} ({record.title}): {record.status} in phase {record.phase}, {seconds}")
    for warning in record.warnings:
        click.echo(f"  {warning}")
    if record.traceback:
        click.echo(record.traceback.rstrip())
