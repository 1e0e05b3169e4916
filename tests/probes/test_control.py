"""Logit control against a loop that edits id by id, under every algorithm and rule, in company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import torch

from .conftest import Ask, MakeEngine, run
from .controlled_row import ControlledRow
from .slow_model import SlowModel
from .slow_row import SlowRow
from .test_against_slow_loops import PROBES, PROMPTS

FEW = [1, 2, 3, 4, 5, 6, 305]
CONTROLS: dict[str, dict[str, Any]] = {
    "bias": {"logit_bias": {"7": 3.5, 8: -100, 9: 100.0}},
    "end": {"logit_bias": {305: 100}, "min_tokens": 5, "stop_token_ids": [44]},
    "allowed": {"allowed_token_ids": FEW, "min_tokens": 3, "bad_words_ids": [[4]]},
    "penalties": {
        "allowed_token_ids": FEW,
        "presence_penalty": 1.2,
        "frequency_penalty": -0.4,
        "repetition_penalty": 1.5,
    },
    "bad words": {
        "allowed_token_ids": [1, 2, 3],
        "bad_words_ids": [[1, 1], [2, 2], [3, 3], [1, 2, 1], [5, 6, 7, 1]],
    },
    "nothing": {},
}


def basic(row: SlowRow) -> None:
    while row.masked:
        row.enter_block()
        row.look()
        row.commit(row.chosen())


def dual_cache(row: SlowRow) -> None:
    first = True
    while row.masked:
        first = row.enter_block() or first
        row.look(range(len(row.canvas)) if first else row.block)
        first = False
        row.commit(row.chosen())


ALL: dict[str, tuple[dict[str, Any], Callable[..., None], dict[str, Any]]] = {
    "schedule": ({}, basic, {}),
    "threshold": ({"threshold": 0.1}, basic, {}),
    "random": ({"remasking": "low_confidence", "temperature": 0.6, "seed": 5}, basic, {}),
    "dual_cache": ({"algorithm": "dual_cache"}, dual_cache, {}),
    "dual_cache, threshold": ({"algorithm": "dual_cache", "threshold": 0.1}, dual_cache, {}),
    **{name: probe for name, probe in PROBES.items() if "," not in name},
}


@pytest.mark.parametrize("probe", ALL)
@pytest.mark.parametrize("block_steps", [None, True])
def test_tokens_of_the_slow_loop(
    make_engine: MakeEngine, ask: Ask, slow_model: SlowModel, probe: str, block_steps: bool | None
) -> None:
    asked, loop, own = ALL[probe]
    controls = {n: c for n, c in CONTROLS.items() if not (probe == "saber" and n == "bad words")}
    requests = [
        msgspec.structs.replace(
            ask(id=name, **{**PROMPTS[n % len(PROMPTS)], **asked, **own, **control}),
            logprobs=None if n % 3 == 2 else n,
        )
        for n, (name, control) in enumerate(controls.items())
    ]
    logprobs: dict[str, list[Any]] = {}
    found = run(make_engine(block_steps=block_steps), *requests, logprobs=logprobs)
    for request in requests:
        row = ControlledRow(slow_model, request, end_ids=(305,))
        loop(row, **own)
        event = found[request.id]
        assert (event.tokens, event.nfe) == (row.generated, row.forwards), request
        if request.logprobs is None:
            assert request.id not in logprobs
        else:
            check_logprobs(logprobs[request.id], row, request.logprobs)


def check_logprobs(found: list[Any], row: ControlledRow, alternatives: int) -> None:
    """Against log_softmax of the slow forward that committed each position."""
    assert len(found) == row.params.gen_length
    for p, entry in enumerate(found, row.first):
        expected = row.log_p_of[p]
        assert entry.logprob == pytest.approx(float(expected[row.canvas[p]]), rel=2e-4, abs=2e-4)
        expected[row.model.mask_id] = -torch.inf
        best = [value for value in expected.topk(alternatives).values.tolist() if value > -torch.inf]
        assert [value for _, value in entry.top] == pytest.approx(best, rel=2e-4, abs=2e-4)
        for id, value in entry.top:
            assert value == pytest.approx(float(expected[id]), rel=2e-4, abs=2e-4)
