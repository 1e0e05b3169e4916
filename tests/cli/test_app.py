"""The command group: what it lists, what others add to it, exit codes, no torch where none is needed."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from llada_core.cli import added_commands, main
from llada_core.cli.app import BUILT_IN
from llada_core.errors import (
    CheckpointError,
    ContextLengthError,
    LladaError,
    ParameterError,
    PluginError,
    UnavailableError,
    UnknownNameError,
)

HELLO = """
import click

@click.command()
@click.argument("name")
def hello(name):
    "Greet somebody."
    click.echo(f"hello {name}")

@click.command()
def fail():
    raise error
"""


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Adds entry points of the group `llada_core.commands`, given as name="module:attribute"."""
    (tmp_path / "hello_commands.py").write_text(HELLO)
    (tmp_path / "exiting_commands.py").write_text("raise SystemExit('no')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "hello_commands", raising=False)

    def add(**values: str) -> None:
        entries = [EntryPoint(name, value, added_commands.GROUP) for name, value in values.items()]
        monkeypatch.setattr(added_commands, "entry_points", lambda group: entries)

    return add


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_help_lists_every_command() -> None:
    code, text = run("--help")
    assert code == 0
    for name in (*BUILT_IN, "serve"):
        assert f"\n  {name} " in text


@pytest.mark.parametrize("name", [*BUILT_IN, "serve"])
def test_every_command_has_help(name: str) -> None:
    code, text = run(name, "--help")
    assert code == 0
    assert f"llada {name}" in text or f"{name} [OPTIONS]" in text


def test_commands_of_other_distributions_join(add: Callable[..., None]) -> None:
    add(hello="hello_commands:hello")
    assert "Greet somebody." in run("--help")[1]
    assert run("hello", "Ada") == (0, "hello Ada\n")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_module_here:x", "ModuleNotFoundError"),
        ("hello_commands:missing", "AttributeError"),
        ("exiting_commands:x", "SystemExit: no"),
        ("os.path:sep", "no click command"),
    ],
)
def test_a_broken_command_says_why_and_leaves_the_others_alone(
    add: Callable[..., None], value: str, reason: str
) -> None:
    add(broken=value, hello="hello_commands:hello")
    code, text = run("broken", "--any", "argument")
    assert code == 1
    assert text.count("\n") == 1
    assert reason in text
    code, text = run("--help")
    assert code == 0
    assert "(broken: see llada broken)" in text
    assert run("hello", "Ada") == (0, "hello Ada\n")


def test_the_core_keeps_its_own_commands(add: Callable[..., None]) -> None:
    add(plugins="hello_commands:hello")
    assert "Greet somebody." not in run("--help")[1]


def test_serve_without_the_server_names_the_line_that_installs_it(add: Callable[..., None]) -> None:
    add()
    code, text = run("serve", "--port", "9000")
    assert (code, text) == (1, "Error: serve comes with llada-server: pip install llada-server\n")
    assert "pip install llada-server" in run("--help")[1]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ParameterError("steps", "expected an integer"), 2),
        (ContextLengthError("max_tokens", "too long"), 2),
        (UnknownNameError("no algorithm named 'x'"), 2),
        (UnavailableError("not here"), 1),
        (CheckpointError("no such file"), 1),
        (PluginError("strict"), 1),
        (LladaError("out of luck"), 1),
    ],
)
def test_errors_on_purpose_are_one_line(add: Callable[..., None], error: LladaError, code: int) -> None:
    add(fail="hello_commands:fail")
    import hello_commands  # type: ignore[import-not-found]

    hello_commands.error = error
    assert run("fail") == (code, f"Error: {error}\n")


def test_unknown_command() -> None:
    code, text = run("chatt")
    assert code == 2
    assert "chatt" in text


@pytest.mark.parametrize(
    "arguments", [["--help"], ["plugins"], ["algorithms"], ["algorithms", "--json"], ["--version"]]
)
def test_listing_imports_no_torch(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom llada_core.cli import main\n"
        f"try:\n    main({arguments!r})\nfinally:\n"
        "    print('heavy:', sorted({'torch', 'transformers', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("heavy: []\n")


def test_click_is_not_told_of_bugs(add: Callable[..., None]) -> None:
    add(fail="hello_commands:fail")
    import hello_commands

    hello_commands.error = ZeroDivisionError("a bug")
    result = CliRunner().invoke(main, ["fail"])
    assert isinstance(result.exception, ZeroDivisionError)
    assert not isinstance(result.exception, click.ClickException)


@pytest.mark.parametrize("arguments", [["plugins"], ["--debug", "generate", "--help"]])
def test_log_levels_last_as_long_as_the_command(arguments: list[str]) -> None:
    logger = logging.getLogger("llada_core")
    before = logger.level
    assert run(*arguments)[0] == 0
    assert logger.level == before
