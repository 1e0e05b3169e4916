"""`llada doctor`: what it reports, when it exits with 1, and its memory arithmetic."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import torch

from llada_core import kernels
from llada_core.checkpoints import installed
from llada_core.cli import added_commands, checkup, memory_fit
from llada_core.cli.output import size
from llada_core.engine import memory
from llada_core.model import load_model
from llada_core.registry import GenerationRegistry
from llada_core.registry import default as default_module

from .run_command import run, run_json


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files loaded here stay out of the registry of other tests."""
    registry = GenerationRegistry()
    registry.load_plugins()
    monkeypatch.setattr(default_module, "_default", registry)


def broken(*arguments: str) -> list[str]:
    """What is reported as broken, with exit code 1."""
    result = run("doctor", *arguments, "--json")
    assert result.exit_code == 1
    problems: list[str] = json.loads(result.stdout)["problems"]
    text = run("doctor", *arguments)
    assert text.exit_code == 1
    for problem in problems:
        assert f"broken: {problem}" in text.stdout
    return problems


def test_a_sound_installation() -> None:
    found = run_json("doctor", "demo", "--device", "cpu")
    assert found["problems"] == []
    assert found["versions"]["torch"] == torch.__version__
    assert found["devices"][0]["name"] == "cpu"
    assert {info["name"] for info in found["algorithms"] if info["available"]} >= {"basic", "dual_cache"}
    assert {"name": "demo", "source": "llada-demo", "problem": None} in found["checkpoints"]
    assert {"name": "serve", "source": "llada-server", "problem": None} in found["commands"]
    text = run("doctor", "demo", "--device", "cpu").stdout
    assert "it fits" in text
    assert text.endswith("nothing is broken\n")


def test_the_figures_of_a_model_are_those_of_the_loaded_one(demo: Path) -> None:
    model = load_model(demo, device="cpu", dtype="bfloat16")
    fit = run_json("doctor", str(demo), "--device", "cpu", "--dtype", "bfloat16")["model"]
    assert fit["parameters"] == sum(weight.numel() for weight in model.parameters())
    assert fit["weights"] == sum(weight.nbytes for weight in model.parameters())
    layers, heads, width = model.kv_shape
    assert fit["token"] == 2 * layers * heads * width * 2
    assert fit["canvas"] == fit["token"] * model.facts.context_length
    assert (fit["dtype"], fit["fits"]) == ("bfloat16", True)


def test_a_model_needs_room_for_its_weights_and_one_canvas(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = memory_fit.measure("demo", "cpu")
    enough = fit.weights + round(fit.canvas / memory.CPU_SHARE)
    monkeypatch.setattr(memory_fit, "free_memory", lambda _: enough)
    exact = memory_fit.measure("demo", "cpu")
    assert (exact.kv_tokens, exact.fits) == (fit.context_length, True)
    monkeypatch.setattr(memory_fit, "free_memory", lambda _: enough - 1)
    assert broken("demo", "--device", "cpu") == ["demo does not fit into the memory of cpu"]


def test_a_checkpoint_without_weights_is_told_by_its_configuration(demo: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((demo / name).read_bytes())
    assert memory_fit.measure(str(tmp_path), "cpu").parameters == memory_fit.measure("demo", "cpu").parameters


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-model"], "no model 'no-such-model'"),
        (["demo", "--device", "cuda:99"], "device: cuda:99 is not here"),
        (["demo", "--dtype", "int8"], "dtype: expected float32"),
    ],
)
def test_a_model_that_cannot_be_found_is_reported_beside_the_rest(arguments: list[str], message: str) -> None:
    (problem,) = broken(*arguments)
    assert message in problem


def test_broken_plugins_commands_and_checkpoints_are_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def entry(group: str) -> list[EntryPoint]:
        return [EntryPoint("bad", "no_such_module_here:x", group)]

    monkeypatch.setattr(added_commands, "entry_points", lambda group: entry(group))
    monkeypatch.setattr(installed, "entry_points", lambda group: entry(group))
    registry = default_module.default_registry()
    (tmp_path / "sick.py").write_text("raise RuntimeError('sick')")
    registry.load_file(tmp_path / "sick.py")
    plugin, checkpoint, command = broken()
    assert plugin == "plugin sick (sick.py) is failed: RuntimeError: sick"
    assert checkpoint.startswith("checkpoint bad (no_such_module_here): installed model 'bad'")
    assert command.startswith("command bad (no_such_module_here): ModuleNotFoundError")


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_a_gpu_without_a_compiler_is_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, compiler: str
) -> None:
    gpu = checkup.Device(name="cuda:0", description="a card", free=1, total=1)
    found = [*checkup.devices(), gpu]
    monkeypatch.setattr(checkup, "triton_here", lambda: True)
    monkeypatch.setattr(kernels.sysconfig, "get_paths", lambda: {"include": str(tmp_path)})
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    run_json("doctor")
    monkeypatch.setattr(checkup, "devices", lambda: found)
    (problem,) = broken()
    assert "a C compiler" in problem
    (tmp_path / compiler).touch(mode=0o755)
    (problem,) = broken()
    assert problem.endswith(f"Python's headers: {tmp_path / 'Python.h'}")
    (tmp_path / "Python.h").touch()
    run_json("doctor")
    (tmp_path / compiler).unlink()
    monkeypatch.setenv("CC", "tcc")
    run_json("doctor")


def test_no_algorithm_at_all_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_module, "_default", GenerationRegistry())
    (problem,) = broken()
    assert "no generation algorithm is available" in problem


def test_a_blocked_plugin_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = GenerationRegistry()
    registry.load_plugins(environ={"LLADA_PLUGINS_DISABLED": "llada-basic"})
    monkeypatch.setattr(default_module, "_default", registry)
    found = run_json("doctor")
    assert {record["name"]: record["status"] for record in found["plugins"]}["basic"] == "blocked"


def test_free_memory_is_what_linux_and_the_container_leave(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable: 5 kB\n")
    assert memory._available(meminfo) == 5 * 1024
    assert memory._available(tmp_path / "missing") == memory.total_memory()
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert memory._left_in_group(tmp_path) == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._left_in_group(tmp_path) == memory.total_memory()


def test_gpus_keep_a_reserve() -> None:
    reserve, share = memory.CUDA_RESERVE, memory.CUDA_SHARE
    assert memory.room_for_keys(reserve + 1000, torch.device("cuda")) == int(share * 1000)
    assert memory.room_for_keys(reserve - 1, torch.device("cuda")) == 0


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (16400, "16.4 kB"), (2.5e13, "25.0 TB"), (3e16, "30000.0 TB")],
)
def test_sizes(count: float, text: str) -> None:
    assert size(count) == text
