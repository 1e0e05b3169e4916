"""The registry of the process, and the functions that use it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import llada_core
from llada_core import GenerationAlgorithm, GenerationRegistry, PluginError
from llada_core.registry import default
from llada_core.testing import importable, make_plugin

Make = Callable[..., GenerationAlgorithm]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No registry yet."""
    monkeypatch.setattr(default, "_default", None)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    with importable(tmp_path):
        yield tmp_path


def test_it_is_loaded_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = []
    load = GenerationRegistry.load_plugins
    monkeypatch.setattr(GenerationRegistry, "load_plugins", lambda self: loads.append(1) or load(self))
    found: list[GenerationRegistry] = []
    threads = [threading.Thread(target=lambda: found.append(llada_core.default_registry())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
    assert loads == [1]


def test_it_has_the_installed_algorithms() -> None:
    assert {"basic", "prefix_cache", "dual_cache"} <= set(llada_core.list_algorithms())


def test_the_functions_use_it(looped: Make) -> None:
    mine = looped("mine")
    llada_core.register_algorithm(mine, aliases=["my_own"])
    assert llada_core.default_registry().get("mine") is mine
    assert llada_core.get_algorithm("MY-OWN") is mine
    assert llada_core.list_algorithms()[-1] == "mine"
    assert llada_core.list_available_algorithms()[-1] == "mine"
    assert llada_core.get_algorithm_info("mine") == {
        "name": "mine",
        "description": "the algorithm mine",
        "available": True,
    }
    assert llada_core.get_algorithm("nobody") is None


def test_aliases_may_be_an_iterator(looped: Make) -> None:
    llada_core.register_algorithm(looped("mine"), aliases=iter(["my_own"]))
    assert llada_core.get_algorithm("my_own") is not None


def test_the_environment_selects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLADA_PLUGINS", "")
    assert llada_core.list_algorithms() == []


def test_strict_mode_of_the_environment(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_plugin(site, "llada-broken", "import no_such_module\n")
    monkeypatch.setenv("LLADA_PLUGINS_STRICT", "1")
    for _ in range(2):
        with pytest.raises(PluginError, match="no_such_module"):
            llada_core.default_registry()
    monkeypatch.delenv("LLADA_PLUGINS_STRICT")
    assert "basic" in llada_core.list_algorithms()


def test_a_plugin_may_ask_for_it_while_it_is_imported(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_plugin(
        site,
        "llada-asking",
        "from llada_core import AlgorithmSpec, default_registry, hookimpl\n"
        "default_registry().list_algorithms()\n"
        "@hookimpl\ndef llada_register_algorithms(): return [AlgorithmSpec('asking', 'x:X')]\n",
    )
    monkeypatch.setenv("LLADA_PLUGINS", "asking")
    assert llada_core.list_algorithms() == ["asking"]
