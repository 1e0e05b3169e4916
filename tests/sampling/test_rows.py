"""What every function owes its callers: rows that do not notice each other, inputs left untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch

from llada_core.sampling import Edits, draw, edit, entropy, gap, greedy, guide, others, probability

MASK = 5
Function = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def draw_with(logits: torch.Tensor, token: torch.Tensor, truncate: bool = False) -> torch.Tensor:
    """A draw whose number and temperature come from `token`, so that they belong to the row."""
    part = (token.double() + 0.5) / logits.shape[1]
    top_k = token % 7 if truncate else None
    top_p = 0.5 + part / 2 if truncate else None
    return draw(logits, MASK, part, 0.5 + part, top_k, top_p)


def edit_with(logits: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """Edits whose ids and amounts come from `token`, so that they belong to the row."""
    place = torch.arange(len(token))
    allowed = torch.full((len(token), -(-logits.shape[1] // 8)), 0b10110111, dtype=torch.uint8)
    return edit(logits, Edits(place, token, 1 + token / 10, token / 10, place, allowed))


FUNCTIONS: dict[str, Function] = {
    "greedy": lambda logits, token: greedy(logits, MASK),
    "draw": draw_with,
    "draw, truncated": lambda logits, token: draw_with(logits, token, truncate=True),
    "others": others,
    "probability": probability,
    "gap": lambda logits, token: gap(logits, MASK),
    "entropy": lambda logits, token: entropy(logits),
    "guide": lambda logits, token: guide(logits, logits.flip(1), token.double() / 10),
    "edit": edit_with,
}


@pytest.fixture(params=[1, 2, 8])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("vocab", [97, 40_001])
def test_a_row_alone_gives_the_same_bits(function: Function, vocab: int, threads: int) -> None:
    """Also where the vocabulary is so large that torch splits the work of a single row over its threads."""
    generator = torch.Generator().manual_seed(vocab)
    logits = torch.randn(6, vocab, generator=generator) * 5
    token = torch.randint(vocab, (6,), generator=generator)
    together = function(logits, token)
    for size in (1, 2, 4):
        parts = [function(*part) for part in zip(logits.split(size), token.split(size), strict=True)]
        assert torch.equal(torch.cat(parts), together)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_logits_are_left_alone(function: Function, dtype: torch.dtype) -> None:
    logits = (torch.arange(3 * 20).reshape(3, 20) * 7 % 11).to(dtype)
    before, token = logits.clone(), torch.tensor([1, 2, 3])
    function(logits, token)
    assert torch.equal(logits, before)
    version = logits._version
    function(logits, token)
    assert logits._version == version, "written to, even if restored"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_no_rows(function: Function) -> None:
    """A tick may want the statistics of no position at all."""
    got = function(torch.zeros(0, 20), torch.zeros(0, dtype=torch.int64))
    assert got.shape[0] == 0


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_any_layout(function: Function) -> None:
    """A view into a larger tensor gives what a copy gives."""
    wide = torch.randn(8, 41, generator=torch.Generator().manual_seed(0))
    view, token = wide[::2, 1:], torch.tensor([1, 2, 3, 4])
    assert torch.equal(function(view, token), function(view.contiguous(), token))
