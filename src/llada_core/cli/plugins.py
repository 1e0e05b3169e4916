"""`llada plugins`: what became of each installed plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from packaging.utils import canonicalize_name
from rich.text import Text

from ..plugins import PluginRecord
from ..plugins.discovery import CORE, core_version
from ..registry import default_registry
from .options import json_option, plugin_option
from .output import console, print_json, quiet, table

STYLES = {"loaded": "green", "blocked": "yellow", "incompatible": "red", "failed": "red"}


@click.command()
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Tracebacks, import times and remarks for authors.")
@click.option(
    "--requirements", is_flag=True, help="Print requirements that pin llada-core and the plugins that load."
)
@plugin_option
def plugins(as_json: bool, verbose: bool, requirements: bool, files: tuple[Path, ...]) -> None:
    """List plugins: what loaded, what did not, and why."""
    if requirements and as_json:
        raise click.UsageError("give either --requirements or --json")
    quiet()
    registry = default_registry()
    for file in files:
        registry.load_file(file)
    if as_json:
        print_json({"plugins": registry.records})
        return
    if requirements:
        click.echo("\n".join(pins(registry.records)))
        return
    show(registry.records)
    if verbose:
        for record in registry.records:
            show_details(record)


def pins(records: Sequence[PluginRecord]) -> list[str]:
    """Lines of a requirements file with which pip brings back what is loaded; the rest as remarks."""
    core = core_version()
    lines = [f"{CORE}=={core}" if core else f"# {CORE} runs from a source tree without a version"]
    for record in records:
        if record.status != "loaded":
            lines.append(f"# {record.title} {record.status}: {record.reason}")
        elif record.key != f"{canonicalize_name(record.distribution)}:{record.name}":
            lines.append(f"# {record.distribution} is a file: {record.key}")
        else:
            version = f"=={record.version}" if record.version else ""
            lines.append(f"{canonicalize_name(record.distribution)}{version}")
    return list(dict.fromkeys(lines))


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
