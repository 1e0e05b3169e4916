"""Names that plugins may claim: the project's own are protected, others are ambiguous if claimed twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from llada_core import AmbiguousNameError, GenerationRegistry
from llada_core.plugins import installed
from llada_core.plugins.first_party import OWNERS
from llada_core.testing import make_plugin, registry_of

Source = Callable[..., str]


@pytest.mark.parametrize("name", [*OWNERS, "dual-cache"])
def test_nobody_takes_over_a_name_of_the_project(site: Path, plugin_source: Source, name: str) -> None:
    make_plugin(site, "llada-rogue", plugin_source(name))
    make_plugin(site, "llada-good", plugin_source("good"))
    registry = registry_of(site)
    assert registry.list_algorithms() == ["good"]
    owner = OWNERS[name.replace("-", "_")]
    assert registry.records[1].status == "failed"
    assert registry.records[1].reason == f"the algorithm name {name!r} belongs to {owner}; choose another"


def test_the_project_s_own_distribution_may_have_them(site: Path, plugin_source: Source) -> None:
    source = plugin_source("dual_cache", aliases=("dual", "double_cache", "twofold"))
    make_plugin(site, "Llada_Dual_Cache", source, package="fake_dual")
    registry = registry_of(site)
    assert [registry.resolve(n) for n in ("DUAL", "double-cache", "twofold")] == ["dual_cache"] * 3


def test_an_alias_of_the_project_is_dropped_with_a_warning(
    site: Path, plugin_source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    make_plugin(site, "llada-rogue", plugin_source("rogue", aliases=("simple", "mine")))
    registry = registry_of(site)
    [record] = registry.records
    assert record.status == "loaded"
    assert record.warnings == ("alias 'simple' of 'rogue' dropped: it belongs to llada-basic",)
    assert "alias 'simple' of 'rogue' dropped" in caplog.text
    [info] = registry.describe(load=False)
    assert info.aliases == ("mine",)


@pytest.mark.parametrize("name", ["schedule", "threshold", "factor"])
def test_the_core_s_rules_are_its_own(site: Path, name: str) -> None:
    make_plugin(
        site,
        "llada-rogue",
        "from llada_core import UnmaskingRuleSpec, hookimpl\n"
        f"@hookimpl\ndef llada_register_unmasking_rules(): return [UnmaskingRuleSpec({name!r}, 'x:X')]\n",
    )
    [record] = registry_of(site).records
    assert record.reason == f"the unmasking rule {name!r} belongs to llada-core; choose another name"


def test_two_plugins_with_one_name_stay_usable_by_their_qualified_names(
    site: Path, plugin_source: Source
) -> None:
    make_plugin(site, "llada-ours", plugin_source("margin"), version="1.1")
    make_plugin(site, "Llada_Theirs", plugin_source("Margin".lower(), aliases=("gap",)), version="2.0")
    registry = registry_of(site)
    assert registry.list_algorithms() == ["llada-ours:margin", "Llada_Theirs:margin"]
    with pytest.raises(AmbiguousNameError) as caught:
        registry.resolve("margin")
    assert str(caught.value) == (
        "algorithm 'margin' is provided by llada-ours 1.1 and Llada_Theirs 2.0: "
        "ask for 'llada-ours:margin' or 'Llada_Theirs:margin'"
    )
    assert caught.value.code == "ambiguous_algorithm"
    assert registry.resolve("LLADA_OURS:MARGIN") == "llada-ours:margin"
    assert registry.resolve("llada-theirs:gap") == "Llada_Theirs:margin"
    assert registry.resolve("gap") == "Llada_Theirs:margin"
    assert registry.resolve("llada-ours:margin") == "llada-ours:margin"


def test_ambiguity_does_not_depend_on_the_order_of_loading(site: Path, plugin_source: Source) -> None:
    make_plugin(site, "llada-aa", plugin_source("margin", aliases=("gap",)))
    make_plugin(site, "llada-bb", plugin_source("gap"))
    make_plugin(site, "llada-cc", plugin_source("margin"))
    found = list(installed([str(site)]))
    for order in (found, found[::-1]):
        registry = GenerationRegistry()
        registry.load_plugins(lambda order=order: order, {})
        assert registry.list_algorithms() == ["llada-aa:margin", "gap", "llada-cc:margin"]
        assert registry.resolve("gap") == "gap"


def test_two_rules_with_one_name(site: Path) -> None:
    for name in ("llada-aa", "llada-bb"):
        source = (
            "from llada_core import UnmaskingRuleSpec, hookimpl\n"
            "@hookimpl\ndef llada_register_unmasking_rules(): return [UnmaskingRuleSpec('margin', 'x:X')]\n"
        )
        make_plugin(site, name, source)
    registry = registry_of(site)
    assert registry.list_rules()[3:] == ["llada-aa:margin", "llada-bb:margin"]
    with pytest.raises(AmbiguousNameError) as caught:
        registry.rule_params_for("margin")
    assert (caught.value.code, caught.value.field) == ("ambiguous_unmasking_rule", "unmasking")


def test_loading_is_quiet_if_all_is_well(
    site: Path, plugin_source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    make_plugin(site, "llada-good", plugin_source("good"))
    with caplog.at_level(logging.INFO, "llada_core"):
        registry_of(site)
    assert caplog.records == []
