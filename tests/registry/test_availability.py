"""Whether an algorithm can run: who is asked, in which order, and what counts as no."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from llada_core import (
    Availability,
    Environment,
    GenerationAlgorithm,
    GenerationRegistry,
    ModelFacts,
    UnavailableError,
)
from llada_core.testing import importable, make_plugin, registry_of

Make = Callable[..., GenerationAlgorithm]
CACHED = ModelFacts(mask_id=1, context_length=64, vocab_size=64)
FOREIGN = ModelFacts(mask_id=1, context_length=64, vocab_size=64, cached=False)

PLUGIN = """
import time
from llada_core import AlgorithmSpec, Availability, GenerationAlgorithm, hookimpl

class Thing(GenerationAlgorithm):
    def generate(self, model, prompt, **kwargs):
        return prompt, 0

    def is_available(self):
        return {method}

@hookimpl
def llada_register_algorithms():
    return [AlgorithmSpec("thing", f"{{__name__}}:Thing", execution="whole_loop", needs_cache={needs_cache})]

@hookimpl
def llada_check_availability({parameters}):
    {hook}
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    with importable(tmp_path):
        yield tmp_path


def make(
    site: Path,
    hook: str,
    *,
    method: str = "True",
    parameters: str = "algorithm, environment",
    needs_cache: bool = False,
) -> GenerationRegistry:
    source = PLUGIN.format(hook=hook, method=method, parameters=parameters, needs_cache=needs_cache)
    make_plugin(site, "llada-thing", source)
    return registry_of(site, availability_limit=0.5)


def test_is_available_is_the_last_one_asked(registry: GenerationRegistry, looped: Make) -> None:
    registry.register(looped("yes"))
    registry.register(looped("no", answer=False))
    assert registry.availability("yes") == Availability(True)
    assert registry.availability("no") == Availability(False, "Looped.is_available() says no")
    assert registry.list_available_algorithms() == ["yes"]
    assert registry.get_algorithm_info("no")["available"] is False  # type: ignore[index]


def test_availability_goes_before_is_available(registry: GenerationRegistry, looped: Make) -> None:
    answer = Availability(False, "needs scipy", "pip install scipy")
    registry.register(looped("no", answer=answer))
    assert registry.availability("no") == answer


def test_availability_may_leave_it_to_is_available(registry: GenerationRegistry, looped: Make) -> None:
    class Open(looped):  # type: ignore[misc, valid-type]
        def availability(self) -> Any:
            return None

    registry.register(Open("yes"))
    registry.register(Open("no", answer=False))
    assert registry.list_available_algorithms() == ["yes"]
    assert registry.availability("no").reason == "its availability check says no, without a reason"


def test_the_hook_goes_before_the_class(site: Path) -> None:
    registry = make(site, "return Availability(False, 'the hook says no', 'wait')")
    assert registry.availability("thing") == Availability(False, "the hook says no", "wait")


def test_a_hook_that_says_yes_is_believed(site: Path) -> None:
    registry = make(site, "return Availability(True)", method="False")
    assert registry.availability("thing") == Availability(True)


def test_a_hook_without_an_answer_leaves_it_to_the_class(site: Path) -> None:
    assert make(site, "return None", method="False").availability("thing").reason == (
        "Thing.is_available() says no"
    )


def test_a_hook_may_leave_out_parameters(site: Path) -> None:
    registry = make(site, "return Availability(False, 'no ' + algorithm)", parameters="algorithm")
    assert registry.availability("thing").reason == "no thing"


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("1 / 0", "its availability check raised ZeroDivisionError: division by zero"),
        ("raise SystemExit(2)", "its availability check raised SystemExit: 2"),
        ("return True", "its availability check returned True, expected Availability or None"),
        ("return 'nonsense'", "its availability check returned 'nonsense', expected Availability or None"),
        ("return Availability(False)", "its availability check says no, without a reason"),
    ],
)
def test_a_hook_that_does_not_answer_means_no(site: Path, hook: str, reason: str) -> None:
    registry = make(site, hook)
    assert registry.availability("thing") == Availability(False, reason)
    assert registry.list_available_algorithms() == []
    [info] = registry.describe()
    assert (info.available, info.reason) == (False, reason)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (RuntimeError("odd"), "its availability check raised RuntimeError: odd"),
        (SystemExit(1), "its availability check raised SystemExit: 1"),
        ("maybe", "its availability check returned 'maybe', expected Availability or None"),
    ],
)
def test_a_class_that_does_not_answer_means_no_and_leaves_others_listed(
    registry: GenerationRegistry, looped: Make, answer: Any, reason: str
) -> None:
    registry.register(looped("odd", answer=answer))
    registry.register(looped("fine"))
    assert registry.availability("odd").reason == reason
    assert registry.list_available_algorithms() == ["fine"]


def test_a_check_that_hangs_is_not_asked_again_while_it_hangs(site: Path) -> None:
    registry = make(site, "time.sleep(60)")
    answer = Availability(False, "its availability check gives no answer within 0.5 s")
    assert registry.availability("thing") == answer
    start = time.monotonic()
    assert registry.availability("thing").reason == (
        "its availability check gives still no answer to an earlier question (limit 0.5 s)"
    )
    assert time.monotonic() - start < 0.4


