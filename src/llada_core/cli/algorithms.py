"""`llada algorithms`: the generation algorithms that are installed, and their parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ..params import SamplingParams
from ..plugins.parameters import json_schema
from ..registry import AlgorithmInfo, RuleInfo, load_registry
from .options import json_option, plugin_option
from .output import console, print_json, quiet, table
from .parameters import Parameter, parameters_from_schema, parameters_of


@click.command()
@json_option
@plugin_option
def algorithms(as_json: bool, files: tuple[Path, ...]) -> None:
    """List generation algorithms and unmasking rules, with their parameters.

    Whether an algorithm can run is told without importing it; `llada doctor` looks closer.
    """
    quiet()
    registry = load_registry(files)
    found, rules = registry.describe(load=False), registry.describe_rules()
    if as_json:
        common = json_schema(SamplingParams)
        print_json({"algorithms": found, "unmasking_rules": rules, "parameters": common})
        return
    show_algorithms(found)
    console().print()
    show_rules(rules)
    console().print()
    show_parameters(found, rules)


def show_algorithms(found: list[AlgorithmInfo]) -> None:
    """A table, one algorithm a line."""
    if not found:
        click.echo("No algorithms are installed: see llada plugins")
        return
    lines = table("algorithm", "aliases", "available", "description")
    for info in found:
        lines.add_row(info.name, ", ".join(info.aliases), available(info), info.description)
    console().print(lines)


def available(info: AlgorithmInfo) -> Text:
    """Yes, or why not and what to do."""
    if info.available:
        return Text("yes", style="green")
    hint = f" ({info.hint})" if info.hint else ""
    return Text(f"no: {info.reason}{hint}", style="red")


def show_rules(rules: list[RuleInfo]) -> None:
    """A table, one unmasking rule a line."""
    lines = table("unmasking rule", "from", "description")
    for rule in rules:
        lines.add_row(rule.name, rule.distribution or "this process", rule.description)
    console().print(lines)


def show_parameters(found: list[AlgorithmInfo], rules: list[RuleInfo]) -> None:
    """A table of parameters: the common ones, then those that one algorithm or rule alone has."""
    lines = table("parameter", "of", "values", "default", "meaning")
    for parameter in parameters_of(SamplingParams):
        _add(lines, "all", parameter)
    own = [(info.name, info.params) for info in found] + [(rule.name, rule.params) for rule in rules]
    for name, schema in own:
        for parameter in parameters_from_schema(schema):
            _add(lines, name, parameter)
    console().print(lines)


def _add(lines: Any, owner: str, parameter: Parameter) -> None:
    default = "" if parameter.default is None else str(parameter.default)
    lines.add_row(parameter.name, owner, parameter.values, default, parameter.description)
