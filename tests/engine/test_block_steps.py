"""Steps over buffers that never move, and steps ahead: the same tokens as without them.

On the CPU nothing is captured; buffers, empty rows, the choice of positions and the steps ahead are as on a
GPU. The property test of `test_invariance` runs this way too.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import torch

from llada_core.engine import block_steps
from llada_core.engine.block_batch import BlockBatch
from llada_core.engine.engine import Engine
from llada_core.engine.events import Preview
from llada_core.engine.graphs import Graphs
from llada_core.kv_cache import KVPool
from llada_core.observation import Observation, ParamsBatch, Update
from llada_core.unmasking import Schedule, UnmaskingRule

from .conftest import Ask, MakeEngine, Run, run

SETTINGS: list[dict[str, Any]] = [
    {"steps": 8},
    {"steps": 5, "temperature": 0.8, "seed": 3},
    {"threshold": 0.02},
    {"factor": 0.9},
    {"steps": 8, "remasking": "random", "seed": 9},
    {"steps": 6, "top_k": 4, "temperature": 1.0},
]


@pytest.fixture(params=[1, 256])
def compact(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """From how many positions on logits are computed of masks alone."""
    monkeypatch.setattr(block_steps, "COMPACT", request.param)
    return int(request.param)


def counted(engine: Engine) -> list[int]:
    """Rows that were computed ahead, a number a step, filled as the engine runs."""
    blocks = engine._runner.blocks
    assert blocks is not None
    found: list[int] = []
    step = blocks.step

    def counting(*arguments: Any) -> Any:
        result = step(*arguments)
        found.append(len(blocks.ahead))
        return result

    blocks.step = counting  # type: ignore[method-assign]
    return found


@pytest.mark.parametrize("algorithm", ["basic", "prefix_cache", "dual_cache", "dkv"])
@pytest.mark.parametrize("values", SETTINGS, ids=str)
def test_same_tokens(
    make_engine: MakeEngine, ask: Ask, algorithm: str, values: dict[str, Any], compact: int
) -> None:
    requests = [
        ask(id=str(n), algorithm=algorithm, prompt=tuple(range(3 + n, 9 + 2 * n)), **values) for n in range(5)
    ]
    plain = run(make_engine(max_rows=5), *requests)
    for captured in (True, False):
        found = run(make_engine(max_rows=5, block_steps=True, capture_rules=captured), *requests)
        assert found.finished == plain.finished
        assert found.commits == plain.commits


def test_steps_run_ahead_where_their_number_is_known(make_engine: MakeEngine, ask: Ask) -> None:
    engine = make_engine(block_steps=True)
    ahead = counted(engine)
    run(engine, ask(gen_length=8, block_length=8, steps=8))
    assert ahead == [1, 1, 1, 1, 1, 1, 0] or ahead == [0, 1, 1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize("threshold", [0.9, 0.02, 0.005])
def test_steps_run_ahead_once_it_is_known_that_all_rows_go_on(
    make_engine: MakeEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch, threshold: float
) -> None:
    """With a threshold as soon as the step before is read; a step that nobody wants is never begun."""
    requests = [
        ask(id=str(n), prompt=tuple(range(3 + n, 9)), gen_length=8, block_length=8, threshold=threshold)
        for n in range(3)
    ]
    plain = run(make_engine(), *requests)
    engine = make_engine(block_steps=True)
    ahead = counted(engine)
    begun: list[int] = []
    blocks = engine._runner.blocks
    assert blocks is not None
    start = blocks._run
    monkeypatch.setattr(blocks, "_run", lambda rows, *rest: begun.append(len(rows)) or start(rows, *rest))
    found = run(engine, *requests)
    assert found.finished == plain.finished
    assert sum(begun) == sum(end.nfe for end in found.finished.values())
    # After the refresh, up to the step that the first row ends with.
    together = min(end.nfe for end in found.finished.values()) - 1
    assert ahead[1:together] == [3] * (together - 1)
    assert together == (7 if threshold == 0.9 else together)


def test_nobody_waits_for_a_step_ahead(make_engine: MakeEngine, ask: Ask) -> None:
    """Who arrives has the next turn but one, and nothing is computed twice."""
    first = ask(id="first", gen_length=16, block_length=16, steps=16)
    second = ask(id="second", gen_length=8, block_length=8, steps=2)
    alone = run(make_engine(), first).finished["first"]
    engine, found = make_engine(block_steps=True), Run()
    engine.add(first)
    for _ in range(4):
        found.take(engine.step())
    assert engine._runner.ahead
    engine.add(second)
    steps = 0
    while "second" not in found.finished:
        found.take(engine.step())
        steps += 1
    assert steps <= 6
    while engine.has_work():
        found.take(engine.step())
    assert found.finished["first"] == alone


@pytest.mark.parametrize("when", range(1, 7))
def test_cancelled_while_a_step_runs_ahead(make_engine: MakeEngine, ask: Ask, when: int) -> None:
    stays = ask(id="stays", prompt=(9, 8, 7, 6), steps=16)
    alone = run(make_engine(), stays).finished["stays"]
    engine, found = make_engine(block_steps=True), Run()
    engine.add(ask(id="goes", steps=16))
    engine.add(stays)
    for _ in range(when):
        found.take(engine.step())
    assert engine.cancel("goes")
    while engine.has_work():
        found.take(engine.step())
    assert found.finished == {"stays": alone}
    later = run(engine, ask(id="later", prompt=(9, 8, 7, 6), steps=16))
    assert later.finished["later"].tokens == alone.tokens
    assert engine.stats().kv_tokens_used == 0


class Liar(Schedule):
    """Says that it commits one position a step, and commits what it likes."""

    def quota(self, masked_at_block_start: int, step_in_block: int, steps_in_block: int, params: Any) -> int:
        return 1

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        odd = obs.step_in_block[:, None] % 2 == 1
        return Update(write=obs.eligible & (odd | (obs.position % 3 == 0)))


class Raises(UnmaskingRule):
    """Fails in rows whose seed is 13."""

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        if (obs.seed == 13).any():
            raise ValueError("thirteen")
        return Update(write=obs.eligible & (obs.others <= obs.others.amin(1, keepdim=True)))


@pytest.fixture
def own_rules(plugins: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The registry with both rules."""
    rules = {"liar": Liar(), "raises": Raises()}
    known = plugins.get_rule
    monkeypatch.setattr(plugins, "get_rule", lambda name: rules.get(name) or known(name))
    return plugins


