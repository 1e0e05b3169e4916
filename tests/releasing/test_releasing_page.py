"""The page on releasing agrees with the distributions and with the workflow."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "releasing.md").read_text()
MODULE = runpy.run_path(str(ROOT / ".github" / "release_folder.py"))
ROWS = re.findall(r"^\| (\d) \| `(\S+)` \| `(\S+)` \|$", PAGE, re.MULTILINE)


def project(folder: str) -> dict[str, Any]:
    """What a distribution's pyproject.toml says of it."""
    table: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    return table


def test_each_distribution_is_in_the_table() -> None:
    expected = {(table["name"], folder) for folder, table in MODULE["distributions"](ROOT)}
    assert {(name, folder) for _, name, folder in ROWS} == expected
    assert len(ROWS) == len(expected)


def test_what_a_distribution_needs_comes_before_it() -> None:
    place = {name: int(order) for order, name, _ in ROWS}
    assert [int(order) for order, _, _ in ROWS] == sorted(place.values())
    for _, name, folder in ROWS:
        needed = {Requirement(text).name for text in project(folder)["dependencies"]} & set(place)
        assert all(place[other] < place[name] for other in needed), name


def test_every_tag_on_the_page_has_the_form_of_a_tag() -> None:
    tags = re.findall(r"\bllada-[a-z-]+-v[\w.]*\w", PAGE)
    assert len(tags) >= 3
    assert all(MODULE["TAG"].fullmatch(tag) for tag in tags)


def test_what_is_registered_is_what_the_workflow_is_called() -> None:
    path = ROOT / ".github" / "workflows" / "release.yml"
    workflow = yaml.safe_load(path.read_text())
    assert f"`{path.name}`" in PAGE
    assert f"the environment `{workflow['jobs']['publish']['environment']}`" in PAGE
    [pattern] = workflow[True]["push"]["tags"]
    assert f"tags `{pattern}`" in PAGE


def test_its_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert targets
    assert all((ROOT / "docs" / target).exists() for target in targets)
