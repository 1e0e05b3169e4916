"""Options that several commands share; those for sampling come from `SamplingParams` itself."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from ..params import SamplingParams
from ..registry import load_registry
from ..session import DEFAULT_ALGORITHM, Session
from .output import remarks
from .parameters import Parameter, parameters_of

Command = Callable[..., Any]
CLICK_TYPES: dict[str, click.ParamType] = {
    "integer": click.INT,
    "number": click.FLOAT,
    "string": click.STRING,
    "boolean": click.BOOL,
}

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

plugin_option = click.option(
    "--plugin",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Python file with an algorithm or rule; may be repeated.",
)


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which checkpoint, and how it runs: the values of `model_options`."""

    model: str
    device: str | None = None
    dtype: str | None = None
    revision: str | None = None
    quantization: str | None = None
    batch_invariant: bool = False
    tensor_parallel: int = 1

    def loading(self) -> dict[str, Any]:
        """All but the model, as arguments of `parallel.load` and `Session.load`."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "model"}


def model_options(command: Command) -> Command:
    """Which checkpoint, and how it runs; the command gets them as one argument, `choice`."""

    @functools.wraps(command)
    def with_choice(**values: Any) -> Any:
        taken = {field.name: values.pop(field.name) for field in fields(ModelChoice)}
        return command(choice=ModelChoice(**taken), **values)

    made: Command = with_choice
    for option in (
        click.option(
            "--tensor-parallel",
            type=click.IntRange(1),
            default=1,
            help="Split the model over so many processes, each on a GPU of its own.",
        ),
        click.option("--batch-invariant", is_flag=True, help="On a GPU: equal bits in any company; slower."),
        click.option(
            "--quantization",
            type=click.Choice(["fp8", "int8"]),
            help="Weights in 8 bits, on a GPU; fp8 for cards that compute with it.",
        ),
        click.option("--revision", help="Branch, tag or commit of a hub id."),
        click.option("--dtype", help="float32, bfloat16, float16; default: what suits the device."),
        click.option("--device", help="cpu, cuda, cuda:1, ...; default: a GPU if there is one."),
        click.option(
            "-m",
            "--model",
            default="demo",
            show_default=True,
            help="A folder, a hub id, or the name of an installed checkpoint.",
        ),
    ):
        made = option(made)
    return made


def sampling_options(command: Command) -> Command:
    """An option for each field of `SamplingParams`, `--algorithm`, and `-o` for an algorithm's parameters."""
    command = click.option(
        "-o",
        "own",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter of the algorithm or the unmasking rule; may be repeated.",
    )(command)
    for parameter in reversed(parameters_of(SamplingParams)):
        command = _sampling_option(parameter)(command)
    return click.option(
        "-a",
        "--algorithm",
        default=DEFAULT_ALGORITHM,
        show_default=True,
        help="Name or alias; see llada algorithms.",
    )(command)


def _sampling_option(parameter: Parameter) -> Callable[[Command], Command]:
    kind: click.ParamType = CLICK_TYPES[parameter.kind]
    if parameter.choices:
        kind = click.Choice(parameter.choices)
    shown = "" if parameter.default is None else f"  [default: {parameter.default}]"
    bounds = f"  [{parameter.bounds}]" if parameter.bounds else ""
    help = f"{parameter.description}{bounds}{shown}"
    name = f"--{parameter.name.replace('_', '-')}"
    if parameter.kind == "boolean":
        return click.option(name, parameter.name, is_flag=True, default=None, help=help)
    return click.option(name, parameter.name, type=kind, help=help)


def given_params(sampling: dict[str, Any], own: Iterable[str]) -> dict[str, Any]:
    """The parameters that the user gave: options by name, and `-o name=value`."""
    given = {name: value for name, value in sampling.items() if value is not None}
    return given | dict(parse_assignment(text, "-o") for text in own)


def parse_assignment(text: str, option: str) -> tuple[str, Any]:
    """Name and value of "name=value".

    Raises:
        click.BadParameter: there is no `=`, or no name before it.
    """
    name, equals, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or not name:
        raise click.BadParameter(f"expected name=value, got {text!r}", param_hint=option)
    return name, parse_value(value)


def parse_value(text: str) -> Any:
    """A value as JSON where it is that, else as text."""
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def load_session(choice: ModelChoice, files: Iterable[Path], *, max_rows: int = 8) -> Session:
    """A session for the options of `model_options` and `plugin_option`, with progress on a terminal.

    Raises:
        CheckpointError, PluginError
    """
    registry = load_registry(files)
    with remarks().status("importing torch"):
        importlib.import_module("llada_core.model")
    return Session.load(choice.model, **choice.loading(), max_rows=max_rows, registry=registry)
