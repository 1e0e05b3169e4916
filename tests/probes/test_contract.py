"""What the probes showed about the contract, each with the smallest algorithm that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest
import torch

from llada_core import (
    DenoisingAlgorithm,
    Engine,
    GenerationRegistry,
    Keep,
    ModelFacts,
    Observation,
    ParameterError,
    ParamsBatch,
    Plan,
    Progress,
    UnmaskingRule,
    Update,
    Window,
    build_request,
)
from llada_core.algorithm import Region
from llada_core.engine.events import Failed, Finished
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.unmasking import Schedule

from .conftest import Ask, MakeEngine, run
from .plans import Marks
from .rules import Klass, KlassParams, Stability
from .slow_model import SlowModel
from .slow_row import SlowRow

MASK = 310
Select = Callable[[Observation, Any], Update]


class Selecting(UnmaskingRule):
    """Does what a function says."""

    needs: ClassVar = frozenset({"sampled", "others", "confidence", "current", "gap", "entropy", "logits"})

    def __init__(self, select: Select) -> None:
        self._select = select

    def select(self, obs: Observation, params: Any, state: Any) -> Update:
        return self._select(obs, params)


class Whole(DenoisingAlgorithm):
    """Computes the whole canvas, and notes how far it was each time."""

    name = "whole"
    covers: Region = "canvas"

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Progress] = []

    def plan(self, progress: Progress) -> Plan:
        self.seen.append(progress)
        return Plan(Window.CANVAS)


def finish(
    model: LLaDAForMaskedDiffusion, select: Select | UnmaskingRule, *asked: dict[str, Any]
) -> tuple[list[Any], Whole]:
    """Run requests of `Whole` with one rule; how each finished, and the algorithm."""
    registry, algorithm = GenerationRegistry(), Whole()
    registry.register(algorithm)
    rule = select if isinstance(select, UnmaskingRule) else Selecting(select)
    registry.register_rule("probe", rule)
    requests = [
        build_request(
            registry,
            model.facts,
            {"gen_length": 8, "block_length": 4, "ignore_eos": True, "unmasking": "probe"} | values,
            id=str(n),
            algorithm="whole",
            prompt=(5, 6, 7),
        )[0]
        for n, values in enumerate(asked)
    ]
    found = run(Engine(model, registry=registry), *requests)
    return [found[request.id] for request in requests], algorithm


def test_rows_are_never_padded(model: LLaDAForMaskedDiffusion) -> None:
    shapes = []

    def select(obs: Observation, params: Any) -> Update:
        shapes.append(tuple(obs.masked.shape))
        assert obs.editable.all()
        return Schedule().select(obs, params, None)

    lengths = (4, 8, 4)
    finish(model, select, *({"block_length": n, "steps": 1} for n in lengths))
    assert sorted(shapes[:2]) == [(1, 8), (2, 4)]


@pytest.mark.parametrize("region", ["block", "canvas"])
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"temperature": 1.2, "seed": 4},
        {"temperature": 0.7, "top_k": 5, "top_p": 0.6},
        {"cfg_scale": 1.0, "temperature": 2.0},
    ],
)
def test_rescoring_the_models_logits_changes_nothing(
    model: LLaDAForMaskedDiffusion, values: dict[str, Any], region: Region
) -> None:
    compared = []

    def select(obs: Observation, params: Any) -> Update:
        again = obs.rescored(obs.logits, params)
        for name, value in obs.statistics.items():
            assert torch.equal(again.statistics[name], value), name
            compared.append(name)
        assert torch.equal(again.cost, obs.cost)
        return Schedule().select(obs, params, None)

    rescoring = type("Rescoring", (Selecting,), {"region": region})
    finish(model, rescoring(select), values, {}, {"temperature": 0.4, "top_k": 2})
    assert set(compared) == {*Selecting.needs}


def test_rescoring_never_draws_the_mask(model: LLaDAForMaskedDiffusion) -> None:
    def select(obs: Observation, params: Any) -> Update:
        logits = obs.logits.clone()
        logits[..., MASK] = 1e4
        logits[..., 77] = 1e3
        return Update(write=obs.eligible, tokens=obs.rescored(logits, params).sampled)

    events, _ = finish(model, select, {}, {"temperature": 1.0})
    assert [event.tokens for event in events] == [[77] * 8] * 2


def test_rescoring_leaves_what_was_not_computed(model: LLaDAForMaskedDiffusion) -> None:
    class Modest(Selecting):
        needs: ClassVar = frozenset({"sampled", "others"})

    def select(obs: Observation, params: Any) -> Update:
        again = obs.rescored(torch.zeros(*obs.masked.shape, 320), params)
        assert torch.equal(again.others, torch.where(obs.masked, 319.0, torch.inf))
        assert torch.equal(again.sampled, torch.where(obs.masked, 0, obs.token))
        return Schedule().select(obs, params, None)

    finish(model, Modest(select), {})


def test_a_block_that_is_current_again_starts_at_step_0(model: LLaDAForMaskedDiffusion) -> None:
    """A rule over the canvas masks the first position again once the second block has begun."""

    class Undo(Selecting):
        region: ClassVar[Region] = "canvas"
        revises: ClassVar = True

    def select(obs: Observation, params: Any) -> Update:
        first = obs.position == obs.position[:, :1]
        remask = first & (obs.forwards == 5)[:, None]
        return Update(Schedule().select(obs, params, None).write, remask=remask)

    (event,), algorithm = finish(model, Undo(select), {})
    steps = [(progress.block, progress.step_in_block) for progress in algorithm.seen]
    assert steps == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (0, 0), (1, 0), (1, 1)]
    assert event.forwards_per_block == [5, 4]


@pytest.mark.parametrize("warm_up", [1, 4])
def test_warm_up_forwards_never_end_a_short_canvas(make_engine: MakeEngine, ask: Ask, warm_up: int) -> None:
    event = run(make_engine(), ask(algorithm="vicinity", gen_length=1, warm_up=warm_up))["a"]
    assert event.nfe == warm_up + 1


def test_a_rewriting_that_goes_on_for_ever_ends(model: LLaDAForMaskedDiffusion) -> None:
    """From 3 forwards a token on nothing is masked again, and each forward commits."""

    class Regret(Selecting):
        revises: ClassVar = True

    def select(obs: Observation, params: Any) -> Update:
        return Update(Schedule().select(obs, params, None).write, remask=~obs.masked)

    (event,), _ = finish(model, Regret(select), {})
    assert 8 * 3 < event.nfe <= 8 * 4


def test_a_rule_that_never_writes_commits_the_surest_mask_a_forward(model: LLaDAForMaskedDiffusion) -> None:
    never, _ = finish(model, lambda obs, params: Update(torch.zeros_like(obs.masked)), {}, {"temperature": 1})
    one_a_step, _ = finish(model, Schedule(), {}, {"temperature": 1})
    assert never == one_a_step
    assert [event.nfe for event in never] == [8, 8]


@pytest.mark.parametrize(
    ("values", "nfe"), [({}, 8), ({"steps": 2}, 2), ({"threshold": 0.0}, 1), ({"factor": 1e6}, 1)]
)
def test_an_own_step_can_begin_with_the_requests_rule(
    make_engine: MakeEngine, ask: Ask, values: dict[str, Any], nfe: int
) -> None:
    mine = ask(algorithm="delayed_cache", gen_length=8, block_length=8, **values)
    other = ask(id="b", algorithm="delayed_cache", gen_length=8, block_length=8, steps=4)
    found = run(make_engine(), mine, other)
    assert (found["a"].nfe, found["b"].nfe) == (nfe, 4)


def test_rules_over_the_canvas_need_plans_over_the_canvas(ask: Ask, model: LLaDAForMaskedDiffusion) -> None:
    canvas_rule = type("OverCanvas", (Selecting,), {"region": "canvas"})
    rule = canvas_rule(lambda obs, params: Update(obs.masked & obs.editable))
    (event,), _ = finish(model, rule, {})
    assert event.nfe == 1
    for algorithm in ("dual_cache", "delayed_cache"):
        with pytest.raises(ParameterError, match=f"prophet.*{algorithm}"):
            ask(algorithm=algorithm, unmasking="prophet")


class OnlyMasks(DenoisingAlgorithm):
    """Recomputes the block's masks only, keeping what it is told to."""

    name = "only_masks"

    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self._keep = keep

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Marks:
        return Marks(torch.ones(rows, width, dtype=torch.bool))

    def plan(self, progress: Progress) -> Plan:
        if progress.forwards < 2:
            return Plan(Window.CANVAS, Keep.ALL, commit=False)
        return Plan(Window.STATE, self._keep)

    def step(self, obs: Observation, params: ParamsBatch, state: Marks) -> Update:
        update = super().step(obs, params, state)
        return replace(update, state=Marks(obs.masked & ~update.write))


