"""Plans that use the whole contract, against a slow loop that keeps keys and values by position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import pytest
import torch

from llada_core import (
    DenoisingAlgorithm,
    GenerationRegistry,
    Keep,
    Observation,
    Plan,
    Progress,
    Update,
    Window,
)
from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.request import Request, build_request
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.model.layers import Block

from .conftest import run

MASK = 310
Plans = Callable[[Progress], Plan]


class Planned(DenoisingAlgorithm):
    """Does what a function says."""

    def __init__(self, plan: Plans) -> None:
        super().__init__()
        self.name = "planned"
        self._plan = plan

    def plan(self, progress: Progress) -> Plan:
        return self._plan(progress)


class SlowModel:
    """One row, keys and values in a dict by layer and position; attends to window and kept, nothing else."""

    def __init__(self, model: LLaDAForMaskedDiffusion) -> None:
        self.model = model
        self.kept: dict[tuple[int, int], tuple[torch.Tensor, torch.Tensor]] = {}

    def forward(self, canvas: list[int], window: list[int], keep: set[int]) -> torch.Tensor:
        """Logits [len(window), vocab]."""
        slow = self

        class Attention:
            def attend(self, layer: int, q: Any, k: Any, v: Any) -> torch.Tensor:
                entries = {p: kv for (at, p), kv in slow.kept.items() if at == layer}
                entries |= {p: (k[n], v[n]) for n, p in enumerate(window)}
                for n, p in enumerate(window):
                    if p in keep:
                        slow.kept[layer, p] = k[n].clone(), v[n].clone()
                order = sorted(entries)
                keys = torch.stack([entries[p][0] for p in order], 1)
                values = torch.stack([entries[p][1] for p in order], 1)
                scores = q.transpose(0, 1) @ keys.transpose(1, 2) / q.shape[-1] ** 0.5
                return (scores.softmax(-1) @ values).transpose(0, 1).flatten(1)

        from llada_core.model.rotary import rotary_angles

        transformer = self.model.transformer
        x = transformer.wte(torch.tensor([canvas[p] for p in window]))
        angles = rotary_angles(torch.tensor(window), self.model.config.head_dim, self.model.config.rope_theta)
        attention = Attention()
        for layer, block in enumerate(transformer.layers()):
            assert isinstance(block, Block)
            x = block.merge(x, attention.attend(layer, *block.project(x, *angles)))
        return self.model.head(x)


@torch.inference_mode()
def slow_loop(
    model: LLaDAForMaskedDiffusion, prompt: list[int], gen: int, block_length: int, plan: Plans
) -> tuple[list[int], int]:
    """One token a step by confidence, written from the contract's prose."""
    canvas = prompt + [MASK] * gen
    masked = set(range(len(prompt), len(canvas)))
    slow, forwards = SlowModel(model), 0
    for block in range(gen // block_length):
        start = len(prompt) + block * block_length
        inside, step = range(start, start + block_length), 0
        while left := sorted(masked & set(inside)):
            planned = plan(
                Progress(
                    forwards=forwards,
                    block=block,
                    blocks=gen // block_length,
                    block_start=start,
                    block_end=start + block_length,
                    step_in_block=step,
                    steps_in_block=block_length,
                    masked_in_block=len(left),
                    prompt_length=len(prompt),
                    canvas_length=len(canvas),
                )
            )
            kind = planned.window.kind
            window = {
                "canvas": list(range(len(canvas))),
                "suffix": list(range(start, len(canvas))),
                "block": list(inside),
                "span": list(range(max(planned.window.start, 0), min(planned.window.end, len(canvas)))),
            }[kind]
            keep = {
                Keep.ALL: set(window),
                Keep.PREFIX: {p for p in window if p < start},
                Keep.NOTHING: set[int](),
            }[planned.keep]
            logits = slow.forward(canvas, window, keep).double()
            forwards, step = forwards + 1, step + 1
            if planned.commit:
                best = max(
                    (p for p in left if p in window),
                    key=lambda p: (_confidence(logits[window.index(p)]), -p),
                )
                row = logits[window.index(best)].clone()
                row[MASK] = -torch.inf
                canvas[best] = int(row.argmax())
                masked.discard(best)
    return canvas[len(prompt) :], forwards


def _confidence(row: torch.Tensor) -> float:
    token = row.clone().index_fill(0, torch.tensor([MASK]), -torch.inf).argmax()
    return float(row.softmax(0)[token])


def dual_without_keeping(p: Progress) -> Plan:
    return Plan(Window.CANVAS, Keep.ALL) if p.step_in_block == 0 else Plan(Window.BLOCK, Keep.NOTHING)


def vicinity(p: Progress) -> Plan:
    if p.step_in_block < 2:
        return Plan(Window.CANVAS, Keep.ALL, commit=p.step_in_block == 1)
    return Plan(Window.span(p.block_start - 3, p.block_end + 2), Keep.ALL)


def prompt_once(p: Progress) -> Plan:
    if p.forwards == 0:
        return Plan(Window.CANVAS, Keep.PREFIX)
    return Plan(
        Window.span(p.prompt_length, p.canvas_length), Keep.PREFIX if p.step_in_block == 0 else Keep.NOTHING
    )


def no_suffix(p: Progress) -> Plan:
    return Plan(Window.span(0, p.block_end), drop=True)


def prefix_and_drop(p: Progress) -> Plan:
    if p.step_in_block == 0:
        return Plan(Window.span(0, p.block_end), Keep.PREFIX, drop=True)
    return Plan(Window.BLOCK, drop=True)


def alternating(p: Progress) -> Plan:
    """Recomputes kept positions without keeping them: their old entries must come back."""
    if p.step_in_block == 0:
        return Plan(Window.CANVAS, Keep.ALL)
    if p.step_in_block % 2:
        return Plan(Window.span(2, p.canvas_length), Keep.NOTHING)
    return Plan(Window.BLOCK, Keep.NOTHING)


PLANS = [dual_without_keeping, vicinity, prompt_once, no_suffix, prefix_and_drop, alternating]


def request_of(
    registry: GenerationRegistry, model: Any, id: str, prompt: list[int], **values: Any
) -> Request:
    request, _ = build_request(
        registry,
        model.facts,
        {"ignore_eos": True} | values,
        id=id,
        algorithm="planned",
        prompt=tuple(prompt),
    )
    return request


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.__name__)
def test_plans_against_a_slow_cache(model: LLaDAForMaskedDiffusion, plan: Plans) -> None:
    registry = GenerationRegistry()
    registry.register(Planned(plan))
    prompts = {"a": [3, 1, 4, 1, 5], "b": [9, 2], "c": [6] * 9}
    requests = [
        request_of(registry, model, id, prompt, gen_length=12, block_length=6)
        for id, prompt in prompts.items()
    ]
    found = run(Engine(model, registry=registry, config=EngineConfig(max_rows=3)), *requests)
    for id, prompt in prompts.items():
        tokens, nfe = slow_loop(model, prompt, 12, 6, plan)
        assert (found.tokens(id), found.finished[id].nfe) == (tokens, nfe)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (lambda p: Plan(Window.BLOCK), "neither computed nor kept"),
        (lambda p: Plan(Window.span(500, 600), drop=True), "empty"),
        (lambda p: Plan(Window.STATE), "state"),
        (lambda p: "canvas", "expected Plan"),
        (lambda p: 1 / 0, "ZeroDivisionError"),
        (lambda p: Plan(Window.CANVAS, commit=False), "did not finish within 64 forwards"),
    ],
)
def test_a_plan_that_does_not_work_fails_its_row_alone(
    model: LLaDAForMaskedDiffusion, plan: Any, message: str
) -> None:
    registry = GenerationRegistry()
    registry.register(Planned(plan))
    engine = Engine(model, registry=registry, config=EngineConfig())
    good = Planned(lambda p: Plan(Window.CANVAS))
    engine.add(request_of(registry, model, "good", [1, 2], gen_length=16), algorithm=good)
    found = run(engine, request_of(registry, model, "bad", [1], gen_length=16))
    assert message in found.failed["bad"].message
    assert found.failed["bad"].code == "algorithm_error"
    assert set(found.finished) == {"good"}
    assert engine.stats().kv_tokens_used == 0


