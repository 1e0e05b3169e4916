"""What breaks one plugin leaves a record with the reason, one warning, and every other plugin untouched."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from llada_core import GenerationRegistry, PluginError, PluginRecord
from llada_core.plugins import installed
from llada_core.plugins.discovery import core_version
from llada_core.testing import make_distribution, make_plugin, registry_of

Source = Callable[..., str]


def record_of(registry: GenerationRegistry, distribution: str) -> PluginRecord:
    [record] = [record for record in registry.records if record.distribution == distribution]
    return record


HOOK = "from llada_core import AlgorithmSpec, hookimpl\n@hookimpl\n"
BROKEN = {
    "import error": (
        "import no_such_module_anywhere\n",
        "import",
        "No module named 'no_such_module_anywhere'",
    ),
    "exit at import": ("raise SystemExit('bye')\n", "import", "SystemExit: bye"),
    "syntax error": ("def (:\n", "import", "SyntaxError"),
    "wrong signature": (HOOK + "def llada_register_algorithms(surprise): ...\n", "register", "surprise"),
    "misspelt hook": (
        HOOK + "def llada_register_algorithm(): ...\n",
        "register",
        "unknown hook llada_register_algorithm; did you mean llada_register_algorithms?",
    ),
    "hook of another project": (
        HOOK + "def xyz(): ...\n",
        "register",
        "this llada-core knows llada_check_av",
    ),
    "hook raises": (HOOK + "def llada_register_algorithms(): 1 / 0\n", "collect", "ZeroDivisionError"),
    "hook exits": (HOOK + "def llada_register_algorithms(): raise SystemExit\n", "collect", "SystemExit"),
    "no return": (
        HOOK + "def llada_register_algorithms(): ...\n",
        "collect",
        "returned None, expected a list",
    ),
    "no list": (HOOK + "def llada_register_algorithms(): return 'basic'\n", "collect", "returned 'basic'"),
    "wrong element": (
        HOOK + "def llada_register_algorithms(): return ['basic']\n",
        "collect",
        "returned a list with 'basic', expected AlgorithmSpec",
    ),
    "rules hook": (
        HOOK + "def llada_register_unmasking_rules(): return [AlgorithmSpec('x', 'x:X')]\n",
        "collect",
        "expected UnmaskingRuleSpec",
    ),
    "wrong spec": (
        HOOK + "def llada_register_algorithms(): return [AlgorithmSpec('No!', 'x:X')]\n",
        "collect",
        "AlgorithmSpec.name: expected lower-case letters",
    ),
    "unmarked hook": (
        "def llada_register_algorithms(): return []\n",
        "collect",
        "registers nothing: mark llada_register_algorithms with @hookimpl",
    ),
    "no hooks": ("x = 1\n", "collect", "it has no @hookimpl function"),
    "name twice": (
        HOOK + "def llada_register_algorithms():\n"
        "    return [AlgorithmSpec('x-y', 'x:X'), AlgorithmSpec('x_y', 'x:X')]\n",
        "collect",
        "provides the algorithm 'x_y' twice",
    ),
    "message that cannot be shown": (
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd\n",
        "import",
        "(its message cannot be shown)",
    ),
}


@pytest.mark.parametrize(("source", "phase", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_plugin_is_recorded_and_leaves_others_alone(
    site: Path,
    plugin_source: Source,
    caplog: pytest.LogCaptureFixture,
    source: str,
    phase: str,
    reason: str,
) -> None:
    make_plugin(site, "llada-aaa", plugin_source("first"))
    make_plugin(site, "llada-broken", source, version="2.5")
    make_plugin(site, "llada-zzz", plugin_source("last"))
    registry = registry_of(site)
    assert registry.list_algorithms() == ["first", "last"]
    record = record_of(registry, "llada-broken")
    assert (record.name, record.version, record.status, record.phase) == ("broken", "2.5", "failed", phase)
    assert reason in (record.reason or "")
    assert "\n" not in (record.reason or "")
    [warning] = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert "'broken' (llada-broken 2.5) failed" in warning.getMessage()
    assert "\n" not in warning.getMessage()


def test_interrupts_pass(site: Path) -> None:
    make_plugin(site, "llada-slow", "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        registry_of(site)


@pytest.mark.parametrize("value", ["llada_odd.plugin:CONSTANT", "llada_odd.plugin:Class"])
def test_an_entry_point_names_a_module(site: Path, value: str) -> None:
    files = {"llada_odd/plugin.py": "CONSTANT = [1]\nclass Class: ...\n"}
    make_distribution(site, "llada-odd", entry_points={"odd": value}, files=files)
    record = record_of(registry_of(site), "llada-odd")
    assert record.status == "failed"
    assert "name the module with the hooks" in (record.reason or "")


def test_one_module_loads_once(site: Path, plugin_source: Source) -> None:
    make_plugin(site, "llada-one", plugin_source("one"))
    make_distribution(site, "llada-two", entry_points={"two": "llada_one.plugin"})
    record = record_of(registry_of(site), "llada-two")
    assert record.reason == "its module is loaded already, as llada-one:one"


@pytest.mark.parametrize("bound", ["<0.0.1", ">=99", "==0.0.0"])
def test_a_bound_that_excludes_this_core_stops_before_the_import(site: Path, bound: str) -> None:
    running = core_version()
    make_plugin(site, "llada-new", "raise AssertionError('imported')\n", requires=[f"LLaDA.core{bound}"])
    record = record_of(registry_of(site), "llada-new")
    assert (record.status, record.phase) == ("incompatible", "compatible")
    assert record.reason == f"needs llada-core{bound}, but llada-core {running} is running"
    assert record.import_seconds is None


@pytest.mark.parametrize(
    "requirement",
    [
        "llada-core>=0.0.1",
        "llada-core",
        "llada-core>=99 ; python_version < '3'",
        "llada-core>=99 ; extra == 'new'",
        "other>=99",
        "not a requirement!",
    ],
)
def test_bounds_that_do_not_exclude_it(site: Path, plugin_source: Source, requirement: str) -> None:
    make_plugin(site, "llada-fine", plugin_source("fine"), requires=[requirement])
    assert record_of(registry_of(site), "llada-fine").status == "loaded"


def test_a_bound_that_cannot_be_evaluated_fails_alone(site: Path, plugin_source: Source) -> None:
    make_plugin(site, "llada-fine", plugin_source("fine"))
    make_plugin(site, "llada-odd", plugin_source("odd"), requires=["llada-core ; os_name ~= 'x'"])
    registry = registry_of(site)
    assert registry.list_algorithms() == ["fine"]
    record = record_of(registry, "llada-odd")
    assert (record.status, record.phase) == ("failed", "compatible")
    assert "UndefinedComparison" in (record.reason or "")


def test_strict_mode_raises_at_the_first_failure(site: Path, plugin_source: Source) -> None:
    make_plugin(site, "llada-aaa", plugin_source("first"))
    make_plugin(site, "llada-broken", "import no_such_module_anywhere\n")
    with pytest.raises(PluginError, match=r"'broken' \(llada-broken 1\.0\) failed in phase import") as caught:
        registry_of(site, strict=True)
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_strict_mode_refuses_incompatible_plugins_but_not_blocked_ones(
    site: Path, plugin_source: Source
) -> None:
    make_plugin(site, "llada-old", plugin_source("old"), requires=["llada-core<0.0.1"])
    with pytest.raises(PluginError, match="incompatible"):
        registry_of(site, strict=True)
    registry = registry_of(site, strict=True, environ={"LLADA_PLUGINS_DISABLED": "old"})
    assert record_of(registry, "llada-old").status == "blocked"


def test_tracebacks_are_kept_for_those_who_ask(site: Path, caplog: pytest.LogCaptureFixture) -> None:
    make_plugin(site, "llada-broken", "def f():\n    1 / 0\nf()\n")
    with caplog.at_level(logging.DEBUG, "llada_core.plugins"):
        record = record_of(registry_of(site), "llada-broken")
    assert "line 2, in f" in (record.traceback or "")
    assert "line 2, in f" in caplog.text


def test_the_record_says_what_a_plugin_brings(site: Path) -> None:
    source = (
        "from llada_core import AlgorithmSpec, UnmaskingRuleSpec, hookimpl\n"
        "@hookimpl\ndef llada_register_algorithms(): return [AlgorithmSpec('one', 'x:X')]\n"
        "@hookimpl\ndef llada_register_unmasking_rules(): return [UnmaskingRuleSpec('two', 'x:X')]\n"
    )
    make_plugin(site, "llada-both", source, version="3.1")
    [record] = registry_of(site).records
    assert (record.status, record.phase, record.reason) == ("loaded", "collect", None)
    assert (record.algorithms, record.rules, record.title) == (("one",), ("two",), "llada-both 3.1")
    assert record.import_seconds is not None
    assert record.import_seconds >= 0


def test_loading_again_keeps_what_is_loaded_and_retries_the_rest(site: Path, plugin_source: Source) -> None:
    """A plugin that failed after its hooks were registered must have been unregistered for that."""
    make_plugin(site, "llada-aaa", plugin_source("first"))
    waiting = HOOK + "def llada_register_algorithms():\n    from came_later import specs\n    return specs\n"
    make_plugin(site, "llada-later", waiting)
    registry = registry_of(site)
    assert record_of(registry, "llada-later").phase == "collect"
    (site / "came_later.py").write_text(
        "from llada_core import AlgorithmSpec\nspecs = [AlgorithmSpec('later', 'x:X')]\n"
    )
    importlib.invalidate_caches()
    for _ in range(2):
        registry.load_plugins(lambda: installed([str(site)]), {})
        assert [(record.distribution, record.status) for record in registry.records] == [
            ("llada-aaa", "loaded"),
            ("llada-later", "loaded"),
        ]
        assert registry.list_algorithms() == ["first", "later"]
