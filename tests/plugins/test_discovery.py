"""Finding installed plugins: order, shadowed copies, metadata that cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from llada_core import GenerationRegistry
from llada_core.plugins import installed
from llada_core.plugins.discovery import candidates
from llada_core.testing import importable, make_distribution, make_plugin, registry_of

Source = Callable[..., str]


def test_order_is_that_of_names_not_of_the_file_system(site: Path, plugin_source: Source) -> None:
    for name in ("llada-mm", "Llada.aa", "llada_zz"):
        make_plugin(site, name.replace(".", "_"), plugin_source(name[-2:]))
    found = list(installed([str(site)]))
    assert [candidate.name for candidate in candidates(found)] == ["Llada_aa", "mm", "llada_zz"]
    for order in (found, found[::-1]):
        registry = GenerationRegistry()
        registry.load_plugins(lambda order=order: order, {})
        assert registry.list_algorithms() == ["aa", "mm", "zz"]


def test_several_plugins_in_one_distribution(site: Path, plugin_source: Source) -> None:
    files = {"pack/b.py": plugin_source("bee"), "pack/a.py": plugin_source("ant")}
    make_distribution(site, "llada-pack", entry_points={"b": "pack.b", "a": "pack.a"}, files=files)
    registry = registry_of(site)
    assert registry.list_algorithms() == ["ant", "bee"]
    assert [record.key for record in registry.records] == ["llada-pack:a", "llada-pack:b"]


def test_two_entry_points_of_one_name_in_one_distribution(site: Path, plugin_source: Source) -> None:
    files = {"pack/a.py": plugin_source("ant"), "pack/b.py": plugin_source("bee")}
    make_distribution(site, "llada-pack", files=files)
    [dist_info] = site.glob("*.dist-info")
    (dist_info / "entry_points.txt").write_text("[llada_core.plugins]\nx = pack.a\nx = pack.b\n")
    registry = registry_of(site)
    assert registry.list_algorithms() == ["ant"]
    assert registry.records[1].reason == "the distribution has two entry points of the name 'x'"


def test_a_shadowed_copy_of_a_distribution_does_not_count(
    site: Path, tmp_path: Path, plugin_source: Source
) -> None:
    """An older copy further down the path must not bring its plugin back."""
    older = tmp_path / "older"
    older.mkdir()
    make_distribution(site, "Llada-Moved", version="2.0")
    make_plugin(older, "llada_moved", plugin_source("moved"), version="1.0")
    with importable(older):
        assert registry_of(site, older).records == ()
        assert registry_of(older).list_algorithms() == ["moved"]


def test_distributions_without_the_group_are_not_plugins(site: Path) -> None:
    make_distribution(site, "other", entry_points={"x": "nowhere"}, group="other.plugins")
    assert registry_of(site).records == ()


def damage_encoding(info: Path) -> None:
    (info / "METADATA").write_bytes(b"Name: llada-bad\nVersion: 1\nSummary: \xff\xfe\n")


def damage_entry_points(info: Path) -> None:
    (info / "entry_points.txt").write_bytes(b"[llada_core.plugins]\nx = \xff\n")


def damage_name(info: Path) -> None:
    (info / "METADATA").write_text("Metadata-Version: 2.1\n")


def lose_metadata(info: Path) -> None:
    (info / "METADATA").unlink()


@pytest.mark.parametrize("damage", [damage_encoding, damage_entry_points, damage_name, lose_metadata])
def test_metadata_that_cannot_be_read_harms_nobody(
    site: Path, plugin_source: Source, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    damage(make_plugin(site, "llada-aaa-bad", "raise AssertionError('imported')\n"))
    make_plugin(site, "llada-good", plugin_source("good"))
    assert registry_of(site).list_algorithms() == ["good"]
    [warning] = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert "llada_aaa_bad-1.0.dist-info" in warning


def test_an_empty_leftover_of_an_uninstall_is_nothing_to_warn_about(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (site / "gone-1.0.dist-info").mkdir()
    assert registry_of(site).records == ()
    assert caplog.records == []


def test_a_version_may_be_missing(site: Path, plugin_source: Source) -> None:
    info = make_plugin(site, "llada-odd", plugin_source("odd"))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: llada-odd\n")
    [record] = registry_of(site).records
    assert (record.status, record.version, record.title) == ("loaded", None, "llada-odd")


def test_an_entry_point_without_a_distribution_is_named_after_its_package(
    site: Path, plugin_source: Source
) -> None:
    make_distribution(site, "unrelated", files={"llada_mine/plugin.py": plugin_source("mine")})
    entry_point = EntryPoint("mine", "llada_mine.plugin", "llada_core.plugins")
    registry = GenerationRegistry()
    registry.load_plugins(lambda: [entry_point], {})
    [record] = registry.records
    assert (record.distribution, record.version, record.status) == ("llada_mine", None, "loaded")