def test_a_slow_check_is_asked_again_once_it_has_ended(registry: GenerationRegistry, looped: Make) -> None:
    go_on = threading.Event()

    class Slow(looped):  # type: ignore[misc, valid-type]
        def is_available(self) -> bool:
            return go_on.wait(60)

    registry.register(Slow("slow"))
    assert registry.availability("slow").ok is False
    go_on.set()
    deadline = time.monotonic() + 30
    while not registry.availability("slow").ok:
        assert time.monotonic() < deadline


def test_those_who_ask_at_once_share_one_question(registry: GenerationRegistry, looped: Make) -> None:
    """Else every request would leave a thread behind while a check hangs."""
    calls, go_on = [], threading.Event()

    class Slow(looped):  # type: ignore[misc, valid-type]
        def is_available(self) -> bool:
            calls.append(1)
            return go_on.wait(60)

    registry.register(Slow("slow"))
    answers: list[Availability] = []
    threads = [
        threading.Thread(target=lambda: answers.append(registry.availability("slow"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.ok for answer in answers] == [False] * 8
    assert len(calls) == 1
    go_on.set()


def test_questions_about_different_models_are_different_questions(site: Path) -> None:
    hook = "time.sleep(60) if environment.model else None; return Availability(True)"
    registry = make(site, hook)
    assert registry.availability("thing", CACHED).ok is False
    assert registry.availability("thing").ok is True


def test_only_the_owner_is_asked(site: Path) -> None:
    """Another plugin's hook must not answer for this one's algorithm."""
    make_plugin(
        site,
        "llada-aaa",
        PLUGIN.format(
            hook="return Availability(False, 'not yours')", method="True", parameters="", needs_cache=False
        ).replace('"thing"', '"aaa"'),
    )
    registry = make(site, "return None")
    make_plugin(site, "llada-zzz", "")
    assert registry.availability("thing").ok is True
    assert registry.availability("aaa").reason == "not yours"


@pytest.mark.parametrize(
    ("facts", "ok"), [(None, True), (CACHED, True), (FOREIGN, False)], ids=["none", "cached", "foreign"]
)
def test_an_algorithm_that_needs_a_cache_says_so_before_anybody_is_asked(
    site: Path, facts: ModelFacts | None, ok: bool
) -> None:
    registry = make(site, "return Availability(True)", needs_cache=True)
    answer = registry.availability("thing", facts)
    assert answer.ok is ok
    if not ok:
        assert "the loaded model only returns logits" in (answer.reason or "")
        assert "basic" in (answer.hint or "")


def test_the_hook_sees_the_model(site: Path) -> None:
    hook = "return Availability(False, f'{algorithm} {environment.model and environment.model.mask_id}')"
    registry = make(site, hook)
    assert registry.availability("thing").reason == "thing None"
    assert registry.availability("thing", CACHED).reason == "thing 1"


def test_without_loading_an_algorithm_that_was_not_imported_counts_as_available(site: Path) -> None:
    make_plugin(
        site,
        "llada-lazy",
        "from llada_core import AlgorithmSpec, hookimpl\n"
        "@hookimpl\ndef llada_register_algorithms(): return [AlgorithmSpec('lazy', 'no_such_module:X')]\n",
    )
    registry = registry_of(site)
    assert registry.availability("lazy", load=False) == Availability(True)
    answer = registry.availability("lazy")
    assert answer.ok is False
    assert "No module named 'no_such_module'" in (answer.reason or "")


def test_the_hook_is_asked_without_loading_too(site: Path) -> None:
    registry = make(site, "return Availability(False, 'the hook says no')")
    assert registry.availability("thing", load=False).reason == "the hook says no"


def test_check_available_raises_with_reason_and_hint(registry: GenerationRegistry, looped: Make) -> None:
    registry.register(looped("no", answer=Availability(False, "needs scipy", "pip install scipy")))
    registry.register(looped("yes"))
    registry.check_available("yes")
    with pytest.raises(UnavailableError) as caught:
        registry.check_available("NO")
    assert str(caught.value) == "algorithm 'no' is not available: needs scipy (pip install scipy)"
    assert caught.value.code == "algorithm_unavailable"


@pytest.mark.parametrize(
    ("requirements", "module", "expected"),
    [
        (["msgspec"], None, Availability(True)),
        (["MsgSpec>=0.1", "pluggy<99"], "json", Availability(True)),
        (
            ["no-such-distribution>=2"],
            None,
            Availability(
                False,
                "needs no-such-distribution>=2, which is not installed",
                "pip install 'no-such-distribution>=2'",
            ),
        ),
        (
            ["msgspec"],
            "no_such.module",
            Availability(
                False, "needs the module no_such.module, which cannot be found", "pip install 'msgspec'"
            ),
        ),
    ],
)
def test_requirements(requirements: list[str], module: str | None, expected: Availability) -> None:
    assert Environment().requires(*requirements, module=module) == expected


def test_a_version_that_is_too_old_is_named() -> None:
    environment = Environment()
    answer = environment.requires("msgspec>=99")
    found = environment.version("msgspec")
    assert answer.reason == f"needs msgspec>=99, but msgspec {found} is installed"
    assert answer.hint == "pip install 'msgspec>=99'"


def test_the_machine() -> None:
    environment = Environment()
    assert environment.devices[0] == "cpu"
    assert environment.python.startswith("3.")
    assert environment.version("no-such-distribution") is None