@pytest.mark.parametrize("keep", Keep)
@pytest.mark.parametrize("cfg_scale", [0.0, 0.8])
def test_marks_last_over_warm_ups_and_start_anew_with_the_block(
    model: LLaDAForMaskedDiffusion, slow_model: SlowModel, keep: Keep, cfg_scale: float
) -> None:
    registry = GenerationRegistry()
    registry.register(OnlyMasks(keep))
    values = {"gen_length": 12, "block_length": 4, "ignore_eos": True, "steps": 9, "cfg_scale": cfg_scale}
    request, _ = build_request(
        registry, model.facts, values, id="a", algorithm="only_masks", prompt=(8, 9), suffix=(1,)
    )
    event = run(Engine(model, registry=registry), request)["a"]
    row = SlowRow(slow_model, request)
    for _ in range(2):
        row.look(range(len(row.canvas)))
    while row.masked:
        row.enter_block()
        row.look(sorted(row.masked & set(row.block)), keep=keep is Keep.ALL)
        row.commit(row.scheduled())
    assert (event.tokens, event.nfe) == (row.generated, row.forwards)


class Fragile(Klass):
    """Fails at the third forward of a batch that holds seed 13."""

    def select(self, obs: Observation, params: ParamsBatch, state: Stability) -> Update:
        if bool(((obs.seed == 13) & (obs.forwards == 2)).any()):
            raise RuntimeError("seed 13")
        return super().select(obs, params, state)


