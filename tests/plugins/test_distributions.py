"""What all distributions of this repository that are plugins have in common."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from llada_core.plugins import GROUP

ROOT = Path(__file__).parents[2]
FOLDERS = [*sorted((ROOT / "plugins").iterdir()), ROOT / "examples" / "llada-left-to-right"]
CORE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(params=[folder for folder in FOLDERS if folder.is_dir()], ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """One of them after the other."""
    path: Path = request.param
    return path


@pytest.fixture
def project(folder: Path) -> dict[str, Any]:
    """What its pyproject.toml says of it."""
    table: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return table


def test_folder_distribution_and_package_agree(folder: Path, project: dict[str, Any]) -> None:
    assert project["name"] == folder.name
    assert [path.name for path in (folder / "src").iterdir() if path.suffix != ".egg-info"] == [
        folder.name.replace("-", "_")
    ]


def test_the_entry_point_names_its_hook_module(folder: Path, project: dict[str, Any]) -> None:
    package = folder.name.replace("-", "_")
    name = folder.name.removeprefix("llada-")
    assert project["entry-points"] == {GROUP: {name: f"{package}.plugin"}}
    assert (folder / "src" / package / "plugin.py").is_file()


def test_its_bound_admits_this_core_and_not_the_next_that_may_break(project: dict[str, Any]) -> None:
    [requirement] = [Requirement(text) for text in project["dependencies"]]
    version = Version(CORE["version"])
    assert requirement.name == "llada-core"
    assert version in requirement.specifier
    assert Version(f"{version.major}.{version.minor + 1}.0") not in requirement.specifier
    assert project["requires-python"] == CORE["requires-python"]


def test_it_has_a_readme_a_licence_and_types(folder: Path, project: dict[str, Any]) -> None:
    assert (folder / project["readme"]).read_text().startswith(f"# {folder.name}\n")
    assert project["license"] == CORE["license"] == "Apache-2.0"
    assert (folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert (folder / "src" / folder.name.replace("-", "_") / "py.typed").is_file()


def test_it_imports_public_names_only(folder: Path) -> None:
    """A plugin stands on `llada_core` itself, never on its insides."""
    for path in (folder / "src").rglob("*.py"):
        for line in path.read_text().splitlines():
            if line.lstrip().startswith(("import ", "from ")):
                assert "llada_core." not in line, f"{path}: {line}"
