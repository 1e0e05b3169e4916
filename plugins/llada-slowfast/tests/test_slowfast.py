"""`slowfast` against the two phases in float64, and all that an unmasking rule must do."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch

from llada_core.engine.events import Finished
from llada_core.testing import Subject, parametrize_with_checks, tiny_model

MODEL = copy.deepcopy(tiny_model()).double()
MASK = MODEL.facts.mask_id


def slow(prompt: tuple[int, ...], threshold: float | None, low: float, explore: int) -> tuple[list[int], int]:
    """Tokens and forwards for 12 tokens in blocks of 6, one position at a time."""
    canvas, forwards = [*prompt, *[MASK] * 12], 0
    block, begin, fast = -1, -1, False
    ends: list[int] = []
    while MASK in canvas:
        start = len(prompt) + (canvas.index(MASK) - len(prompt)) // 6 * 6
        logits = MODEL(torch.tensor([canvas])).logits[0]
        forwards += 1
        if start != block:
            block, begin, ends, fast = start, start, [], False
        guess = logits.index_fill(1, torch.tensor(MASK), -torch.inf).argmax(-1).tolist()
        masks = [p for p in range(start, start + 6) if canvas[p] == MASK]
        sure = {p: float(logits[p].softmax(0)[guess[p]]) for p in masks}
        ranked = sorted(masks, key=lambda p: -sure[p])
        inside = [p for p in ranked if not fast or p < ends[-1]]
        enough = 0.9 if threshold is None else threshold
        chosen = [p for n, p in enumerate(inside) if n == 0 or sure[p] >= enough]
        if not fast:
            ends.append(max([begin + 1, *(p + 1 for p in masks if sure[p] >= low)]))
            fast = len(ends) == explore or (len(ends) > 1 and abs(ends[-1] - ends[-2]) < 2)
        if fast and not [p for p in masks if p < ends[-1] and p not in chosen]:
            begin, ends, fast = ends[-1], [], False
        for p in chosen:
            canvas[p] = guess[p]
    return canvas[len(prompt) :], forwards


@pytest.mark.parametrize(
    ("threshold", "low", "explore"),
    [(None, 0.3, 6), (0.25, 0.15, 4), (0.5, 0.05, 1), (0.4, 0.2, 2), (0.3, 0.6, 1), (0.4, 0.5, 1)],
)
@pytest.mark.parametrize("prompt", [(3, 1, 4), (2, 7, 1, 8, 2), (9,)])
def test_tokens_and_forwards_of_the_formula(
    prompt: tuple[int, ...], threshold: float | None, low: float, explore: int
) -> None:
    subject = Subject.of("slowfast")
    engine, events = subject.engine(), []
    engine.add(subject.request(prompt=prompt, threshold=threshold, low_threshold=low, explore_steps=explore))
    while engine.has_work():
        events += engine.step()
    [done] = [event for event in events if isinstance(event, Finished)]
    assert (done.tokens, done.nfe) == slow(prompt, threshold, low, explore)


@pytest.mark.parametrize(("threshold", "low"), [(0.3, 0.6), (0.4, 0.5)])
def test_cycles_matter(threshold: float, low: float) -> None:
    """It is more than a threshold: here the formula's tokens or forwards are others."""
    subject = Subject.of("threshold", values={"threshold": threshold})
    engine, events = subject.engine(), []
    engine.add(subject.request(prompt=(2, 7, 1, 8, 2)))
    while engine.has_work():
        events += engine.step()
    [plain] = [event for event in events if isinstance(event, Finished)]
    assert (plain.tokens, plain.nfe) != slow((2, 7, 1, 8, 2), threshold, low, 1)


@parametrize_with_checks(["slowfast"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
