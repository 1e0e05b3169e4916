"""`klass` against the paper's two conditions in float64, and all that an unmasking rule must do."""

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


def slow(prompt: tuple[int, ...], conf: float, kl: float, kl_steps: int) -> tuple[list[int], int]:
    """Tokens and forwards for 12 tokens in blocks of 6, one position at a time."""
    canvas, forwards = [*prompt, *[MASK] * 12], 0
    block, step = -1, 0
    before: dict[int, torch.Tensor] = {}
    calm: dict[int, int] = {}
    while MASK in canvas:
        start = len(prompt) + (canvas.index(MASK) - len(prompt)) // 6 * 6
        logits = MODEL(torch.tensor([canvas])).logits[0]
        forwards += 1
        if start != block:
            block, step, before, calm = start, 0, {}, dict.fromkeys(range(start, start + 6), 0)
        guess = logits.index_fill(1, torch.tensor(MASK), -torch.inf).argmax(-1).tolist()
        masks = [p for p in range(start, start + 6) if canvas[p] == MASK]
        sure = {p: float(logits[p].softmax(0)[guess[p]]) for p in masks}
        ranked = sorted(masks, key=lambda p: -sure[p])
        for p in range(start, start + 6):
            now = logits[p].log_softmax(0)
            moved = float((now.exp() * (now - before[p])).sum()) if p in before else math.inf
            calm[p] = calm[p] + 1 if moved < kl else 0
            before[p] = now
        chosen = [p for p in masks if sure[p] > conf and calm[p] >= kl_steps]
        chosen = chosen or ranked[: 2 if step < 2 else 1]  # 6 masks in 4 steps: 2, 2, 1, 1
        step += 1
        for p in chosen:
            canvas[p] = guess[p]
    return canvas[len(prompt) :], forwards


@pytest.mark.parametrize(
    ("conf", "kl", "kl_steps"), [(0.9, 0.01, 2), (0.05, 0.5, 1), (0.1, 2.0, 2), (0.0, 1000.0, 1)]
)
@pytest.mark.parametrize("prompt", [(3, 1, 4), (2, 7, 1, 8, 2), (9,)])
def test_tokens_and_forwards_of_the_formula(
    prompt: tuple[int, ...], conf: float, kl: float, kl_steps: int
) -> None:
    subject = Subject.of("klass")
    engine, events = subject.engine(), []
    engine.add(
        subject.request(prompt=prompt, steps=8, conf_threshold=conf, kl_threshold=kl, kl_steps=kl_steps)
    )
    while engine.has_work():
        events += engine.step()
    [done] = [event for event in events if isinstance(event, Finished)]
    assert (done.tokens, done.nfe) == slow(prompt, conf, kl, kl_steps)


@parametrize_with_checks(["klass"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
