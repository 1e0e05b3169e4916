"""An option of `llada serve` is also a variable and a name in a file: NAME, `LLADA_NAME` and `name = ...`.

The name is that of the option's value, in `Settings` too; nothing else says how the three are called. The
command line goes before the environment, that before the file, and that before the default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from llada_core.plugins.selection import ALLOW, DENY, STRICT

from .settings import Settings
from .suggest import near_match

PREFIX = "LLADA_"
ELSEWHERE = (ALLOW, DENY, STRICT)
"""Variables with the prefix that are read by others."""
DEFAULTS = Settings()
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Setting(click.Option):
    """An option with the section of the help that it stands in, and its variable."""

    def __init__(self, *names: Any, group: str, **attributes: Any) -> None:
        super().__init__(*names, **attributes)
        self.group = group
        self.envvar = variable(self.name or "")


def setting(
    group: str, flag: str, name: str | None = None, **attributes: Any
) -> Callable[[Decorated], Decorated]:
    """A decorator for an option whose default is that of `Settings`.

    Args:
        name: the value's name, where it is not the flag's: for one that may be repeated, the plural.
    """
    name = name or flag.removeprefix("--").replace("-", "_")
    if hasattr(DEFAULTS, name) and not attributes.get("multiple"):
        attributes["default"] = getattr(DEFAULTS, name)
        attributes.setdefault(
            "show_default", attributes["default"] is not None and "is_flag" not in attributes
        )
    return click.option(flag, name, cls=Setting, group=group, **attributes)


class Words(click.types.StringParamType):
    """Text of which a variable holds several, with commas between."""

    envvar_list_splitter = ","

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without blanks around it."""
        return str(value).strip()


class Paths(click.Path):
    """Files of which a variable names several, with commas between."""

    envvar_list_splitter = ","


class ServeCommand(click.Command):
    """Refuses variables with the prefix that mean nothing, and sorts its help."""

    variables_only: tuple[str, ...] = ()
    """What is said by a variable alone, without an option of this command."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run, unless a variable has a wrong name."""
        names = (*(param.name or "" for param in self.params), *self.variables_only)
        refuse_unknown_variables(os.environ, map(variable, names))
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options under their sections, in the order in which they are declared."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and not isinstance(param, click.Argument):
                group = param.group if isinstance(param, Setting) else "Help"
                sections.setdefault(group, []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def variable(name: str) -> str:
    """The variable of a value."""
    return PREFIX + name.upper()


def refuse_unknown_variables(environ: Mapping[str, str], known: Iterable[str]) -> None:
    """Raise `click.UsageError` for the first variable with the prefix that is none of `known`."""
    names = {*known, *ELSEWHERE}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in names:
            raise click.UsageError(
                unknown(f"the environment: {name} means nothing here", name, names, str.upper)
            )


def read_config(ctx: click.Context, option: click.Parameter, file: Path | None) -> None:
    """Callback of `--config`: the file's values take the place of the defaults."""
    if file is None:
        return
    options = {each.name or "": each for each in ctx.command.params if each.name not in (option.name, "help")}
    values: dict[str, Any] = {}
    for written, value in _load(file).items():
        name = written.replace("-", "_")
        if name not in options:
            raise click.UsageError(unknown(f"{file}: {written!r} means nothing here", name, options))
        values[name] = _checked(ctx, options[name], value, f"{file}: {written}")
    ctx.default_map = values


def unknown(what: str, name: str, known: Iterable[str], case: Any = str) -> str:
    """A message, with the known name that was probably meant."""
    near = near_match(name, [each.lower() for each in known])
    return f"{what}; did you mean {case(near)}?" if near else f"{what}; see llada serve --help"


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror}") from None
    except ValueError as error:  # no UTF-8, or no TOML
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8"
        raise click.UsageError(f"{file}: {reason}") from None


def _checked(ctx: click.Context, param: click.Parameter, value: Any, where: str) -> Any:
    """`value` if it is what the option takes. A message never quotes an API key."""
    wanted, kinds = _kinds(param)
    many = getattr(param, "multiple", False)
    if many and not isinstance(value, list):
        raise click.UsageError(f"{where}: an array of strings is wanted")
    for each in value if many else [value]:
        if not isinstance(each, kinds) or (isinstance(each, bool) and kinds is not bool):
            raise click.UsageError(f"{where}: {'an array of strings' if many else wanted} is wanted")
        try:
            param.type.convert(each, param, ctx)
        except click.BadParameter as error:
            raise click.UsageError(f"{where}: {error.message}") from None
    return value


def _kinds(param: click.Parameter) -> tuple[str, Any]:
    """What a file may hold for an option, in words and as types."""
    if getattr(param, "is_flag", False):
        return "true or false", bool
    if isinstance(param.type, click.IntRange):
        return "a whole number", int
    if isinstance(param.type, click.FloatRange):
        return "a number", (int, float)
    return "a string", str
