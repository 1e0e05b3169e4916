"""A plugin that is one file, given by path."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from llada_core import GenerationRegistry, PluginError

OLD_STYLE = """
from .base import GenerationAlgorithm
from llada_generate import register_algorithm


class Custom(GenerationAlgorithm):
    def __init__(self):
        super().__init__(name="custom", description="a custom algorithm")

    def generate(self, model, prompt, **kwargs):
        return prompt, 0

    def is_available(self):
        return True


register_algorithm(Custom(), aliases=["my_custom"])
"""
WITH_HOOKS = """
from llada_core import AlgorithmSpec, DenoisingAlgorithm, Plan, Window, hookimpl


class Whole(DenoisingAlgorithm):
    def plan(self, progress):
        return Plan(Window.CANVAS)


@hookimpl
def llada_register_algorithms():
    return [AlgorithmSpec("whole", f"{__name__}:Whole")]
"""
RULE = """
from llada_core import UnmaskingRule, Update, register_algorithm


class Odd(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=obs.eligible)


"""


@pytest.fixture
def registry() -> GenerationRegistry:
    return GenerationRegistry()


def write(folder: Path, text: str, name: str = "my plugin.py") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_written_for_the_older_package(registry: GenerationRegistry, tmp_path: Path) -> None:
    record = registry.load_file(write(tmp_path, OLD_STYLE))
    assert (record.status, record.algorithms) == ("loaded", ("custom",))
    assert (record.name, record.distribution, record.version) == ("my plugin", "my plugin.py", None)
    custom = registry.get("my_custom")
    assert custom is not None
    assert custom is registry.get("custom")
    assert custom.description == "a custom algorithm"
    assert registry.resolve("my plugin.py:custom") == "custom"
    [info] = registry.describe()
    assert (info.execution, info.available) == ("whole_loop", True)


def test_a_file_with_hooks(registry: GenerationRegistry, tmp_path: Path) -> None:
    record = registry.load_file(write(tmp_path, WITH_HOOKS))
    assert (record.status, record.algorithms) == ("loaded", ("whole",))
    assert type(registry.get("whole")).__name__ == "Whole"


@pytest.mark.parametrize(
    ("text", "phase", "reason"),
    [
        ("raise SystemExit(3)\n", "import", "SystemExit: 3"),
        ("import no_such_module_anywhere\n", "import", "No module named"),
        ("x = 1\n", "collect", "no @hookimpl function and does not call register_algorithm(...)"),
        (OLD_STYLE.replace('"custom"', '"basic"'), "collect", "'basic' belongs to llada-basic"),
        (OLD_STYLE + "\n1 / 0\n", "import", "ZeroDivisionError"),
        (RULE + "register_algorithm(Odd())\n", "import", "Odd is an unmasking rule: register it with a hook"),
        (RULE + "register_algorithm(Odd)\n", "import", "Odd is an unmasking rule: register it with a hook"),
        (OLD_STYLE.replace("Custom(),", "Custom,"), "import", "expected an instance of GenerationAlgorithm"),
    ],
)
def test_a_file_that_fails_registers_nothing(
    registry: GenerationRegistry, tmp_path: Path, text: str, phase: str, reason: str
) -> None:
    before = set(sys.modules)
    record = registry.load_file(write(tmp_path, text))
    assert (record.status, record.phase) == ("failed", phase)
    assert reason in (record.reason or "")
    assert registry.list_algorithms() == []
    if phase == "import":
        assert not [name for name in set(sys.modules) - before if name.startswith("llada_generate._file")]


def test_an_alias_of_the_project_is_dropped(registry: GenerationRegistry, tmp_path: Path) -> None:
    record = registry.load_file(write(tmp_path, OLD_STYLE.replace('"my_custom"', '"dual", "mine"')))
    assert record.warnings == ("alias 'dual' of 'custom' dropped: it belongs to llada-dual-cache",)
    assert registry.resolve("mine") == "custom"


def test_no_such_file(registry: GenerationRegistry, tmp_path: Path) -> None:
    record = registry.load_file(tmp_path / "nowhere.py")
    assert record.reason == f"no such file: {tmp_path / 'nowhere.py'}"
    strict = GenerationRegistry(strict=True)
    with pytest.raises(PluginError, match="no such file"):
        strict.load_file(tmp_path / "nowhere.py")


def test_no_python_file(registry: GenerationRegistry, tmp_path: Path) -> None:
    record = registry.load_file(write(tmp_path, "hello", "notes.txt"))
    assert record.reason == f"not a Python file: {tmp_path / 'notes.txt'}"


def test_the_same_file_twice(registry: GenerationRegistry, tmp_path: Path) -> None:
    path = write(tmp_path, OLD_STYLE)
    assert registry.load_file(path).status == "loaded"
    assert registry.load_file(path).reason == f"loaded already: {path}"
    assert registry.list_algorithms() == ["custom"]


def test_a_file_that_failed_may_be_tried_again(registry: GenerationRegistry, tmp_path: Path) -> None:
    path = write(tmp_path, "x = 1\n")
    assert registry.load_file(path).status == "failed"
    path.write_text(OLD_STYLE)
    assert registry.load_file(path).status == "loaded"
    assert [record.status for record in registry.records] == ["loaded"]


def test_two_files_whose_paths_look_alike(registry: GenerationRegistry, tmp_path: Path) -> None:
    one = write(tmp_path / "a", OLD_STYLE, "b_c.py")
    two = write(tmp_path / "a", OLD_STYLE.replace('"custom"', '"other"').replace("my_custom", "x"), "b-c.py")
    assert [registry.load_file(path).status for path in (one, two)] == ["loaded", "loaded"]
    assert type(registry.get("custom")).__module__ != type(registry.get("other")).__module__


def test_two_files_of_one_name_may_not_share_an_algorithm_s_name(
    registry: GenerationRegistry, tmp_path: Path
) -> None:
    """Nothing could tell the two apart: a qualified name begins with the file's name."""
    registry.load_file(write(tmp_path / "a", OLD_STYLE))
    record = registry.load_file(write(tmp_path / "b", OLD_STYLE))
    assert record.reason == "my plugin.py provides the algorithm 'custom' twice (in my plugin)"
