"""Algorithms of plugins beside those that the process registers itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llada_core import GenerationAlgorithm, GenerationRegistry, UnavailableError, UnknownNameError
from llada_core.plugins import installed
from llada_core.testing import importable, make_plugin, registry_of

Make = Callable[..., GenerationAlgorithm]

ALGORITHM = """
from llada_core import DenoisingAlgorithm, Plan, Window

class Thing(DenoisingAlgorithm):
    made = 0

    def __init__(self):
        type(self).made += 1

    def plan(self, progress):
        return Plan(Window.CANVAS)

class Stepping(Thing):
    def step(self, obs, params, state):
        raise NotImplementedError

class Cached(Thing):
    needs_cache = True

class Unfinished(DenoisingAlgorithm):
    pass

def function():
    return Thing()

def not_one():
    return 3

def raises():
    raise OSError("no such device")
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    with importable(tmp_path):
        yield tmp_path


def plugin(site: Path, name: str, factory: str = "Thing", **fields: object) -> None:
    package = f"llada_{name}"
    arguments = "".join(f", {field}={value!r}" for field, value in fields.items())
    source = (
        "from llada_core import AlgorithmSpec, hookimpl\n"
        "@hookimpl\n"
        "def llada_register_algorithms():\n"
        f"    return [AlgorithmSpec({name!r}, '{package}.algorithm:{factory}'{arguments})]\n"
    )
    make_plugin(site, f"llada-{name}", source, files={f"{package}/algorithm.py": ALGORITHM})


def test_the_algorithm_is_made_once_and_named_as_described(site: Path) -> None:
    plugin(site, "thing", description="A thing.", aliases=("stuff",))
    registry = registry_of(site)
    thing = registry.get("thing")
    assert thing is not None
    assert registry.get("STUFF") is thing
    assert (thing.name, thing.description, thing.aliases) == ("thing", "A thing.", ("stuff",))
    assert type(thing).made == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("needs_cache", [True, False])
def test_the_description_says_whether_it_needs_a_cache(site: Path, needs_cache: bool) -> None:
    plugin(site, "thing", needs_cache=needs_cache)
    assert registry_of(site).get("thing").needs_cache is needs_cache  # type: ignore[union-attr]


def test_a_factory_may_be_a_function(site: Path) -> None:
    plugin(site, "thing", "function")
    assert type(registry_of(site).get("thing")).__name__ == "Thing"


@pytest.mark.parametrize(
    ("factory", "fields", "reason"),
    [
        ("Nothing", {}, "module llada_thing.algorithm has no 'Nothing'"),
        ("not_one", {}, "llada_thing.algorithm:not_one is no GenerationAlgorithm"),
        ("raises", {}, "OSError: no such device"),
        ("Unfinished", {}, "TypeError: Can't instantiate abstract class Unfinished"),
        ("Thing", {"execution": "whole_loop"}, "llada_thing.algorithm:Thing is a DenoisingAlgorithm"),
        ("Thing", {"own_step": True}, "llada_thing.algorithm:Thing does not override step"),
        ("Stepping", {}, "llada_thing.algorithm:Stepping overrides step"),
        ("Cached", {}, "says needs_cache=False, but llada_thing.algorithm:Cached says True"),
    ],
)
def test_an_algorithm_that_cannot_be_made_says_why(
    site: Path, factory: str, fields: dict[str, object], reason: str
) -> None:
    plugin(site, "thing", factory, **fields)
    registry = registry_of(site)
    with pytest.raises(UnavailableError) as caught:
        registry.get("thing")
    assert str(caught.value).startswith("algorithm 'thing' (llada-thing 1.0) cannot be loaded: ")
    assert reason in str(caught.value)
    assert registry.list_available_algorithms() == []
    assert reason in (registry.availability("thing").reason or "")


def test_what_the_process_registers_itself_takes_over_with_a_warning(
    site: Path, planned: Make, caplog: pytest.LogCaptureFixture
) -> None:
    plugin(site, "thing", aliases=("stuff",))
    registry = registry_of(site)
    mine = planned("thing")
    registry.register(mine)
    assert registry.get("thing") is mine
    assert registry.get("stuff") is mine
    assert "registering 'thing' takes over from 'thing' (llada-thing 1.0)" in caplog.text


def test_it_stays_in_reach_when_plugins_are_loaded_later(site: Path, planned: Make) -> None:
    registry = GenerationRegistry()
    mine = planned("thing")
    registry.register(mine)
    plugin(site, "thing")
    registry.load_plugins(lambda: installed([str(site)]), {})
    assert registry.get("thing") is mine
    assert registry.list_algorithms() == ["thing", "llada-thing:thing"]
    assert type(registry.get("llada-thing:thing")).__name__ == "Thing"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LLADA_PLUGINS": "other"}, "it comes with llada-basic 1.0, which is blocked: not in LLADA_PLUGINS"),
        ({}, "it comes with llada-basic 1.0, which is failed: ModuleNotFoundError"),
    ],
)
def test_a_first_party_name_that_is_not_there_says_why(
    site: Path, environ: dict[str, str], expected: str
) -> None:
    make_plugin(site, "llada-basic", "import no_such_module\n", package="fake_basic")
    with pytest.raises(UnknownNameError, match=expected):
        registry_of(site, environ=environ).resolve("simple")


def test_a_loaded_plugin_is_not_offered_for_installing(site: Path) -> None:
    hooks = "from llada_core import hookimpl\n@hookimpl\ndef llada_register_algorithms(): return []\n"
    make_plugin(site, "llada-basic", hooks, package="fake_basic")
    registry = registry_of(site)
    with pytest.raises(UnknownNameError) as caught:
        registry.resolve("basic")
    assert "pip install" not in str(caught.value)


DIRECT = """
from llada_core import GenerationAlgorithm, register_algorithm

class Direct(GenerationAlgorithm):
    def generate(self, model, prompt, **kwargs):
        return prompt, 0

    def is_available(self):
        return True

register_algorithm(Direct("direct", "registered while imported", ("straight",)))
"""


def test_a_plugin_may_register_by_calling(site: Path) -> None:
    make_plugin(site, "llada-direct", DIRECT)
    registry = registry_of(site)
    assert registry.records[0].algorithms == ("direct",)
    assert registry.resolve("llada-direct:straight") == "direct"
    [info] = registry.describe()
    assert (info.distribution, info.version, info.execution) == ("llada-direct", "1.0", "whole_loop")


def test_what_a_failing_plugin_registered_by_calling_vanishes_with_it(site: Path) -> None:
    make_plugin(site, "llada-direct", DIRECT + "1 / 0\n")
    registry = registry_of(site)
    assert registry.list_algorithms() == []
    assert registry.records[0].status == "failed"


def test_nothing_is_logged_at_warning_level_for_a_good_plugin(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plugin(site, "thing")
    registry_of(site).get("thing")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
