"""Logit control in the engine: neighbours, ends of the text, whole-loop algorithms, and what is refused."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from llada_core import GenerationAlgorithm
from llada_core.errors import ParameterError
from llada_core.logit_control import take_control
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.registry import GenerationRegistry

from .conftest import Ask, MakeEngine, run

CONTROL = {"logit_bias": {7: 4.0}, "presence_penalty": 1.0, "bad_words_ids": [[7, 7]]}


@pytest.mark.parametrize("config", [{}, {"block_steps": True}, {"block_steps": True, "capture_rules": False}])
@pytest.mark.parametrize("algorithm", ["basic", "prefix_cache", "dual_cache"])
@pytest.mark.parametrize("values", [{"steps": 16}, {"threshold": 0.02}, {"temperature": 0.9, "steps": 5}])
def test_neighbours_do_not_notice(
    make_engine: MakeEngine, ask: Ask, algorithm: str, config: dict[str, Any], values: dict[str, Any]
) -> None:
    """Neither those without edits, nor the edited ones themselves."""
    requests = [
        ask(id=str(n), algorithm=algorithm, prompt=tuple(range(3 + n, 9 + 2 * n)), **values, **control)
        for n, control in enumerate([{}, CONTROL, {}, {"min_tokens": 3}, {}])
    ]
    alone = {request.id: run(make_engine(), request).finished[request.id] for request in requests}
    assert run(make_engine(max_rows=5, **config), *requests).finished == alone


def test_stop_token_ids_end_a_run_early(make_engine: MakeEngine, ask: Ask) -> None:
    plain = run(make_engine(), ask(gen_length=32, block_length=8)).finished["a"]
    stop = plain.tokens[3]
    ended = run(make_engine(), ask(gen_length=32, block_length=8, stop_token_ids=[stop])).finished["a"]
    assert ended.tokens[:8] == plain.tokens[:8]
    assert ended.tokens[8:] == [305] * 24
    assert (ended.reason, ended.nfe) == ("stop", 8)


def test_end_tokens_are_held_off(make_engine: MakeEngine, ask: Ask) -> None:
    wants = {"logit_bias": {305: 100.0}, "ignore_eos": False}
    assert run(make_engine(), ask(**wants)).tokens() == [305] * 16
    tokens = run(make_engine(), ask(**wants, min_tokens=6)).tokens()
    assert [token == 305 for token in tokens] == [False] * 6 + [True] * 10


def test_a_word_of_one_token_at_the_edge_of_the_prompt(make_engine: MakeEngine, ask: Ask) -> None:
    """The word begins in the prompt, and one ends in the suffix."""
    request = ask(
        prompt=(5, 6),
        suffix=(8, 9),
        gen_length=4,
        block_length=4,
        allowed_token_ids=[1, 2],
        logit_bias={1: 50.0},
        bad_words_ids=[[6, 1], [1, 8], [2, 1, 1]],
    )
    found = (6, *run(make_engine(), request).tokens(), 8)
    assert set(found[1:-1]) <= {1, 2}
    assert not {(6, 1), (1, 8)} & set(itertools.pairwise(found))
    assert (2, 1, 1) not in zip(found, found[1:], found[2:], strict=False)


def test_where_nothing_is_left_the_row_fails_alone(make_engine: MakeEngine, ask: Ask) -> None:
    stuck = ask(id="stuck", allowed_token_ids=[1], bad_words_ids=[[1, 1]])
    found = run(make_engine(), stuck, ask(id="fine"))
    assert set(found.finished) == {"fine"}
    assert "leaves no token" in found.failed["stuck"].message


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"logit_bias": {"x": 1}}, "logit_bias"),
        ({"logit_bias": {"-1": 1}}, "logit_bias"),
        ({"logit_bias": {5: 101}}, "logit_bias"),
        ({"logit_bias": {10**6: 1}}, "logit_bias"),
        ({"logit_bias": {310: 1}}, "logit_bias"),
        ({"logit_bias": [1]}, "logit_bias"),
        ({"allowed_token_ids": []}, "allowed_token_ids"),
        ({"allowed_token_ids": [310]}, "allowed_token_ids"),
        ({"allowed_token_ids": [305], "min_tokens": 1}, "allowed_token_ids"),
        ({"allowed_token_ids": [4], "bad_words_ids": [[4]]}, "allowed_token_ids"),
        ({"bad_words_ids": [[]]}, "bad_words_ids"),
        ({"bad_words_ids": [[512]]}, "bad_words_ids"),
        ({"min_tokens": -1}, "min_tokens"),
        ({"min_tokens": 17}, "min_tokens"),
        ({"stop_token_ids": [310]}, "stop_token_ids"),
        ({"presence_penalty": 2.5}, "presence_penalty"),
        ({"frequency_penalty": "1"}, "frequency_penalty"),
        ({"repetition_penalty": 0}, "repetition_penalty"),
    ],
    ids=str,
)
def test_refused(ask: Ask, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ParameterError) as caught:
        ask(**values)
    assert str(caught.value.field).startswith(field)


def test_what_asks_for_nothing_is_nothing() -> None:
    values = {"logit_bias": {}, "min_tokens": 0, "presence_penalty": 0, "bad_words_ids": [], "steps": 3}
    assert take_control(values) is None
    assert values == {"steps": 3}


def test_whole_loop_algorithms_draw_themselves(
    make_engine: MakeEngine, ask: Ask, model: LLaDAForMaskedDiffusion
) -> None:
    class Fills(GenerationAlgorithm):
        def generate(self, model: Any, prompt: torch.Tensor, gen_length: int = 8, **kwargs: Any) -> Any:
            model(prompt)
            return torch.cat((prompt, torch.full((1, gen_length), 44)), dim=1), 1

        def is_available(self) -> bool:
            return True

    registry = GenerationRegistry()
    registry.register(Fills("fills"))
    engine = make_engine(registry=registry)
    with pytest.raises(ParameterError, match=r"logit_bias: fills draws its tokens itself"):
        engine.add(ask(algorithm="fills", registry=registry, logit_bias={4: 1.0}))
    ended = run(engine, ask(algorithm="fills", registry=registry, stop_token_ids=[44])).finished["a"]
    assert ended.reason == "stop"
