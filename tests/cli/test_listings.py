"""`llada plugins` and `llada algorithms`."""

from __future__ import annotations

from pathlib import Path

import pytest

from llada_core.registry import GenerationRegistry
from llada_core.registry import default as default_module

from .run_command import run, run_json

BROKEN = "import no_such_module_here\n"
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
