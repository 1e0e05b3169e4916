"""`saber` against the paper's two moves in float64, and all that an unmasking rule must do."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import pytest
import torch

from llada_core.engine.events import Finished
from llada_core.testing import Subject, parametrize_with_checks, tiny_model

MODEL = copy.deepcopy(tiny_model()).double()
MASK = MODEL.facts.mask_id


def slow(prompt: tuple[int, ...], least: int, each: int) -> tuple[list[int], int]:
    """Tokens and forwards for 12 tokens in blocks of 6, one position at a time."""
    canvas, forwards = [*prompt, *[MASK] * 12], 0
    block = -1
    committed: dict[int, float] = {}
    before: dict[int, float] = {}
    while MASK in canvas:
        start = len(prompt) + (canvas.index(MASK) - len(prompt)) // 6 * 6
        logits = MODEL(torch.tensor([canvas])).logits[0]
        forwards += 1
        if start != block:
            block, committed, before = start, {}, {}
        guess = logits.index_fill(1, torch.tensor(MASK), -torch.inf).argmax(-1).tolist()
        masks = [p for p in range(start, start + 6) if canvas[p] == MASK]
        sure = {p: float(logits[p].softmax(0)[guess[p]]) for p in masks}
        ranked = sorted(masks, key=lambda p: -sure[p])
        done = [p for p in range(start, start + 6) if canvas[p] != MASK]
        mean = sum(committed[p] for p in done) / len(done) if done else math.inf
        chosen = [p for n, p in enumerate(ranked) if n < least or sure[p] > mean]
        now = {p: float(logits[p].softmax(0)[canvas[p]]) for p in done}
        losers = sorted((p for p in done if now[p] < before[p]), key=lambda p: now[p] - before[p])
        most = min(math.ceil(max(least / 2, math.ceil(len(chosen) / each))), len(chosen) - 1)
        committed |= {p: sure[p] for p in chosen}
        before = sure | now
        again = losers[:most]
        for p in chosen:
            canvas[p] = guess[p]
        for p in again:
            canvas[p] = MASK
    return canvas[len(prompt) :], forwards


@pytest.mark.parametrize(("least", "each"), [(2, 8), (2, 1), (3, 2), (6, 8)])
@pytest.mark.parametrize("prompt", [(3, 1, 4), (2, 7, 1, 8, 2), (9,)])
def test_tokens_and_forwards_of_the_formula(prompt: tuple[int, ...], least: int, each: int) -> None:
    subject = Subject.of("saber")
    engine, events = subject.engine(), []
    engine.add(subject.request(prompt=prompt, min_commits=least, commits_per_remask=each))
    while engine.has_work():
        events += engine.step()
    [done] = [event for event in events if isinstance(event, Finished)]
    assert (done.tokens, done.nfe) == slow(prompt, least, each)


@parametrize_with_checks(["saber"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