def asked(ask: Ask, rule: str, **values: Any) -> Any:
    """A request for one of these rules, which no registry has checked."""
    request = ask(**values)
    params = msgspec.structs.replace(request.params, unmasking=rule)
    return msgspec.structs.replace(request, params=params)


def test_a_rule_that_misjudges_itself_costs_no_token(
    make_engine: MakeEngine, ask: Ask, own_rules: Any
) -> None:
    requests = [asked(ask, "liar", id=str(n), prompt=(4 + n, 5)) for n in range(3)]
    plain = run(make_engine(max_rows=3), *requests)
    found = run(make_engine(max_rows=3, block_steps=True), *requests)
    assert found.finished == plain.finished


def test_a_rule_that_fails_for_one_row(make_engine: MakeEngine, ask: Ask, own_rules: Any) -> None:
    requests = [asked(ask, "raises", id=str(n), prompt=(4 + n, 5), seed=n + 11) for n in range(4)]
    found = run(make_engine(max_rows=4, block_steps=True), *requests)
    assert set(found.failed) == {"2"}
    assert "thirteen" in found.failed["2"].message
    plain = run(make_engine(max_rows=4), *(r for r in requests if r.id != "2"))
    assert {id: end.tokens for id, end in found.finished.items()} == {
        id: end.tokens for id, end in plain.finished.items()
    }


def test_previews(make_engine: MakeEngine, ask: Ask) -> None:
    """The same changes; confidences up to rounding, for the last products have other neighbours."""
    request, found = ask(preview=True, steps=8), []
    for blocks in (None, True):
        events = run(make_engine(block_steps=blocks), request).events
        changes = [change for event in events if isinstance(event, Preview) for change in event.changes]
        found.append(
            [(c.position, c.token, c.forward, c.kind, pytest.approx(c.confidence, rel=1e-5)) for c in changes]
        )
    assert found[0] == found[1]
    assert len(found[0]) == 16


def test_graphs_forget_the_least_recently_used() -> None:
    graphs, done = Graphs(torch.device("cpu"), most=2), []
    for key in ("a", "b", "a", "c"):
        graphs.run(key, lambda key=key: done.append(key))  # type: ignore[misc]
    assert done == ["a", "b", "a", "c"]
    assert ["a" in graphs, "b" in graphs, "c" in graphs] == [True, False, True]


