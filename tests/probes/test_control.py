"""Logit control against a loop that edits id by id, under every algorithm and rule, in company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
        ask(id=name, **{**PROMPTS[n % len(PROMPTS)], **asked, **own, **control})
        for n, (name, control) in enumerate(controls.items())
    ]
    found = run(make_engine(block_steps=block_steps), *requests)
    for request in requests:
        row = ControlledRow(slow_model, request, end_ids=(305,))
        loop(row, **own)
        event = found[request.id]
        assert (event.tokens, event.nfe) == (row.generated, row.forwards), request
