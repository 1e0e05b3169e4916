"""`localleap` against the two thresholds in float64, and all that an unmasking rule must do."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch

from llada_core.engine.events import Finished
from llada_core.testing import Subject, parametrize_with_checks, tiny_model

MODEL = copy.deepcopy(tiny_model()).double()
MASK = MODEL.facts.mask_id


def slow(
    prompt: tuple[int, ...], threshold: float | None, relaxed: float, radius: int
) -> tuple[list[int], int]:
    """Tokens and forwards for 12 tokens in blocks of 6, one position at a time."""
    canvas, forwards = [*prompt, *[MASK] * 12], 0
    while MASK in canvas:
        start = len(prompt) + (canvas.index(MASK) - len(prompt)) // 6 * 6
        logits = MODEL(torch.tensor([canvas])).logits[0]
        forwards += 1
        guess = logits.index_fill(1, torch.tensor(MASK), -torch.inf).argmax(-1).tolist()
        masks = [p for p in range(start, start + 6) if canvas[p] == MASK]
        sure = {p: float(logits[p].softmax(0)[guess[p]]) for p in masks}
        ranked = sorted(masks, key=lambda p: -sure[p])
        enough = 0.9 if threshold is None else threshold
        anchors = [p for p in masks if sure[p] >= enough]
        near = [p for p in masks if min((abs(p - a) for a in anchors), default=99) <= radius]
        chosen = [*ranked[:1], *anchors, *(p for p in near if sure[p] >= relaxed)]
        for p in chosen:
            canvas[p] = guess[p]
    return canvas[len(prompt) :], forwards


@pytest.mark.parametrize(
    ("threshold", "relaxed", "radius"), [(None, 0.75, 4), (0.3, 0.1, 1), (0.4, 0.0, 2), (0.4, 0.2, 0)]
)
@pytest.mark.parametrize("prompt", [(3, 1, 4), (2, 7, 1, 8, 2), (9,)])
def test_tokens_and_forwards_of_the_formula(
    prompt: tuple[int, ...], threshold: float | None, relaxed: float, radius: int
) -> None:
    subject = Subject.of("localleap")
    engine, events = subject.engine(), []
    engine.add(subject.request(prompt=prompt, threshold=threshold, relaxed_threshold=relaxed, radius=radius))
    while engine.has_work():
        events += engine.step()
    [done] = [event for event in events if isinstance(event, Finished)]
    assert (done.tokens, done.nfe) == slow(prompt, threshold, relaxed, radius)


@parametrize_with_checks(["localleap"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
