"""`llada doctor`: what works here, what does not, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.text import Text

from ..errors import LladaError
from ..registry import load_registry
from .algorithms import show_algorithms
from .checkup import Checkup, Device, Found, check_up
from .options import json_option, plugin_option
from .output import console, print_json, quiet, remarks, size, table
from .plugins import show as show_plugins

if TYPE_CHECKING:
    from .memory_fit import Fit


@click.command()
@click.argument("model", required=False)
@click.option("--device", help="Where MODEL shall run; default: a GPU if there is one.")
@click.option("--dtype", help="In which dtype; default: what suits the device.")
@click.option("--revision", help="Branch, tag or commit of a hub id.")
@json_option
@plugin_option
def doctor(
    model: str | None,
    device: str | None,
    dtype: str | None,
    revision: str | None,
    as_json: bool,
    files: tuple[Path, ...],
) -> None:
    """Check this installation and, with MODEL, whether that model fits into memory.

    MODEL is a folder, a hub id, or the name of an installed checkpoint; its weights are neither loaded nor
    downloaded. Exit code 1 if something is broken or MODEL does not fit.
    """
    quiet()
    with remarks().status("looking around"):
        checkup = check_up(load_registry(files))
        problems = checkup.problems()
        fit = None
        if model is not None and checkup.torch is None:
            fit = _measure(model, device, dtype, revision, problems)
    if as_json:
        print_json({**msgspec.structs.asdict(checkup), "model": as_dict(fit), "problems": problems})
    else:
        show(checkup, fit, problems)
    if problems:
        raise SystemExit(1)


def _measure(
    model: str, device: str | None, dtype: str | None, revision: str | None, problems: list[str]
) -> Fit | None:
    """What the model needs; None where it cannot be told, and then `problems` says why."""
    from .memory_fit import measure

    try:
        fit = measure(model, device, dtype, revision)
    except LladaError as error:
        problems.append(str(error))
        return None
    if not fit.fits:
        problems.append(f"{fit.model} does not fit into the memory of {fit.device}")
    return fit


def as_dict(fit: Fit | None) -> dict[str, object] | None:
    """All figures of a fit, the derived ones too."""
    if fit is None:
        return None
    return {**msgspec.structs.asdict(fit), "canvas": fit.canvas, "fits": fit.fits}


def show(checkup: Checkup, fit: Fit | None, problems: list[str]) -> None:
    """Everything, section by section, the problems last."""
    _show_versions(checkup.versions)
    _show_devices(checkup.devices)
    _heading("plugins")
    show_plugins(checkup.plugins)
    _heading("algorithms")
    show_algorithms(checkup.algorithms)
    _show_found("checkpoints", checkup.checkpoints)
    _show_found("added commands", checkup.commands)
    if fit is not None:
        _show_fit(fit)
    console().print()
    for problem in problems:
        console().print(Text(f"broken: {problem}", style="red"))
    if not problems:
        console().print(Text("nothing is broken", style="green"))


def _show_versions(versions: dict[str, str | None]) -> None:
    _heading("versions")
    lines = table("", "")
    lines.show_header = False
    for name, version in versions.items():
        lines.add_row(name, version or Text("not installed", style="yellow"))
    console().print(lines)


def _show_devices(devices: list[Device]) -> None:
    _heading("devices")
    lines = table("device", "what", ">free", ">total")
    for device in devices:
        lines.add_row(device.name, device.description, size(device.free), size(device.total))
    console().print(lines)


def _show_found(heading: str, found: list[Found]) -> None:
    _heading(heading)
    lines = table("name", "from", "state")
    for item in found:
        state = Text("ok", style="green") if item.problem is None else Text(item.problem, style="red")
        lines.add_row(item.name, item.source, state)
    console().print(lines if found else "none")


def _show_fit(fit: Fit) -> None:
    _heading(f"{fit.model} on {fit.device} in {fit.dtype}")
    lines = table("", ">")
    lines.show_header = False
    lines.add_row("parameters", f"{fit.parameters:,}")
    lines.add_row("weights", size(fit.weights))
    lines.add_row("keys and values of one token", size(fit.token))
    lines.add_row(f"of a full canvas of {fit.context_length:,} tokens", size(fit.canvas))
    lines.add_row("free memory", size(fit.free))
    lines.add_row("tokens of keys and values that fit beside the weights", f"{fit.kv_tokens:,}")
    console().print(lines)
    verdict = Text("it fits", style="green") if fit.fits else Text("it does not fit", style="red")
    console().print(verdict)


def _heading(text: str) -> None:
    console().print()
    console().print(text, style="bold")