def test_keeping_where_nothing_was_declared(model: LLaDAForMaskedDiffusion) -> None:
    registry = GenerationRegistry()
    algorithm = Planned(lambda p: Plan(Window.CANVAS, Keep.ALL))
    algorithm.needs_cache = False
    registry.register(algorithm)
    found = run(Engine(model, registry=registry), request_of(registry, model, "a", [1], gen_length=8))
    assert "keeps keys and values" in found.failed["a"].message


class Marks(NamedTuple):
    window: torch.Tensor


class Scattered(DenoisingAlgorithm):
    """Recomputes every second position of the block, beside a kept canvas."""

    name = "planned"
    state_scope: ClassVar = "request"

    def init_state(self, rows: int, width: int, facts: Any) -> Marks:
        return Marks((torch.arange(width) % 2 == 0).expand(rows, width).clone())

    def plan(self, progress: Progress) -> Plan:
        if progress.step_in_block == 0:
            return Plan(Window.CANVAS, Keep.ALL, commit=False)
        return Plan(Window.STATE, Keep.ALL)

    def step(self, obs: Observation, params: Any, state: Marks) -> Update:
        flipped = Marks(~state.window)
        return Update(write=obs.eligible & (obs.others < 0.1), state=flipped)


def test_scattered_windows_see_only_what_they_compute(model: LLaDAForMaskedDiffusion) -> None:
    registry = GenerationRegistry()
    registry.register(Scattered())
    requests = [
        request_of(registry, model, str(n), [n] * n, gen_length=12, block_length=6) for n in (1, 4, 7)
    ]
    alone = {r.id: run(Engine(model, registry=registry), r).finished[r.id] for r in requests}
    together = run(Engine(model, registry=registry, config=EngineConfig(max_rows=3)), *requests)
    assert together.finished == alone
    assert all(MASK not in event.tokens for event in alone.values())
