"""The promise that a plugin built against the last minor version still works, kept with such a wheel."""

from __future__ import annotations

import ast
import json
import runpy
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from llada_core import GenerationRegistry
from llada_core.testing import importable, registry_of, tiny_model

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "last-minor"
[WHEEL] = FIXTURE.glob("*.whl")
CORE = Version(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
PLUGIN = tomllib.loads((FIXTURE / "pyproject.toml").read_text())["project"]
RECORD = runpy.run_path(str(FIXTURE / "record.py"))
CASES: list[dict[str, Any]] = json.loads((FIXTURE / "cases.json").read_text())


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GenerationRegistry]:
    """With the plugin, installed from the wheel, and nothing else."""
    site = RECORD["install"](tmp_path_factory.mktemp("site"))
    with importable(site):
        yield registry_of(site)


@pytest.fixture(scope="module")
def found(registry: GenerationRegistry) -> list[dict[str, Any]]:
    """What all cases give, run together."""
    cases: list[dict[str, Any]] = RECORD["run"](registry, tiny_model())
    return cases


def test_it_was_built_against_this_minor_version_or_the_last() -> None:
    """The fixture's version is the llada-core that it was built against; its README says how to renew it."""
    built = Version(PLUGIN["version"])
    assert WHEEL.name.split("-")[1] == PLUGIN["version"]
    assert built.major == CORE.major
    assert CORE.minor - built.minor in (0, 1)


def test_its_bound_is_what_the_promise_allows() -> None:
    [requirement] = [Requirement(text) for text in PLUGIN["dependencies"]]
    built = Version(PLUGIN["version"])
    assert requirement.specifier.contains(f"{built.major}.{built.minor + 1}.9")
    assert not requirement.specifier.contains(f"{built.major}.{built.minor + 2}.0")


def test_the_wheel_holds_the_source_beside_it() -> None:
    sources = {path.name: path.read_text() for path in (FIXTURE / "src" / "llada_last_minor").glob("*.py")}
    with zipfile.ZipFile(WHEEL) as archive:
        names = [name for name in archive.namelist() if name.endswith(".py")]
        built = {Path(name).name: archive.read(name).decode() for name in names}
    assert {name: ast.dump(ast.parse(text)) for name, text in built.items()} == {
        name: ast.dump(ast.parse(text)) for name, text in sources.items()
    }


def test_it_loads_without_a_remark(registry: GenerationRegistry) -> None:
    [record] = registry.records
    assert (record.status, record.warnings) == ("loaded", ())
    assert record.algorithms == ("whole", "tour", "marked", "backwards", "too_new", "never")
    assert record.rules == ("steady", "doubt")


def test_its_hook_and_its_classes_say_what_is_available(registry: GenerationRegistry) -> None:
    assert registry.list_available_algorithms() == ["whole", "tour", "marked", "backwards"]
    reason = registry.availability("too_new").reason
    assert reason is not None
    assert reason.startswith("needs llada-core>=1000, but ")
    assert registry.resolve("round-trip") == "tour"
    assert registry.resolve("nowhere") == "never"


def test_its_parameters_are_described(registry: GenerationRegistry) -> None:
    [tour] = [info for info in registry.describe() if info.name == "tour"]
    assert tour.params is not None
    assert set(tour.params["properties"]) == {"way", "warm_up", "margin"}


def test_the_cases_are_those_that_were_recorded() -> None:
    assert [(case["algorithm"], case["values"]) for case in CASES] == [*RECORD["INPUTS"]]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_it_gives_the_tokens_that_it_gave_when_it_was_built(found: list[dict[str, Any]], number: int) -> None:
    assert found[number] == CASES[number]
