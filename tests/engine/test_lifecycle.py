"""Requests in and out: admission, cancelling, early stop, previews, failing alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from llada_core import ContextLengthError, ParameterError, UnknownNameError
from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.events import Commit, Preview
from llada_core.model import LLaDAForMaskedDiffusion

from .conftest import Ask, MakeEngine, Run, run

MASK, END = 310, 305


@pytest.mark.parametrize("algorithm", ["basic", "prefix_cache", "dual_cache"])
@pytest.mark.parametrize("guided", [0.0, 1.0])
def test_cancel_at_every_step_leaves_a_clean_engine(
    make_engine: MakeEngine, ask: Ask, algorithm: str, guided: float
) -> None:
    victim = ask(id="victim", algorithm=algorithm, prompt=(1, 2), cfg_scale=guided)
    other = ask(id="other", algorithm=algorithm, temperature=1.0, seed=3)
    alone = run(make_engine(), other).tokens("other")
    for step in range(18):
        engine = make_engine()
        found = Run()
        engine.add(victim)
        engine.add(other)
        for _ in range(step):
            found.take(engine.step())
        cancelled = engine.cancel("victim")
        assert cancelled == ("victim" not in found.finished)
        assert not engine.cancel("victim")
        while engine.has_work():
            found.take(engine.step())
        assert found.tokens("other") == alone
        assert engine.stats().kv_tokens_used == 0
        assert engine.stats().cancelled == cancelled


def test_cancelled_while_waiting(make_engine: MakeEngine, ask: Ask) -> None:
    engine = make_engine(max_rows=1)
    engine.add(ask(id="a"))
    engine.add(ask(id="b"))
    engine.step()
    assert engine.stats().waiting_by_algorithm == {"dual_cache": 1}
    assert engine.cancel("b")
    found = run(engine)
    assert set(found.finished) == {"a"}
    engine.add(ask(id="b"))
    assert set(run(engine).finished) == {"b"}


def test_a_start_is_told_before_the_first_forward(
    model: LLaDAForMaskedDiffusion, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    seen: list[list[str]] = []
    hidden = model.hidden
    monkeypatch.setattr(model, "hidden", lambda packed: (seen.append(list(started)), hidden(packed))[1])
    engine = Engine(model, config=EngineConfig(max_rows=2), on_start=started.append)
    for id in "abc":
        engine.add(ask(id=id))
    assert started == []
    engine.step()
    assert started == ["a", "b"]
    assert seen[0] == ["a", "b"]
    engine.cancel("a")
    engine.step()
    assert started == ["a", "b", "c"]


def test_waits_and_steps_are_timed(make_engine: MakeEngine, ask: Ask) -> None:
    engine = make_engine(max_rows=1)
    for id, algorithm in (("a", "basic"), ("b", "dual_cache"), ("c", "basic")):
        engine.add(ask(id=id, algorithm=algorithm))
    engine.step()
    assert engine.stats().running_by_algorithm == {"basic": 1}
    assert engine.cancel("c")
    early = engine.stats()
    run(engine)
    stats = engine.stats()
    waits = {name: sum(found.counts) for name, found in stats.queue_seconds.items()}
    steps = {name: sum(found.counts) for name, found in stats.step_seconds.items()}
    assert waits == {"basic": 1, "dual_cache": 1}
    assert set(steps) == {"basic", "dual_cache"}
    assert sum(steps.values()) == stats.ticks
    # "b" waited until the steps of "a" were over.
    assert stats.queue_seconds["dual_cache"].total > stats.step_seconds["basic"].total > 0
    assert sum(early.step_seconds["basic"].counts) == 1, "a snapshot stays as it was"


def test_an_id_runs_once(make_engine: MakeEngine, ask: Ask) -> None:
    engine = make_engine(max_rows=1)
    for id in ("a", "b"):
        engine.add(ask(id=id))
        with pytest.raises(ParameterError, match="running already"):
            engine.add(ask(id=id))
        engine.step()
        with pytest.raises(ParameterError, match="running already"):
            engine.add(ask(id=id))


class Biased(torch.nn.Module):
    """The golden model with some tokens likelier: a bias on the logits."""

    def __init__(self, inner: LLaDAForMaskedDiffusion, bias: dict[int, float]) -> None:
        super().__init__()
        self.inner = inner
        self.facts = inner.facts
        self.kv_shape = inner.kv_shape
        self.device, self.dtype = inner.device, inner.dtype
        self.bias = torch.zeros(320)
        for token, value in bias.items():
            self.bias[token] = value

    def hidden(self, packed: Any) -> torch.Tensor:
        return self.inner.hidden(packed)

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        return self.inner.head(hidden) + self.bias


def test_early_stop(model: LLaDAForMaskedDiffusion, ask: Ask) -> None:
    engine = Engine(Biased(model, {END: 100.0}), config=EngineConfig())
    stopped = run(engine, ask(gen_length=32, block_length=8, ignore_eos=False))
    event = stopped.finished["a"]
    assert event.forwards_per_block == [8, 0, 0, 0]
    assert event.tokens == [END] * 32
    assert event.reason == "stop"
    assert stopped.commits["a"] == event.tokens
    through = run(engine, ask(gen_length=32, block_length=8, ignore_eos=True)).finished["a"]
    assert (through.nfe, through.reason) == (32, "stop")


def test_no_early_stop_where_text_is_fixed_behind(model: LLaDAForMaskedDiffusion, ask: Ask) -> None:
    engine = Engine(Biased(model, {END: 100.0}), config=EngineConfig())
    event = run(engine, ask(gen_length=16, block_length=8, ignore_eos=False, suffix=(1, 2))).finished["a"]
    assert event.nfe == 16


def test_no_stop_before_a_block_is_complete(model: LLaDAForMaskedDiffusion, ask: Ask) -> None:
    engine = Engine(Biased(model, {END: 100.0}), config=EngineConfig())
    engine.add(ask(gen_length=16, block_length=8, ignore_eos=False))
    for _ in range(7):
        assert not any(type(event).__name__ == "Finished" for event in engine.step())


@pytest.mark.parametrize("algorithm", ["basic", "prefix_cache", "dual_cache"])
@pytest.mark.parametrize(
    "rule", [{}, {"steps": 2}, {"threshold": 0.5}, {"factor": 1.0}, {"temperature": 2.0}]
)
def test_a_model_that_predicts_the_mask_terminates(
    model: LLaDAForMaskedDiffusion, ask: Ask, algorithm: str, rule: dict[str, float]
) -> None:
    engine = Engine(Biased(model, {MASK: 1000.0}), config=EngineConfig())
    found = run(engine, ask(algorithm=algorithm, **rule))
    assert MASK not in found.tokens()
    assert found.finished["a"].nfe <= 16


@pytest.mark.parametrize("algorithm", ["basic", "prefix_cache", "dual_cache"])
@pytest.mark.parametrize("rule", [{}, {"steps": 2}, {"threshold": 0.01}, {"factor": 5.0}])
def test_the_mask_id_in_a_prompt_is_just_an_id(
    make_engine: MakeEngine, ask: Ask, algorithm: str, rule: dict[str, float]
) -> None:
    request = ask(algorithm=algorithm, prompt=(MASK, 4, MASK), suffix=(MASK,), preview=True, **rule)
    found = run(make_engine(), request)
    assert MASK not in found.tokens()
    positions = [c.position for e in found.events if isinstance(e, Preview) for c in e.changes]
    assert sorted(positions) == list(range(16))


@pytest.mark.parametrize("rule", [{"threshold": 0.9, "steps": 2}, {"factor": 0.3, "steps": 2}])
def test_dual_cache_with_few_steps_leaves_no_mask(
    make_engine: MakeEngine, ask: Ask, rule: dict[str, float]
) -> None:
    assert MASK not in run(make_engine(), ask(**rule)).tokens()


def test_commits_come_as_they_become_final(make_engine: MakeEngine, ask: Ask) -> None:
    found = run(make_engine(), ask(algorithm="basic", gen_length=32, block_length=8))
    commits = [event for event in found.events if isinstance(event, Commit)]
    assert len(commits) > 4
    assert found.commits["a"] == found.tokens()


def test_previews_only_on_request_and_complete(make_engine: MakeEngine, ask: Ask) -> None:
    found = run(make_engine(), ask(id="shown", preview=True, threshold=0.2), ask(id="plain"))
    canvas = [MASK] * 16
    forwards = []
    for event in found.events:
        if isinstance(event, Preview):
            assert event.request_id == "shown"
            for change in event.changes:
                assert change.kind == "commit"
                assert change.confidence is not None
                assert 0 < change.confidence <= 1
                canvas[change.position] = change.token
                forwards.append(change.forward)
    assert canvas == found.tokens("shown")
    assert set(forwards) == set(range(1, found.finished["shown"].nfe + 1))


class Poisoned(Biased):
    """Gives NaN for rows whose prompt begins with token 13."""

    def hidden(self, packed: Any) -> torch.Tensor:
        hidden = self.inner.hidden(packed)
        wanted = torch.arange(len(packed.tokens)) if packed.wanted is None else packed.wanted
        start = 0
        for length in packed.lengths:
            if packed.tokens[start] == 13:
                hidden[(wanted >= start) & (wanted < start + length)] = torch.nan
            start += length
        return hidden


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_row_that_is_not_finite_fails_alone(
    model: LLaDAForMaskedDiffusion, make_engine: MakeEngine, ask: Ask, temperature: float
) -> None:
    engine = Engine(Poisoned(model, {}), config=EngineConfig())
    good = ask(id="good", algorithm="basic", prompt=(1, 2), temperature=temperature)
    found = run(engine, ask(id="bad", algorithm="basic", prompt=(13, 2), temperature=temperature), good)
    assert found.failed["bad"].code == "nan_logits"
    assert "forward 1" in found.failed["bad"].message
    assert found.finished["good"] == run(make_engine(), good).finished["good"]
    assert engine.stats().failed == 1


def test_a_canvas_that_can_never_fit_is_refused(make_engine: MakeEngine, ask: Ask) -> None:
    engine = make_engine(kv_tokens=24)
    with pytest.raises(ContextLengthError, match=r"canvas of 35 .* pool of 24") as error:
        engine.add(ask(gen_length=32))
    assert error.value.field == "max_tokens"
    with pytest.raises(ContextLengthError, match="twice, for guidance"):
        engine.add(ask(gen_length=16, cfg_scale=1.0))
    run(engine, ask(algorithm="basic", gen_length=32)).tokens()
    with pytest.raises(ContextLengthError, match=r"253 .* 269 .* 256|prompt of 253"):
        ask(prompt=(1,) * 253)


def test_an_unknown_algorithm_is_refused(make_engine: MakeEngine, ask: Ask) -> None:
    import msgspec

    with pytest.raises(UnknownNameError, match="dual_cach"):
        make_engine().add(msgspec.structs.replace(ask(), algorithm="dual_cach"))


def test_the_pool_bounds_what_runs_at_once(make_engine: MakeEngine, ask: Ask) -> None:
    engine = make_engine(kv_tokens=50, max_rows=8)
    requests = [ask(id=str(n)) for n in range(6)]
    for request in requests:
        engine.add(request)
    most = 0
    while engine.has_work():
        engine.step()
        stats = engine.stats()
        most = max(most, stats.running)
        assert stats.kv_tokens_used <= 50
    assert most == 2
    assert engine.stats().finished == 6


def test_no_algorithm_starves(make_engine: MakeEngine, ask: Ask) -> None:
    """A steady stream of basic requests does not keep one dual_cache request from its turns."""
    engine = make_engine(max_rows=4)
    for n in range(4):
        engine.add(ask(id=f"basic{n}", algorithm="basic", gen_length=64))
    engine.add(ask(id="dual"))
    found, added = Run(), 4
    for _ in range(400):
        found.take(engine.step())
        if "dual" in found.finished:
            return
        while engine.stats().running + engine.stats().waiting < 6:
            engine.add(ask(id=f"basic{added}", algorithm="basic", gen_length=64))
            added += 1
    raise AssertionError("dual_cache never finished")


@pytest.mark.parametrize("algorithm", ["basic", "prefix_cache", "dual_cache"])
def test_a_canvas_without_a_prompt(make_engine: MakeEngine, ask: Ask, algorithm: str) -> None:
    assert MASK not in run(make_engine(), ask(algorithm=algorithm, prompt=())).tokens()


def test_extents_in_any_order(make_engine: MakeEngine, ask: Ask) -> None:
    """A request that came first may lie behind one that came later."""
    engine = make_engine(max_rows=2)
    engine.add(ask(id="gone"))
    engine.add(ask(id="first", prompt=(1, 2, 3)))
    engine.step()
    engine.cancel("gone")
    found = run(engine, ask(id="second", prompt=(4, 5, 6)))
    for id, prompt in (("first", (1, 2, 3)), ("second", (4, 5, 6))):
        assert found.tokens(id) == run(make_engine(), ask(id=id, prompt=prompt)).tokens(id)
