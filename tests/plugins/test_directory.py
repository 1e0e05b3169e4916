"""The plugin directory: its table, and what it says about trust."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from llada_core.checkpoints import installed_models
from llada_core.cli.added_commands import GROUP as COMMANDS
from llada_core.cli.added_commands import added_commands, load_added
from llada_core.testing import make_distribution, make_plugin, registry_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins" / "directory.md").read_text()
FOLDERS = [path.parent for path in sorted((ROOT / "plugins").glob("*/pyproject.toml"))]
BLOCK_ALL = {"LLADA_PLUGINS": "", "LLADA_PLUGINS_DISABLED": "llada-mine"}


def test_the_table_has_each_plugin_of_this_repository_with_its_description() -> None:
    section = PAGE.partition("## From others")[0]
    rows = re.findall(r"^\| \[(\S+)\]\((\S+)\) \| (.*) \|$", section, re.MULTILINE)
    projects = [tomllib.loads((folder / "pyproject.toml").read_text())["project"] for folder in FOLDERS]
    assert rows == [
        (project["name"], f"../../plugins/{project['name']}/README.md", project["description"])
        for project in projects
    ]


def test_rows_of_others_follow_the_alphabet_and_name_a_source() -> None:
    section = PAGE.partition("## From others")[2].partition("## ")[0]
    rows = re.findall(r"^\| \[(\S+)\]\(\S+\) \| (.*) \| (.*) \|$", section, re.MULTILINE)
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    assert len(table) == len(rows)
    assert rows == sorted(rows)
    assert all("](http" in source for _, _, source in rows)


def test_what_is_blocked_is_listed_and_not_imported(site: Path, plugin_source: Callable[..., str]) -> None:
    make_plugin(site, "llada-mine", plugin_source("mine"), version="3.2")
    [record] = registry_of(site, environ={"LLADA_PLUGINS": ""}).records
    assert (record.status, record.version, record.import_seconds) == ("blocked", "3.2", None)
    assert not any(name.startswith("llada_mine") for name in sys.modules)


def test_what_the_bound_excludes_is_not_imported(site: Path, plugin_source: Callable[..., str]) -> None:
    make_plugin(site, "llada-mine", plugin_source("mine"), requires=["llada-core<0.1"])
    [record] = registry_of(site).records
    assert (record.status, record.import_seconds) == ("incompatible", None)
    assert not any(name.startswith("llada_mine") for name in sys.modules)


def test_loading_a_plugin_does_not_import_its_classes(site: Path) -> None:
    source = (
        "from llada_core import AlgorithmSpec, hookimpl\n"
        "@hookimpl\n"
        "def llada_register_algorithms():\n"
        "    return [AlgorithmSpec('mine', 'llada_mine.algorithm:Mine')]\n"
    )
    make_plugin(site, "llada-mine", source, files={"llada_mine/algorithm.py": "raise SystemExit\n"})
    [record] = registry_of(site).records
    assert record.status == "loaded"
    assert "llada_mine.plugin" in sys.modules
    assert "llada_mine.algorithm" not in sys.modules


def test_the_lists_do_not_keep_out_commands(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BLOCK_ALL.items():
        monkeypatch.setenv(name, value)
    text = "import click\nmine = click.Command('mine')\n"
    entry_points = {"mine": "llada_mine.cli:mine"}
    files = {"llada_mine/cli.py": text}
    make_distribution(site, "llada-mine", entry_points=entry_points, files=files, group=COMMANDS)
    assert load_added("mine", added_commands()["mine"]).name == "mine"


def test_the_lists_do_not_keep_out_checkpoints(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BLOCK_ALL.items():
        monkeypatch.setenv(name, value)
    make_distribution(site, "llada-mine", entry_points={"mine": "llada_mine:it"}, group="llada_core.models")
    assert "mine" in installed_models()


def test_the_lists_do_not_keep_out_a_file(tmp_path: Path, plugin_source: Callable[..., str]) -> None:
    path = tmp_path / "llada_mine.py"
    path.write_text(plugin_source("mine"))
    registry = registry_of(tmp_path, environ=BLOCK_ALL)
    assert registry.load_file(path).status == "loaded"


def test_a_distribution_is_told_by_the_name_in_its_metadata(
    site: Path, plugin_source: Callable[..., str]
) -> None:
    """`basic` belongs to llada-basic, and whoever writes that name into metadata is llada-basic."""
    make_plugin(site, "llada-mine", plugin_source("basic"))
    make_plugin(site, "LLaDA.Basic", plugin_source("basic"), package="anything", entry_point="basic")
    statuses = {record.distribution: record.status for record in registry_of(site).records}
    assert statuses == {"llada-mine": "failed", "LLaDA.Basic": "loaded"}
