"""`llada serve` and the old launcher: options, and one clear message where the server cannot start."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from llada_server import launcher, startup
from llada_server.cli import serve
from llada_server.settings import Settings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Settings, dict[str, Any]]]:
    """Settings with which a server would have started."""
    calls: list[tuple[Settings, dict[str, Any]]] = []
    monkeypatch.setattr(startup, "start", lambda settings, **options: calls.append((settings, options)))
    return calls


def run(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_serve_defaults(started: list[tuple[Settings, dict[str, Any]]]) -> None:
    assert run(serve).exit_code == 0
    assert started == [(Settings(), {"files": (), "required": (), "keys": None, "admin_keys": None})]


def test_serve_options(started: list[tuple[Settings, dict[str, Any]]]) -> None:
    arguments = (
        "org/model --host 0.0.0.0 --port 9 --device cpu --dtype float32 --revision main --max-rows 3 "
        "--kv-tokens 4096 --max-batched-tokens 512 --whole-loop-threads 2 --whole-loop-tokens 99 "
        "--algorithm-timeout 9 --engine in-process --step-timeout 90 --max-wait-time 0.5 "
        "--served-model-name a --served-model-name b --plugin x.py "
        "--required-plugin basic --strict-params --log-level debug"
    )
    result = run(serve, *arguments.split())
    assert result.exit_code == 0, result.output
    settings, options = started[0]
    assert settings == Settings(
        model="org/model",
        host="0.0.0.0",
        port=9,
        device="cpu",
        dtype="float32",
        revision="main",
        max_rows=3,
        kv_tokens=4096,
        max_batched_tokens=512,
        whole_loop_threads=2,
        whole_loop_tokens=99,
        algorithm_timeout=9.0,
        engine="in-process",
        step_timeout=90.0,
        max_wait_time=0.5,
        served_model_names=("a", "b"),
        strict_params=True,
        log_level="debug",
    )
    assert options == {"files": (Path("x.py"),), "required": ("basic",), "keys": None, "admin_keys": None}


def test_old_flags_have_their_old_defaults(started: list[tuple[Settings, dict[str, Any]]]) -> None:
    assert run(launcher.main, "--model-path", "DIR").exit_code == 0
    settings, _ = started[0]
    assert settings == Settings(
        model="DIR", port=8000, max_rows=8, max_wait_time=0.1, extra_model_names=("llada-8b-instruct",)
    )
    defaults = launcher.main.make_context("launcher", ["--model-path", "DIR"]).params
    assert defaults["base_model"] == "GSAI-ML/LLaDA-8B-Instruct"
    assert str(defaults["temp_dir"]) == "/tmp/llada_hf_converted"
    assert defaults["dcp_path"] is None


@pytest.mark.parametrize("arguments", [(), ("--model-path", "A", "--dcp-path", "B")])
def test_launcher_wants_exactly_one_model(arguments: tuple[str, ...]) -> None:
    result = run(launcher.main, *arguments)
    assert result.exit_code == 2
    assert "--model-path or --dcp-path" in result.output


def test_port_in_use_is_one_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command, model in ((serve, []), (launcher.main, ["--model-path", "x"])):
            result = run(command, *model, "--port", port)
            assert result.exit_code == 1
            assert result.output.count("\n") == 1
            assert f"port {port}" in result.output


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host"])
def test_address_of_another_machine_is_one_message(host: str) -> None:
    result = run(serve, "--host", host, "--port", "0")
    assert result.exit_code == 1
    assert result.output.count("\n") == 1


def test_missing_folder_is_one_message(tmp_path: Path) -> None:
    for command, model in ((serve, []), (launcher.main, ["--model-path"])):
        result = run(command, *model, str(tmp_path / "nothing"), "--port", "0")
        assert result.exit_code == 1, result.output
        assert "nothing" in result.output
        assert "Traceback" not in result.output


def test_plugin_file_that_does_not_load_is_one_message(tmp_path: Path) -> None:
    result = run(serve, "--plugin", str(tmp_path / "missing.py"), "--port", "0")
    assert result.exit_code == 1
    assert "missing.py" in result.output


def test_missing_required_plugin_is_one_message() -> None:
    result = run(serve, "--required-plugin", "llada-unheard-of", "--port", "0")
    assert result.exit_code == 1
    assert "llada-unheard-of" in result.output


@pytest.mark.parametrize(
    ("model", "given", "names"),
    [
        ("org/name", (), ("org/name", "name")),
        ("demo", (), ("demo",)),
        ("org/name", ("a", "b"), ("a", "b")),
    ],
)
def test_served_names(model: str, given: tuple[str, ...], names: tuple[str, ...], tmp_path: Path) -> None:
    assert startup.served_names(Settings(model=model, served_model_names=given), tmp_path) == names


def test_folder_is_served_under_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "my-llada"
    folder.mkdir()
    settings = Settings(model=f"{folder}/", extra_model_names=("llada-8b-instruct",))
    assert startup.served_names(settings, folder) == ("my-llada", "llada-8b-instruct")


Conversions = tuple[list[list[str]], list[int]]
"""Arguments of processes that would have converted, and exit codes that they will have."""


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> Conversions:
    """Nothing is converted; see `Conversions`."""
    commands: list[list[str]] = []
    codes: list[int] = []

    def convert(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        commands.append(command[1:])
        return subprocess.CompletedProcess(command, codes.pop())

    monkeypatch.setattr(launcher.subprocess, "run", convert)
    return commands, codes


def test_launcher_converts_a_distributed_checkpoint_and_serves_the_result(
    started: list[tuple[Settings, dict[str, Any]]],
    conversions: Conversions,
    tmp_path: Path,
) -> None:
    commands, codes = conversions
    codes.append(0)
    out = str(tmp_path / "out")
    result = run(launcher.main, "--dcp-path", "DCP", "--base-model", "org/base", "--temp-dir", out)
    assert result.exit_code == 0, result.output
    assert started[0][0].model == out
    asked = ["--dcp-path", "DCP", "--base-model", "org/base", out]
    assert commands == [["-m", "llada_core.cli", "convert", *asked]]


def test_a_conversion_that_fails_ends_the_launcher(
    started: list[tuple[Settings, dict[str, Any]]], conversions: Conversions
) -> None:
    conversions[1].append(1)
    result = run(launcher.main, "--dcp-path", "DCP", "--temp-dir", "out")
    assert result.exit_code == 1
    assert started == []
