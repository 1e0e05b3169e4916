"""The command group: what the core brings, and what other distributions add."""

from __future__ import annotations

import importlib
import logging
from typing import Any

import click

from .. import __version__
from ..errors import LladaError, ParameterError, UnknownNameError
from .added_commands import added_commands, load_added, missing_command
from .output import log_from

BUILT_IN = {
    "chat": "chat:chat",
    "generate": "generate:generate",
    "plugins": "plugins:plugins",
    "algorithms": "algorithms:algorithms",
    "doctor": "doctor:doctor",
    "batch": "batch:batch",
    "eval": "evaluate:evaluate",
    "bench": "bench:bench",
    "convert": "convert:convert",
    "new-plugin": "new_plugin:new_plugin",
}
"""Commands of the core, each in a module of this package that is imported when it is needed."""

MISSING = {"deploy": "llada-server[ray]", "serve": "llada-server"}
"""Commands that a distribution of this project adds, shown with its pip line where that is not installed."""


class Commands(click.Group):
    """Commands by name, imported one by one, so that a broken one leaves the others alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted({*BUILT_IN, *MISSING, *added_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name. The core's own come first, then those of entry points."""
        if cmd_name in BUILT_IN:
            module, _, name = BUILT_IN[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(f".{module}", __package__), name)
            return command
        added = added_commands()
        if cmd_name in added:
            return load_added(cmd_name, added[cmd_name])
        return missing_command(cmd_name, MISSING[cmd_name]) if cmd_name in MISSING else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what goes wrong on purpose is one message and an exit code."""
        try:
            return super().invoke(ctx)
        except LladaError as error:
            raise as_click(error) from error


def as_click(error: LladaError) -> click.ClickException:
    """The error as click shows it: exit code 2 for what the user typed, 1 for what does not work here."""
    typed = isinstance(error, (ParameterError, UnknownNameError))
    return WrongInput(str(error)) if typed else click.ClickException(str(error))


class WrongInput(click.ClickException):
    """What the user typed can never work."""

    exit_code = 2


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="llada-core", prog_name="llada")
@click.option("--debug", is_flag=True, help="Show log lines of the framework.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Generate text with LLaDA diffusion language models.

    Generation algorithms are plugins: `llada algorithms` lists what is installed.
    """
    if ctx.invoked_subcommand in BUILT_IN:  # Added commands set up logging as they need it.
        logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    if debug:
        log_from(logging.DEBUG)
