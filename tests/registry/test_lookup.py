"""Names, aliases, unknown names, and taking a name over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from llada_core import (
    DenoisingAlgorithm,
    GenerationAlgorithm,
    GenerationRegistry,
    PluginError,
    UnknownNameError,
    UnmaskingRule,
)

Make = Callable[..., GenerationAlgorithm]


class Params(msgspec.Struct, frozen=True):
    """Parameters of its own."""

    sharpness: float = 1.0


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_names_are_found_whatever_their_case_and_dashes(registry: GenerationRegistry, planned: Make) -> None:
    mine = planned("dual_margin", aliases=("two-margin",))
    registry.register(mine)
    for name in ("dual_margin", "Dual-Margin", " DUAL_MARGIN ", "two_margin", "Two-Margin"):
        assert registry.get(name) is mine
        assert registry.resolve(name) == "dual_margin"


@pytest.mark.parametrize("name", ["nobody", "", ":", None, 3, ["list"]])
def test_get_of_an_unknown_name_is_none(registry: GenerationRegistry, planned: Make, name: Any) -> None:
    registry.register(planned())
    assert registry.get(name) is None
    assert registry.get_algorithm_info(name) is None


def test_other_lookups_of_an_unknown_name_say_what_there_is(
    registry: GenerationRegistry, planned: Make
) -> None:
    registry.register(planned("margin", aliases=("gap",)))
    registry.register(planned("other"))
    for lookup in (registry.resolve, registry.params_for, registry.availability, registry.check_available):
        with pytest.raises(UnknownNameError) as caught:
            lookup("Margn")
        assert str(caught.value) == (
            "no algorithm named 'Margn'; did you mean 'margin'?; installed: margin, other"
        )
        assert (caught.value.code, caught.value.field) == ("unknown_algorithm", "generation_algorithm")


def test_the_project_s_own_names_say_how_to_get_them(registry: GenerationRegistry) -> None:
    with pytest.raises(UnknownNameError, match="comes with llada-dual-cache: pip install llada-dual-cache"):
        registry.resolve("Double-Cache")
    with pytest.raises(UnknownNameError, match=r"no algorithm named 'zzz'; installed: none$"):
        registry.resolve("zzz")


def test_long_names_are_shortened_in_messages(registry: GenerationRegistry) -> None:
    with pytest.raises(UnknownNameError) as caught:
        registry.resolve("x" * 10_000)
    assert len(str(caught.value)) < 200


def test_listings_have_the_order_of_registration(registry: GenerationRegistry, planned: Make) -> None:
    for name in ("zebra", "apple", "mango"):
        registry.register(planned(name))
    assert registry.list_algorithms() == ["zebra", "apple", "mango"]


def test_registering_a_name_again_warns_and_replaces_in_place(
    registry: GenerationRegistry, planned: Make, caplog: pytest.LogCaptureFixture
) -> None:
    registry.register(planned("one", aliases=("uno", "shared")))
    registry.register(planned("two"))
    newer = planned("ONE", aliases=("eins",))
    registry.register(newer)
    assert warnings(caplog) == ["registering 'ONE' takes over from 'one' (this process)"]
    assert registry.list_algorithms() == ["ONE", "two"]
    for name in ("one", "uno", "shared", "eins"):
        assert registry.get(name) is newer


def test_an_alias_is_taken_from_whoever_had_it(
    registry: GenerationRegistry, planned: Make, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = planned("old", aliases=("short", "kept")), planned("new", aliases=("Short",))
    registry.register(old)
    registry.register(new)
    assert warnings(caplog) == ["registering 'new' takes over from 'old' (this process)"]
    assert registry.get("short") is new
    assert registry.get("kept") is old


def test_an_alias_does_not_beat_a_name(
    registry: GenerationRegistry, planned: Make, caplog: pytest.LogCaptureFixture
) -> None:
    real = planned("real")
    registry.register(real)
    registry.register(planned("other", aliases=("Real",)))
    assert registry.get("real") is real
    assert warnings(caplog) == ["alias 'Real' of 'other' is out of reach: it is another's name"]


def test_a_name_beats_an_alias_that_was_there_first(registry: GenerationRegistry, planned: Make) -> None:
    registry.register(planned("first", aliases=("late",)))
    late = planned("late")
    registry.register(late)
    assert registry.get("late") is late


def test_aliases_may_be_any_iterable_and_replace_the_instance_s_own(
    registry: GenerationRegistry, planned: Make
) -> None:
    registry.register(planned("one", aliases=("own",)), aliases=iter(["given", "more"]))
    registry.register(planned("two"), aliases="single")
    assert [registry.resolve(name) for name in ("given", "more", "single")] == ["one", "one", "two"]
    assert registry.get("own") is None


@pytest.mark.parametrize("wrong", [DenoisingAlgorithm, object(), None, "basic"])
def test_only_instances_are_registered(registry: GenerationRegistry, wrong: Any) -> None:
    with pytest.raises(TypeError, match="expected an instance of GenerationAlgorithm"):
        registry.register(wrong)


@pytest.mark.parametrize("name", ["", "  ", "a:b", None, 3])
def test_a_name_that_nobody_could_ask_for_is_refused(
    registry: GenerationRegistry, planned: Make, name: Any
) -> None:
    with pytest.raises(ValueError, match="Planned: expected a name that is not empty and has no colon"):
        registry.register(planned(name))
    with pytest.raises(ValueError, match="Planned: expected a name"):
        registry.register(planned("fine"), aliases=[name])


def test_own_parameters(registry: GenerationRegistry, planned: Make) -> None:
    registry.register(planned("tuned"), params=Params)
    registry.register(planned("plain"))
    assert registry.params_for("tuned") is Params
    assert registry.params_for("plain") is None


def test_own_parameters_are_checked_as_a_plugin_s_are(registry: GenerationRegistry, planned: Make) -> None:
    class Mutable(msgspec.Struct):
        sharpness: float = 1.0

    with pytest.raises(PluginError, match="frozen=True"):
        registry.register(planned("tuned"), params=Mutable)
    assert registry.list_algorithms() == []


def test_parameters_whose_types_cannot_be_resolved(registry: GenerationRegistry, planned: Make) -> None:
    class Local(msgspec.Struct, frozen=True):
        inner: Nowhere | None = None  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(PluginError, match="a field's type cannot be resolved: name 'Nowhere' is not defined"):
        registry.register(planned("tuned"), params=Local)


def test_clear(registry: GenerationRegistry, planned: Make) -> None:
    registry.register(planned("one", aliases=("uno",)))
    registry.clear()
    assert registry.list_algorithms() == []
    assert registry.get("uno") is None
    assert registry.list_rules() == ["schedule", "threshold", "factor"]


def test_info(registry: GenerationRegistry, looped: Make) -> None:
    registry.register(looped("one", aliases=("uno",)))
    assert registry.get_algorithm_info("UNO") == {
        "name": "one",
        "description": "the algorithm one",
        "available": True,
    }


def test_a_name_of_the_other_kind_says_so(registry: GenerationRegistry, planned: Make) -> None:
    registry.register(planned("stall_cache", aliases=("stall",)))
    with pytest.raises(
        UnknownNameError, match=r"""; 'schedule' is an unmasking rule: "unmasking": "schedule";"""
    ):
        registry.resolve("Schedule")
    said = r"""; 'stall_cache' is an algorithm: "generation_algorithm": "stall_cache"; installed: schedule,"""
    for lookup in (registry.get_rule, registry.rule_params_for, registry.rule_sweep_for):
        with pytest.raises(UnknownNameError, match=f"no unmasking rule named 'stall'{said}") as caught:
            lookup("stall")
        assert caught.value.field == "unmasking"
    with pytest.raises(UnknownNameError, match=said):
        registry.check_pairing("stall_cache", "stall_cache")


def test_whose_a_parameter_is(registry: GenerationRegistry, planned: Make) -> None:
    class Rule(UnmaskingRule):
        def select(self, obs, params, state):  # type: ignore[no-untyped-def]
            raise NotImplementedError

    assert registry.owners_of("sharpness") == ""
    registry.register_rule("narrow", Rule(), params=Params)
    assert registry.owners_of("sharpness") == (
        "a parameter of the unmasking rule 'narrow', which this request does not use; "
        'add "unmasking": "narrow"'
    )
    registry.register(planned("stall_cache"), params=Params)
    assert registry.owners_of("sharpness") == (
        "a parameter of the unmasking rule 'narrow' and of the algorithm 'stall_cache', "
        "which this request does not use; "
        'add "unmasking": "narrow" or "generation_algorithm": "stall_cache"'
    )
