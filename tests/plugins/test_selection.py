"""Which plugins may load: allow list, deny list, and what a server cannot do without."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from llada_core import PluginError
from llada_core.plugins import is_strict
from llada_core.testing import make_plugin, registry_of

Source = Callable[..., str]


@pytest.fixture
def three(site: Path, plugin_source: Source) -> Path:
    """Three plugins; the entry point of the last one has another name than its distribution."""
    make_plugin(site, "llada-red", plugin_source("red"))
    make_plugin(site, "Llada_Green", plugin_source("green"))
    make_plugin(site, "colours", plugin_source("blue"), entry_point="blue_one")
    return site


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ["blue", "green", "red"]),
        ({"LLADA_PLUGINS": ""}, []),
        ({"LLADA_PLUGINS": " , "}, []),
        ({"LLADA_PLUGINS": "red"}, ["red"]),
        ({"LLADA_PLUGINS": "llada-red, llada-green"}, ["green", "red"]),
        ({"LLADA_PLUGINS": "LLADA.RED,Llada__green,Blue-One"}, ["blue", "green", "red"]),
        ({"LLADA_PLUGINS_DISABLED": ""}, ["blue", "green", "red"]),
        ({"LLADA_PLUGINS_DISABLED": "BLUE.ONE,llada_red"}, ["green"]),
        ({"LLADA_PLUGINS_DISABLED": "colours"}, ["green", "red"]),
        ({"LLADA_PLUGINS": "red,blue-one", "LLADA_PLUGINS_DISABLED": "Llada_Red"}, ["blue"]),
    ],
)
def test_lists_take_distributions_and_entry_points_however_they_are_written(
    three: Path, caplog: pytest.LogCaptureFixture, environ: dict[str, str], expected: list[str]
) -> None:
    assert registry_of(three, environ=environ).list_algorithms() == expected
    assert warnings(caplog) == []


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"LLADA_PLUGINS_DISABLED": "trap"}, "blocked by LLADA_PLUGINS_DISABLED"),
        ({"LLADA_PLUGINS": "other", "LLADA_PLUGINS_DISABLED": "trap"}, "blocked by LLADA_PLUGINS_DISABLED"),
        ({"LLADA_PLUGINS": ""}, "not in LLADA_PLUGINS"),
    ],
)
def test_a_blocked_plugin_is_never_imported(site: Path, environ: dict[str, str], reason: str) -> None:
    witness = site / "was_imported"
    make_plugin(site, "llada-trap", f"open({str(witness)!r}, 'w')\n", requires=["llada-core>=99"])
    make_plugin(site, "llada-other", "raise SystemExit\n")
    registry = registry_of(site, environ=environ)
    assert not witness.exists()
    [record] = [record for record in registry.records if record.name == "trap"]
    assert (record.status, record.phase, record.reason) == ("blocked", "select", reason)


def test_blocking_is_no_warning(three: Path, caplog: pytest.LogCaptureFixture) -> None:
    registry_of(three, environ={"LLADA_PLUGINS": "red"})
    assert warnings(caplog) == []


def test_a_listed_name_that_nobody_has_is_warned_about_with_near_matches(
    three: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environ = {"LLADA_PLUGINS": "red,llada-gren", "LLADA_PLUGINS_DISABLED": "zzzzzz"}
    assert registry_of(three, environ=environ).list_algorithms() == ["red"]
    allow, deny = warnings(caplog)
    assert "LLADA_PLUGINS names 'llada-gren'" in allow
    assert "did you mean llada-green" in allow
    assert "LLADA_PLUGINS_DISABLED names 'zzzzzz'" in deny
    assert "installed: blue-one, colours, llada-green, llada-red, red" in deny


@pytest.mark.parametrize(
    ("value", "strict"), [("1", True), ("true", True), ("", False), ("0", False), ("False", False)]
)
def test_the_strict_variable(value: str, strict: bool) -> None:
    assert is_strict({"LLADA_PLUGINS_STRICT": value}) is strict
    assert is_strict({}) is False


@pytest.mark.parametrize("name", ["llada-red", "Llada.Red", "red", "blue_one"])
def test_required_plugins_that_are_loaded(three: Path, name: str) -> None:
    registry_of(three, required=[name])


def test_required_plugins_that_are_not_loaded_say_why(three: Path) -> None:
    make_plugin(three, "llada-broken", "import no_such_module_anywhere\n")
    make_plugin(three, "llada-new", "", requires=["llada-core>=99"])
    required = ["red", "broken", "llada-new", "llada.green", "llada-dual-cache", "prefix", "llada-rod"]
    with pytest.raises(PluginError) as caught:
        registry_of(three, required=required, environ={"LLADA_PLUGINS_DISABLED": "llada-green"})
    message = str(caught.value)
    assert message.startswith(
        "required plugins are not loaded: llada-broken 1.0 is failed: ModuleNotFoundErr"
    )
    assert "llada-new 1.0 is incompatible: needs llada-core>=99" in message
    assert "Llada_Green 1.0 is blocked: blocked by LLADA_PLUGINS_DISABLED" in message
    assert "llada-dual-cache is not installed (pip install llada-dual-cache)" in message
    assert "prefix is not installed (pip install llada-prefix-cache)" in message
    assert "llada-rod is not installed (did you mean llada-red" in message
    assert "red 1.0 is" not in message


def test_no_unknown_name_is_offered_for_installing(site: Path) -> None:
    with pytest.raises(PluginError) as caught:
        registry_of(site, required=["llada-basik"])
    assert str(caught.value) == "required plugins are not loaded: llada-basik is not installed"
