"""`prophet` against the three gaps in float64, and all that an unmasking rule must do."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch

from llada_core.engine.events import Finished
from llada_core.testing import Subject, parametrize_with_checks, tiny_model

MODEL = copy.deepcopy(tiny_model()).double()
MASK = MODEL.facts.mask_id


def slow(prompt: tuple[int, ...], early: float, middle: float, late: float) -> tuple[list[int], int]:
    """Tokens and forwards for 12 tokens in blocks of 6, one position at a time."""
    canvas, forwards = [*prompt, *[MASK] * 12], 0
    block, step = -1, 0
    while MASK in canvas:
        start = len(prompt) + (canvas.index(MASK) - len(prompt)) // 6 * 6
        logits = MODEL(torch.tensor([canvas])).logits[0]
        forwards += 1
        if start != block:
            block, step = start, 0
        guess = logits.index_fill(1, torch.tensor(MASK), -torch.inf).argmax(-1).tolist()
        masks = [p for p in range(start, start + 6) if canvas[p] == MASK]
        sure = {p: float(logits[p].softmax(0)[guess[p]]) for p in masks}
        ranked = sorted(masks, key=lambda p: -sure[p])
        left = [p for p, token in enumerate(canvas) if token == MASK]
        best, second = logits.index_fill(1, torch.tensor(MASK), -torch.inf).topk(2).values.T
        gap = float((best - second)[left].mean())
        third = min(3 * (forwards - 1) // 8, 2)
        clear = gap >= (early, middle, late)[third]
        chosen = left if clear else ranked[: 2 if step < 2 else 1]  # 6 masks in 4 steps: 2, 2, 1, 1
        step += 1
        for p in chosen:
            canvas[p] = guess[p]
    return canvas[len(prompt) :], forwards


@pytest.mark.parametrize(
    ("early", "middle", "late"), [(7.5, 5.0, 2.5), (2.0, 1.5, 1.0), (9.0, 9.0, 0.0), (0.0, 0.0, 0.0)]
)
@pytest.mark.parametrize("prompt", [(3, 1, 4), (2, 7, 1, 8, 2), (9,)])
def test_tokens_and_forwards_of_the_formula(
    prompt: tuple[int, ...], early: float, middle: float, late: float
) -> None:
    subject = Subject.of("prophet")
    engine, events = subject.engine(), []
    engine.add(subject.request(prompt=prompt, steps=8, early_gap=early, middle_gap=middle, late_gap=late))
    while engine.has_work():
        events += engine.step()
    [done] = [event for event in events if isinstance(event, Finished)]
    assert (done.tokens, done.nfe) == slow(prompt, early, middle, late)


@parametrize_with_checks(["prophet"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
