"""An option as flag, variable and name in a file: which counts, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from llada_server import launcher, startup
from llada_server.cli import serve
from llada_server.options import Setting, variable
from llada_server.settings import Settings

Started = list[tuple[Settings, dict[str, Any]]]
OTHERS = {
    "config",
    "plugin_files",
    "required_plugins",
    "api_keys",
    "api_key_file",
    "admin_keys",
    "admin_key_file",
}
"""Options that are no field of `Settings`."""
NO_OPTION = {"model"}
KEY = "sk-0123456789abcdef"
GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """Settings with which a server would have started."""
    for name in [name for name in os.environ if name.startswith("LLADA_")]:
        monkeypatch.delenv(name)
    calls: Started = []
    monkeypatch.setattr(startup, "start", lambda settings, **options: calls.append((settings, options)))
    return calls


def run(*arguments: str, env: dict[str, str] | None = None, command: click.Command = serve) -> Result:
    return CliRunner().invoke(command, list(arguments), env=env)


def options() -> list[Setting]:
    return [param for param in serve.params if isinstance(param, Setting)]


def sample(option: Setting) -> tuple[str, str, Any]:
    """For an option other than its default: what a variable holds, what a file, and what comes of it."""
    if option.multiple:
        values: Any = tuple(map(option.type, ("a.b", "c")))
        return "a.b, c" if option.name != "plugin_files" else "a.b,c", '["a.b", "c"]', values
    if option.is_flag:
        return "1", "true", True
    if isinstance(option.type, click.Choice):
        choice = next(each for each in option.type.choices if each != option.default)
        return choice, f'"{choice}"', choice
    if isinstance(option.type, click.IntRange):
        return "41", "41", 41
    if isinstance(option.type, click.FloatRange):
        return "1.5", "1.5", 1.5
    return "x", '"x"', "x"


@pytest.mark.parametrize("option", options(), ids=lambda option: option.name)
def test_variable_and_file_of_each_option(
    started: Started, tmp_path: Path, option: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    if option.name == "config":
        return
    monkeypatch.setattr(startup, "take_keys", lambda keys, file, kind="": (keys, file))
    in_variable, in_file, value = sample(option)
    file = tmp_path / "llada.toml"
    spellings = [option.name, str(option.name).replace("_", "-")]
    for name in spellings:
        file.write_text(f"{name} = {in_file}\n")
        result = run("--config", str(file))
        assert result.exit_code == 0, result.output
    result = run(env={f"LLADA_{str(option.name).upper()}": in_variable})
    assert result.exit_code == 0, result.output
    assert len(started) == 3
    for settings, others in started:
        names = {"plugin_files": "files", "required_plugins": "required"}
        if "_key" in str(option.name) and "ssl" not in str(option.name):
            is_file = str(option.name).endswith("file")
            found: Any = others["admin_keys" if "admin" in str(option.name) else "keys"][is_file]
            value = Path(value) if is_file else value
        elif option.name in names:
            found = others[names[str(option.name)]]
        else:
            found = getattr(settings, str(option.name))
            assert found != getattr(Settings(), str(option.name))
        assert found == value


def test_options_are_the_settings() -> None:
    names = {str(option.name) for option in options()}
    assert names - OTHERS == set(Settings.__struct_fields__) - NO_OPTION
    assert {option.group for option in options()} == {"Server", "Model", "Engine", "Limits", "Security"}
    for option in options():
        flag = option.opts[0].removeprefix("--").replace("-", "_")
        if option.multiple:
            assert str(option.name) in (f"{flag}s", f"{flag}_files")
        else:
            assert option.name == flag
        assert option.help


def test_which_one_counts(started: Started, tmp_path: Path) -> None:
    file = tmp_path / "llada.toml"
    file.write_text(
        'model = "of-file"\nport = 1\nmax_rows = 1\nrevision = "of-file"\nserved_model_names = ["f"]\n'
    )
    env = {
        "LLADA_CONFIG": str(file),
        "LLADA_PORT": "2",
        "LLADA_MAX_ROWS": "2",
        "LLADA_SERVED_MODEL_NAMES": "e",
    }
    assert run("--port", "3", env=env).exit_code == 0
    settings = started[0][0]
    assert (settings.port, settings.max_rows, settings.revision) == (3, 2, "of-file")
    assert (settings.model, settings.served_model_names) == ("of-file", ("e",))
    assert settings.log_level == Settings().log_level

    assert run(env=env | {"LLADA_MODEL": "of-variable"}).exit_code == 0
    assert run("given", env=env | {"LLADA_MODEL": "of-variable"}).exit_code == 0
    assert [settings.model for settings, _ in started[1:]] == ["of-variable", "given"]


def test_empty_variables_do_not_count(started: Started) -> None:
    assert run(env={"LLADA_PORT": "", "LLADA_PLUGINS": "", "LLADA_PLUGINS_STRICT": "1"}).exit_code == 0
    assert started[0][0] == Settings()


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"LLADA_MAX_ROW": "3"}, "LLADA_MAX_ROW means nothing here; did you mean LLADA_MAX_ROWS?"),
        ({"LLADA_API_KEY": KEY}, "LLADA_API_KEY means nothing here; did you mean LLADA_API_KEYS?"),
        ({"LLADA_SOMETHING_ELSE": "3"}, "LLADA_SOMETHING_ELSE means nothing here; see llada serve --help"),
        ({"LLADA_PORT": "tcp://10.0.0.1:80"}, "'--port'"),
        ({"LLADA_LOG_LEVEL": "loud"}, "'--log-level'"),
    ],
)
def test_variables_that_are_refused(started: Started, env: dict[str, str], message: str) -> None:
    result = run(env=env)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert KEY not in result.output
    assert started == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("max_row = 3", "'max_row' means nothing here; did you mean max_rows?"),
        ("config = 'x'", "'config' means nothing here"),
        ("help = true", "'help' means nothing here"),
        ("[server]\nport = 1", "'server' means nothing here"),
        ("port = '1'", "port: a whole number is wanted"),
        ("port = true", "port: a whole number is wanted"),
        ("port = 1.5", "port: a whole number is wanted"),
        ("port = 99999", "port: 99999 is not in the range"),
        ("max-wait-time = 'x'", "max-wait-time: a number is wanted"),
        ("strict_params = 1", "strict_params: true or false is wanted"),
        ("host = 1", "host: a string is wanted"),
        ("log_level = 'loud'", "log_level: 'loud' is not one of"),
        (f"api_keys = '{KEY}'", "api_keys: an array of strings is wanted"),
        (f"api_keys = [['{KEY}']]", "api_keys: an array of strings is wanted"),
        (f"api_keys = ['{KEY}", "Expected"),
        ("a = '\udcff'", "it is not UTF-8"),
        (None, "No such file"),
    ],
)
def test_files_that_are_refused(started: Started, tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "llada.toml"
    if content is not None:
        file.write_bytes(content.encode(errors="surrogateescape"))
    result = run("--config", str(file))
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert "llada.toml" in result.output
    assert KEY not in result.output
    assert started == []


@pytest.mark.parametrize("command", [serve, launcher.main])
def test_keys_become_digests_and_leave_the_environment(
    started: Started, tmp_path: Path, command: click.Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the engine's process inherits has none."""
    file = tmp_path / "keys"
    file.write_text("of-file")
    more = ["--model-path", "x"] if command is launcher.main else []
    seen: list[str | None] = []
    monkeypatch.setattr(
        startup, "start", lambda _, keys, **options: seen.extend([keys, os.environ.get("LLADA_API_KEYS")])
    )
    result = run(
        *more, "--api-key-file", str(file), env={"LLADA_API_KEYS": "of-variable,second"}, command=command
    )
    assert result.exit_code == 0, result.output
    keys, left = seen
    assert keys is not None
    assert all(key in keys for key in (b"of-file", b"of-variable", b"second"))  # type: ignore[operator]
    assert left is None