def test_a_row_whose_rule_fails_fails_alone_and_the_others_keep_their_state(
    model: LLaDAForMaskedDiffusion, registry: GenerationRegistry, ask: Ask
) -> None:
    own = {"unmasking": "klass", "conf_threshold": 0.05, "kl_threshold": 0.3}
    good = [ask(id=str(n), prompt=(n,), seed=n, temperature=0.5, **own) for n in range(3)]
    expected: dict[str, Finished] = {}
    for request in good:
        expected |= run(Engine(model, registry=registry), request)
    fragile = GenerationRegistry()
    fragile.load_plugins()
    fragile.register_rule("klass", Fragile(), params=KlassParams)
    engine = Engine(model, registry=fragile)
    for request in (ask(id="bad", seed=13, **own), *good):
        engine.add(request)
    events = []
    while engine.has_work():
        events += engine.step()
    assert [e.request_id for e in events if isinstance(e, Failed)] == ["bad"]
    assert {e.request_id: e for e in events if isinstance(e, Finished)} == expected


class Coin(UnmaskingRule):
    """Commits by chance, and by chance undoes."""

    revises: ClassVar = True

    def select(self, obs: Observation, params: Any, state: Any) -> Update:
        return Update(obs.eligible & (obs.uniform() < 0.4), remask=~obs.masked & (obs.uniform(1) < 0.2))


def test_a_rules_own_chance_depends_on_the_seed_alone(model: LLaDAForMaskedDiffusion) -> None:
    asked = [{"seed": seed, "gen_length": 4 * (1 + seed % 3)} for seed in (1, 2, 3, 1)]
    together, _ = finish(model, Coin(), *asked)
    for event, values in zip(together, asked, strict=True):
        (alone,), _ = finish(model, Coin(), values)
        assert (alone.tokens, alone.nfe) == (event.tokens, event.nfe)
    forwards = {finish(model, Coin(), {"seed": seed, "gen_length": 32})[0][0].nfe for seed in range(4)}
    assert len(forwards) > 1