def test_empty_rows_write_to_slots_that_belong_to_nobody() -> None:
    pool = KVPool((1, 1, 2), 10, torch.float32, torch.device("cpu"))
    batch = BlockBatch(4, 8, pool, 99, torch.device("cpu"))
    batch.fill([], 4)
    windows = batch.windows(4)
    assert windows.slot.tolist() == [10] * 4
    assert (windows.slot + windows.first + 8 <= pool.keys.shape[1]).all()
    assert (windows.tokens == 99).all()


def test_quota() -> None:
    assert Raises().quota(8, 0, 4, None) is None
    assert [Schedule().quota(7, step, 3, None) for step in range(3)] == [3, 2, 2]


class ForgetsTheRowAxis(UnmaskingRule):
    """Compares [rows, width] with [rows], which fails unless there is one row, or as many as positions."""

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible & (obs.others <= obs.others.amin(1)))


def test_who_fails_in_company_alone_is_named(
    make_engine: MakeEngine,
    ask: Ask,
    plugins: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    known, rule = plugins.get_rule, ForgetsTheRowAxis()
    monkeypatch.setattr(plugins, "get_rule", lambda name: rule if name == "forgets" else known(name))
    requests = [asked(ask, "forgets", id=str(n), prompt=(4 + n, 5)) for n in range(3)]
    found = run(make_engine(max_rows=3), *requests)
    assert len(found.finished) == 3
    (record,) = caplog.records
    assert "ForgetsTheRowAxis fails for 3 requests together and not alone" in record.getMessage()


@pytest.mark.parametrize("when", [1, 3, 5])
@pytest.mark.parametrize("later", ["new", "a"])
def test_all_rows_of_a_step_ahead_are_cancelled(
    make_engine: MakeEngine, ask: Ask, when: int, later: str
) -> None:
    """Nothing of it comes back, under the same id neither."""
    second = ask(id=later, prompt=(9, 8, 7, 6), steps=16)
    alone = run(make_engine(), second).finished[later]
    engine, found = make_engine(block_steps=True), Run()
    engine.add(ask(id="a", steps=16))
    for _ in range(when):
        engine.step()
    assert engine.cancel("a")
    engine.add(second)
    for _ in range(200):
        if not engine.has_work():
            break
        found.take(engine.step())
    assert found.finished == {later: alone}
    assert found.commits[later] == alone.tokens


@pytest.mark.parametrize("most", [2, 3, 4])
def test_few_graphs_are_enough(
    make_engine: MakeEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(block_steps, "MOST_GRAPHS", most)
    requests = [ask(id=str(n), steps=4 + n, gen_length=8 * (1 + n % 2), prompt=(3 + n, 4)) for n in range(5)]
    plain = run(make_engine(max_rows=5), *requests)
    assert run(make_engine(max_rows=5, block_steps=True), *requests).finished == plain.finished


def test_a_block_for_which_the_buffers_have_no_room(make_engine: MakeEngine, ask: Ask) -> None:
    requests = [
        ask(id=str(n), gen_length=block, block_length=block, steps=6, prompt=(3 + n, 4))
        for n, block in enumerate((100, 130, 100))
    ]
    plain = run(make_engine(max_rows=3, kv_tokens=500), *requests)
    found = run(make_engine(max_rows=3, kv_tokens=500, block_steps=True), *requests)
    assert found.finished == plain.finished


class ChangesItsParameters(Schedule):
    """Writes into what it was given."""

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        params.temperature.mul_(3)
        return super().select(obs, params, state)


def test_a_rule_that_changes_its_parameters(
    make_engine: MakeEngine, ask: Ask, plugins: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds them as they were at the next step."""
    known, rule = plugins.get_rule, ChangesItsParameters()
    monkeypatch.setattr(plugins, "get_rule", lambda name: rule if name == "changes" else known(name))
    values = {"temperature": 0.5, "seed": 2, "steps": 16}
    found = run(make_engine(block_steps=True), asked(ask, "changes", **values)).finished
    assert found == run(make_engine(), ask(**values)).finished


def test_warming_up_captures_every_forward_that_blocks_of_usual_length_need(make_engine: MakeEngine) -> None:
    engine, told = make_engine(max_rows=8, block_steps=True), []
    engine.warm_up(lambda done, total: told.append((done, total)))
    # One to six rows, and eight, of which the logits of masks alone have three sizes more.
    assert told == [(n, 10) for n in range(1, 11)]