@pytest.mark.parametrize("command", [serve, launcher.main])
@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["--api-key", ""], {}),
        (["--api-key", f"{KEY} {KEY}"], {}),
        (["--api-key-file", "/nothing/keys"], {}),
        ([], {"LLADA_API_KEYS": ""}),
        ([], {"LLADA_API_KEYS": f"{KEY},"}),
        ([], {"LLADA_API_KEY_FILE": " "}),
    ],
)
def test_keys_that_cannot_be_used_do_not_open_the_server(
    started: Started, command: click.Command, arguments: list[str], env: dict[str, str]
) -> None:
    more = ["--model-path", "x"] if command is launcher.main else []
    result = run(*more, *arguments, env=env, command=command)
    assert result.exit_code == 2
    assert KEY not in result.output
    assert started == []


def test_help_has_sections_and_says_how_variables_are_called() -> None:
    text = run("--help").output
    places = [text.index(f"\n{group}:\n") for group in ("Server", "Model", "Engine", "Limits", "Security")]
    assert places == sorted(places)
    epilog = " ".join(text.split())
    for option in options():
        if option.multiple:
            assert variable(str(option.name)) in epilog


def guide_rows() -> list[list[str]]:
    """Rows of the guide's table of the three forms."""
    _, _, rest = GUIDE.read_text(encoding="utf-8").partition("| command line | environment | file |\n")
    rows = rest.partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("row", guide_rows(), ids=lambda row: row[1])
def test_forms_in_the_guide_mean_the_same(
    started: Started, tmp_path: Path, row: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "take_keys", lambda keys, file, kind="": (keys, file))
    in_flag, in_variable, in_file = row
    if not in_file:
        assert in_variable == "LLADA_CONFIG=FILE"
        return
    file = tmp_path / "llada.toml"
    file.write_text(in_file)
    variable, _, value = in_variable.partition("=")
    results = [run(*in_flag.split()), run(env={variable: value}), run("--config", str(file))]
    assert [result.exit_code for result in results] == [0, 0, 0]
    assert started[0] == started[1] == started[2]
    assert run().exit_code == 0
    assert started[0] != started[3]
