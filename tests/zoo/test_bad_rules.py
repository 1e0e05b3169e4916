"""Rules that misbehave in the real engine: what their request gets, and that its neighbours notice nothing.

The whole zoo, against a server, is test_bad_plugins.py. Plugins that cannot load are also covered by
tests/plugins/test_isolation.py, availability by tests/registry/test_availability.py, scripts with a loop
of their own by tests/engine/test_whole_loop.py.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch

from llada_core import Observation, ParamsBatch, UnmaskingRule, Update
from llada_core.engine.events import Event, Failed, Finished
from llada_core.testing import Subject

from .endings import run_all

MASK = 60


class Raises(UnmaskingRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        raise RuntimeError("out of ideas")


class WrongShape(UnmaskingRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible[:, :-1])


class WrongType(UnmaskingRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.cost)


class NoUpdate(UnmaskingRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Any:
        return obs.eligible


class NeverWrites(UnmaskingRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=torch.zeros_like(obs.eligible))


class WritesEverywhere(UnmaskingRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=torch.ones_like(obs.eligible))


class SeedsTheGenerator(UnmaskingRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        torch.default_generator.set_state(torch.Generator().manual_seed(1).get_state())
        return Update(write=obs.eligible)


def run(subject: Subject, *, with_the_bad_one: bool) -> dict[str, Event]:
    """How each request ended: the one under the rule, and two of the schedule, of which one is behind it."""
    wanted = (("before", "schedule"), ("bad", subject.rule), ("behind", "schedule"))
    return run_all(
        subject,
        *(
            subject.request(name, prompt=(3, 1, len(name)), unmasking=rule, temperature=1.0, seed=5)
            for name, rule in wanted
            if name != "bad" or with_the_bad_one
        ),
    )


def neighbours(ended: dict[str, Event]) -> dict[str, list[int]]:
    return {name: list(event.tokens) for name, event in ended.items() if name != "bad"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Raises, "out of ideas"),
        (WrongShape, "write"),
        (WrongType, "write"),
        (NoUpdate, "Update"),
    ],
)
def test_what_a_rule_does_wrong_costs_its_request_alone(rule: type[UnmaskingRule], words: str) -> None:
    subject = Subject.of(rule())
    alone, beside = (run(subject, with_the_bad_one=with_it) for with_it in (False, True))
    failed = beside["bad"]
    assert isinstance(failed, Failed)
    assert failed.code == "algorithm_error"
    assert words in failed.message
    assert rule.__name__ in failed.message
    assert neighbours(beside) == neighbours(alone)


@pytest.mark.parametrize("rule", [NeverWrites, WritesEverywhere, SeedsTheGenerator])
def test_what_the_engine_puts_right(rule: type[UnmaskingRule]) -> None:
    subject = Subject.of(rule())
    with torch.random.fork_rng(devices=[]):
        alone, beside = (run(subject, with_the_bad_one=with_it) for with_it in (False, True))
    finished = beside["bad"]
    assert isinstance(finished, Finished)
    assert len(finished.tokens) == 12
    assert MASK not in finished.tokens
    assert neighbours(beside) == neighbours(alone)
