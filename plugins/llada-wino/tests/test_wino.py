"""`wino` against a slow loop, against `basic` where nothing is revoked, and all that an algorithm must do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import torch

from llada_core.engine.events import Finished
from llada_core.testing import Subject, parametrize_with_checks, tiny_model
from llada_wino.algorithm import Wino, draft, revoke, shadow_bias

MODEL = copy.deepcopy(tiny_model()).double()
MASK = MODEL.facts.mask_id


def finished(subject: Subject, **values: Any) -> Finished:
    engine, events = subject.engine(MODEL), []
    engine.add(subject.request(**values))
    while engine.has_work():
        events += engine.step()
    [done] = [event for event in events if isinstance(event, Finished)]
    return done


def slow(
    prompt: tuple[int, ...], suffix: tuple[int, ...], block: int, threshold: float, back: float
) -> tuple[list[int], int, int]:
    """Tokens, forwards and revocations for 12 tokens, one position at a time. Drafts come from a forward
    without a shadow; a token is verified by a forward of its own."""
    first, canvas = len(prompt), [*prompt, *[MASK] * 12, *suffix]
    forwards = revoked = 0

    def probabilities(logits: torch.Tensor) -> torch.Tensor:
        return logits.index_fill(-1, torch.tensor(MASK), -torch.inf).softmax(-1)

    def verified(at: int, start: int) -> float:
        """The probability of the token at `at` to a shadow that sees all but it."""
        shadow = [*range(start, start + block)]
        where = [*range(len(canvas)), *shadow]
        seen = [
            [
                (key < len(canvas) and not (query >= len(canvas) and where[key] == where[query]))
                or (key >= len(canvas) and query >= len(canvas))
                for key in range(len(where))
            ]
            for query in range(len(where))
        ]
        logits = MODEL(
            torch.tensor([canvas + [MASK] * block]),
            attention_bias=torch.tensor([seen]),
            position_ids=torch.tensor([where]),
        ).logits[0]
        return float(probabilities(logits[len(canvas) + at - start])[canvas[at]])

    for start in range(first, first + 12, block):
        open_, before = set(range(start, start + block)), block
        while open_:
            p = probabilities(MODEL(torch.tensor([canvas])).logits[0])
            forwards += 1
            ranked = sorted(open_, key=lambda i: -float(p[i].max()))
            most = min(max(int(0.7 * len(open_)), 5), 20)
            chosen = [i for n, i in enumerate(ranked) if (n < most and p[i].max() > threshold) or n == 0]
            again: list[int] = []
            if len(chosen) > 1:
                held = {i: verified(i, start) for i in range(start, start + block) if i not in open_}
                again = sorted((i for i in held if held[i] < back), key=lambda i: held[i])[: before - 1]
            for i in chosen:
                canvas[i] = int(p[i].argmax())
            for i in again:
                canvas[i] = MASK
            open_ = (open_ - set(chosen)) | set(again)
            before, revoked = len(chosen), revoked + len(again)
    return canvas[first : first + 12], forwards, revoked


@pytest.mark.parametrize(("block", "threshold", "back"), [(12, 0.4, 0.6), (12, 0.4, 0.9), (6, 0.5, 0.9)])
@pytest.mark.parametrize(("prompt", "suffix"), [((3, 1, 4), ()), ((2, 7, 1, 8, 2), (5, 9))])
def test_tokens_and_forwards_of_the_formula(
    prompt: tuple[int, ...], suffix: tuple[int, ...], block: int, threshold: float, back: float
) -> None:
    tokens, forwards, revoked = slow(prompt, suffix, block, threshold, back)
    done = finished(
        Subject.of("wino"),
        prompt=prompt,
        suffix=suffix,
        block_length=block,
        threshold=threshold,
        threshold_back=back,
    )
    assert revoked or block == 6
    assert (done.tokens, done.nfe) == (tokens, forwards)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.99])
def test_without_revocation_short_blocks_are_threshold_decoding(threshold: float) -> None:
    subject = Subject.of("wino")
    ours = finished(subject, block_length=4, threshold=threshold, threshold_back=0.0)
    basic = finished(Subject.of("basic"), block_length=4, threshold=threshold)
    assert (ours.tokens, ours.nfe) == (basic.tokens, basic.nfe)


def test_without_a_threshold_it_is_sixty_percent() -> None:
    subject = Subject.of("wino")
    assert finished(subject) == finished(subject, threshold=0.6, threshold_back=0.9)


def test_the_canvas_does_not_see_its_shadow() -> None:
    ids = torch.tensor([[3, 1, 4, MASK, 5, MASK]])
    where = torch.tensor([[0, 1, 2, 3, 4, 5, 3, 4, 5]])
    bias = shadow_bias(6, 3, 6, torch.device("cpu"))[None]
    shadowed = torch.cat((ids, torch.full((1, 3), MASK)), dim=1)
    both = MODEL(shadowed, attention_bias=bias, position_ids=where).logits
    torch.testing.assert_close(both[:, :6], MODEL(ids).logits)


def test_a_shadow_sees_all_of_the_canvas_but_its_own_token() -> None:
    seen = shadow_bias(6, 3, 6, torch.device("cpu")).int().tolist()
    assert seen[:6] == [[1, 1, 1, 1, 1, 1, 0, 0, 0]] * 6
    assert seen[6:] == [[1, 1, 1, 0, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0, 1, 1, 1]]


def test_drafts_are_capped_and_the_surest_always_goes() -> None:
    cost = torch.arange(40, dtype=torch.float64) / 1000
    every = torch.ones(40, dtype=torch.bool)
    assert draft(cost, every, 0.5).nonzero()[:, 0].tolist() == list(range(20))
    few = torch.arange(40) >= 32
    assert draft(cost, few, 0.5).nonzero()[:, 0].tolist() == list(range(32, 37))
    assert draft(cost, few, 1.0).nonzero()[:, 0].tolist() == [32]
    assert draft(torch.full((3,), torch.inf), torch.tensor([False, True, True]), 0.5).tolist() == [
        False,
        True,
        False,
    ]


def test_revocations_are_the_least_likely_and_fewer_than_were_committed() -> None:
    held = torch.tensor([0.5, 0.1, 0.95, 0.3, 0.2])
    committed = torch.tensor([True, True, True, True, False])
    assert revoke(held, committed, 0.9, 4).tolist() == [True, True, False, True, False]
    assert revoke(held, committed, 0.9, 2).tolist() == [False, True, False, True, False]
    assert not revoke(held, committed, 0.9, 0).any()


def test_generate_without_an_engine_is_the_same() -> None:
    subject = Subject.of("wino")
    prompt = torch.tensor([[3, 1, 4], [2, 7, 1]])
    with torch.inference_mode():
        tokens, nfe = Wino("wino").generate(MODEL, prompt, gen_length=12, block_length=6, threshold=0.5)
    alone = [finished(subject, prompt=tuple(line.tolist()), threshold=0.5) for line in prompt]
    assert tokens[:, 3:].tolist() == [done.tokens for done in alone]
    assert nfe == sum(done.nfe for done in alone)


def test_a_model_without_a_bias_is_refused_with_the_reason() -> None:
    registry = Subject.of("wino").registry
    assert registry.availability("wino", MODEL.facts).ok
    answer = registry.availability("wino", msgspec.structs.replace(MODEL.facts, cached=False))
    assert (answer.ok, answer.reason) == (False, "the loaded model takes no attention bias")


@parametrize_with_checks(["wino"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
