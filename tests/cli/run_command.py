"""Running a command in this process."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from llada_core.cli import main


def run(*arguments: str, input: str | None = None) -> Result:
    """The result; anything but an exit on purpose is raised."""
    result = CliRunner().invoke(main, arguments, input=input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run_json(*arguments: str) -> Any:
    """What a command prints with --json, exit code 0."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
