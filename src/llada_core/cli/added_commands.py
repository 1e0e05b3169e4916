"""Commands that other distributions add to `llada`, through the entry-point group `llada_core.commands`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

import click

from ..plugins.record import one_line

GROUP = "llada_core.commands"


def added_commands() -> dict[str, EntryPoint]:
    """Entry points by name; of two with one name, the one of the distribution that sorts first."""
    found = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry_distribution(entry)))
    return {entry.name: entry for entry in reversed(found)}


def entry_distribution(entry: EntryPoint) -> str:
    """The name of the distribution that an entry point comes from."""
    return entry.dist.name if entry.dist is not None else entry.module.partition(".")[0]


def why_broken(entry: EntryPoint) -> str | None:
    """Why the command of an entry point cannot be used, in one line; None if it can."""
    try:
        command = entry.load()
    except (Exception, SystemExit) as error:
        return one_line(error)
    return None if isinstance(command, click.Command) else f"{entry.value} is no click command"


def load_added(name: str, entry: EntryPoint) -> click.Command:
    """The command of an entry point, or in its place one that says why it is broken."""
    reason = why_broken(entry)
    if reason is None:
        command: click.Command = entry.load()
        return command
    return failing_command(
        name,
        f"broken: see llada {name}",
        f"the command {name} of {entry_distribution(entry)} is broken: {reason}",
    )


def missing_command(name: str, distribution: str) -> click.Command:
    """A stand-in for a command whose distribution is not installed."""
    line = f"pip install {distribution}"
    return failing_command(
        name, f"comes with {distribution}: {line}", f"{name} comes with {distribution}: {line}"
    )


def failing_command(name: str, short_help: str, message: str) -> click.Command:
    """A command that fails with `message`, whatever its arguments."""

    def fail() -> None:
        raise click.ClickException(message)

    settings = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    return click.Command(name, callback=fail, short_help=f"({short_help})", context_settings=settings)
