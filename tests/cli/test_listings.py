"""`llada plugins` and `llada algorithms`."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from llada_core.plugins import installed
from llada_core.registry import GenerationRegistry
from llada_core.registry import default as default_module
from llada_core.testing import importable, make_plugin

from .run_command import run, run_json

BROKEN = "import no_such_module_here\n"
HOOKS = """
from llada_core import AlgorithmSpec, hookimpl

@hookimpl
def llada_register_algorithms():
    return [AlgorithmSpec("other", "somewhere:Class")]
"""
WORKING = '''
import msgspec
from llada_core import Availability, GenerationAlgorithm, register_algorithm

class Params(msgspec.Struct, frozen=True):
    """How."""
    patience: int = 3

class Lazy(GenerationAlgorithm):
    def __init__(self):
        super().__init__(name="lazy", description="Does nothing, slowly.")
    def generate(self, model, prompt, **kwargs):
        return prompt, 0
    def is_available(self):
        return False
    def availability(self):
        return Availability(False, "it is asleep", "wake it")

register_algorithm(Lazy(), aliases=["sloth"], params=Params)
'''


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files loaded here stay out of the registry of other tests."""
    registry = GenerationRegistry()
    registry.load_plugins()
    monkeypatch.setattr(default_module, "_default", registry)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "lazy.py").write_text(WORKING)
    return ["--plugin", str(tmp_path / "broken.py"), "--plugin", str(tmp_path / "lazy.py")]


def test_plugins_as_json(files: list[str]) -> None:
    records = {record["name"]: record for record in run_json("plugins", *files)["plugins"]}
    assert records["basic"]["status"] == "loaded"
    assert records["basic"]["distribution"] == "llada-basic"
    assert records["basic"]["algorithms"] == ["basic"]
    assert records["broken"]["status"] == "failed"
    assert "no_such_module_here" in records["broken"]["reason"]
    assert "Traceback" in records["broken"]["traceback"]
    assert records["lazy"]["algorithms"] == ["lazy"]


def test_plugins_as_a_table(files: list[str]) -> None:
    result = run("plugins", *files)
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert "llada-basic" in lines["basic"]
    assert "loaded" in lines["basic"]
    assert "ModuleNotFoundError: No module named 'no_such_module_here'" in lines["broken"]
    assert "Traceback" not in result.output


def test_verbose_adds_tracebacks_and_import_times(files: list[str]) -> None:
    text = run("plugins", "--verbose", *files).stdout
    assert "Traceback (most recent call last)" in text
    assert "broken (broken.py): failed in phase import, not imported" in text
    assert "lazy (lazy.py): loaded in phase collect, imported in " in text


def test_requirements_pin_what_is_loaded(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    make_plugin(tmp_path / "site", "Llada.Other", HOOKS, version="2.1rc1", package="llada_other")
    with importable(tmp_path / "site"):
        default_module.default_registry().load_plugins(lambda: installed([str(tmp_path / "site")]))
        lines = run("plugins", "--requirements", *files).stdout.splitlines()
    pinned = {line.partition("==")[0]: Requirement(line) for line in lines if not line.startswith("#")}
    assert {"llada-core", "llada-basic", "llada-other"} <= set(pinned)
    for name in ("llada-core", "llada-basic"):
        assert str(pinned[name].specifier) == f"=={version(name)}"
    assert str(pinned["llada-other"].specifier) == "==2.1rc1"
    remarks = [line for line in lines if line.startswith("#")]
    assert remarks == [
        "# broken.py failed: ModuleNotFoundError: No module named 'no_such_module_here'",
        f"# lazy.py is a file: {tmp_path / 'lazy.py'}",
    ]


def test_requirements_are_no_json() -> None:
    assert "either --requirements or --json" in run("plugins", "--requirements", "--json").output


def test_without_plugins_the_pip_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_module, "_default", GenerationRegistry())
    assert "pip install llada-basic" in run("plugins").stdout
    assert "No algorithms are installed" in run("algorithms").stdout


def test_algorithms_as_json(files: list[str]) -> None:
    listing = run_json("algorithms", *files[2:])
    found = {info["name"]: info for info in listing["algorithms"]}
    assert set(found) >= {"basic", "prefix_cache", "dual_cache", "lazy"}
    assert found["dual_cache"]["aliases"] == ["dual", "double_cache"]
    assert found["dual_cache"]["available"] is True
    assert (found["lazy"]["available"], found["lazy"]["reason"], found["lazy"]["hint"]) == (
        False,
        "it is asleep",
        "wake it",
    )
    assert found["lazy"]["params"]["properties"]["patience"]["default"] == 3
    assert {rule["name"] for rule in listing["unmasking_rules"]} >= {"schedule", "threshold", "factor"}
    assert "block_length" in listing["parameters"]["properties"]


def test_algorithms_as_a_table(files: list[str]) -> None:
    text = run("algorithms", *files[2:]).stdout
    assert "no: it is asleep (wake it)" in text
    assert "Does nothing, slowly." in text
    assert [line.split()[1] for line in text.splitlines() if line.startswith("patience")] == ["lazy"]
    assert any(line.startswith("threshold") and "all" in line for line in text.splitlines())


def test_a_plugin_file_that_does_not_load_stops_algorithms(files: list[str]) -> None:
    result = run("algorithms", *files)
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "no_such_module_here" in result.output
