"""Guidance and edits against loops in Python, and the one order in which all of it happens."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llada_core.sampling import Edits, draw, edit, entropy, gap, greedy, guide, others

MASK = 2
number = st.floats(-50, 50, width=32)


def pack(allowed: list[set[int]], vocab: int) -> torch.Tensor:
    """Allow-masks as `Edits` takes them, one set of ids a row."""
    rows = []
    for ids in allowed:
        octets = [0] * -(-vocab // 8)
        for v in ids:
            octets[v // 8] |= 1 << v % 8
        rows.append(octets)
    return torch.tensor(rows, dtype=torch.uint8)


@settings(deadline=None)
@given(st.lists(st.tuples(number, number), min_size=1, max_size=6), st.floats(0, 100))
def test_guide(pairs: list[tuple[float, float]], scale: float) -> None:
    conditional, unconditional = (torch.tensor([column]) for column in zip(*pairs, strict=True))
    got = guide(conditional, unconditional, torch.tensor([scale], dtype=torch.float64))
    for value, (c, u) in zip(got[0].tolist(), pairs, strict=True):
        size = abs(u) + (scale + 1) * (abs(c) + abs(u))
        assert math.isclose(value, u + (scale + 1) * (c - u), rel_tol=0, abs_tol=4e-7 * size + 1e-37)


def test_guide_is_the_published_expression_to_the_bit() -> None:
    """A scale of one row as a Python number, float32."""
    generator = torch.Generator().manual_seed(0)
    conditional, unconditional = torch.randn(2, 5, 40, generator=generator).unbind(0)
    scales = [0.1, 0.7, 1.5, 2.0, 13.3]
    got = guide(conditional, unconditional, torch.tensor(scales, dtype=torch.float64))
    for n, scale in enumerate(scales):
        expected = unconditional[n] + (scale + 1) * (conditional[n] - unconditional[n])
        assert torch.equal(got[n], expected)


def test_guide_rounds_half_precision_once() -> None:
    generator = torch.Generator().manual_seed(0)
    conditional, unconditional = (torch.randn(2, 3, 40, generator=generator) * 8).bfloat16().unbind(0)
    scale = torch.tensor([0.1, 1.3, 2.7], dtype=torch.float64)
    got = guide(conditional, unconditional, scale)
    assert got.dtype == torch.bfloat16
    exact = unconditional.double() + (scale + 1)[:, None] * (conditional.double() - unconditional.double())
    torch.testing.assert_close(got.double(), exact, rtol=2**-8, atol=1e-6)


@settings(deadline=None)
@given(st.data(), st.integers(1, 4), st.integers(3, 19))
def test_edit(data: st.DataObject, n: int, vocab: int) -> None:
    ids = st.integers(0, vocab - 1)
    bias = data.draw(
        st.none() | st.lists(st.lists(st.tuples(ids, number), min_size=3, max_size=3), min_size=n, max_size=n)
    )
    allowed = data.draw(st.none() | st.lists(st.sets(ids), min_size=n, max_size=n))
    logits = torch.arange(n * vocab, dtype=torch.float32).view(n, vocab)
    expected = logits.tolist()
    for row in range(n):
        for v, amount in bias[row] if bias else []:
            expected[row][v] += amount
        for v in range(vocab):
            if allowed is not None and v not in allowed[row]:
                expected[row][v] = -math.inf
    edits = Edits(
        torch.tensor([[amount for _, amount in row] for row in bias]) if bias else None,
        torch.tensor([[v for v, _ in row] for row in bias]) if bias else None,
        pack(allowed, vocab) if allowed is not None else None,
    )
    torch.testing.assert_close(edit(logits, edits), torch.tensor(expected), rtol=1e-5, atol=1e-4)


def test_rows_of_fewer_biases_are_padded_with_zeros() -> None:
    logits = torch.tensor([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    edits = Edits(torch.tensor([[5.0, -1.0], [2.0, 0.0]]), torch.tensor([[0, 2], [1, 0]]))
    assert edit(logits, edits).tolist() == [[6.0, 2.0, 2.0], [1.0, 4.0, 3.0]]


def test_no_edits_change_nothing() -> None:
    logits = torch.tensor([[1.0, 2.0, 3.0]])
    assert torch.equal(edit(logits, Edits()), logits)


def test_dtype_does_not_depend_on_the_neighbours_edits() -> None:
    logits = torch.zeros(1, 3, dtype=torch.bfloat16)
    assert edit(logits, Edits(torch.ones(1, 1), torch.tensor([[1]]))).dtype == torch.bfloat16


class TestOrder:
    """Guidance, edits, temperature, top_k, top_p, draw; statistics of the edited, untempered logits."""

    LOGITS = torch.tensor([[3.0, 2.0, 8.0, 1.0, 0.0]])
    LAST = torch.tensor([0.999999], dtype=torch.float64)
    ONE = torch.ones(1)

    def last_drawn(self, logits: torch.Tensor, k: int, temperature: float = 1.0) -> int:
        """The highest id that can be drawn."""
        return int(draw(logits, MASK, self.LAST, torch.tensor([temperature]), torch.tensor([k])))

    def test_bias_comes_before_top_k(self) -> None:
        lifted = edit(self.LOGITS, Edits(torch.tensor([[4.0]]), torch.tensor([[4]])))
        assert self.last_drawn(self.LOGITS, k=2) == 1
        assert self.last_drawn(lifted, k=2) == 4

    def test_forbidden_tokens_take_no_place_of_top_k(self) -> None:
        rest = edit(self.LOGITS, Edits(allowed=pack([{1, 3, 4}], 5)))
        assert self.last_drawn(rest, k=2) == 3
        assert self.last_drawn(rest, k=3) == 4

    def test_the_mask_id_takes_no_place_of_top_k(self) -> None:
        assert self.last_drawn(self.LOGITS, k=1) == 0

    def test_bias_comes_before_the_temperature(self) -> None:
        """A bias of 1 at temperature 0.5 multiplies the odds by e^2."""
        flat = torch.zeros(1, 4)
        lifted = edit(flat, Edits(torch.tensor([[1.0]]), torch.tensor([[0]])))
        chance = math.exp(2) / (math.exp(2) + 2)
        for part, expected in ((chance - 1e-6, 0), (chance + 1e-6, 1)):
            u = torch.tensor([part], dtype=torch.float64)
            assert draw(lifted, MASK, u, torch.tensor([0.5])).tolist() == [expected]

    def test_top_p_sees_the_tempered_probabilities(self) -> None:
        """0.6 of the mass: the best token alone when cold, more tokens when hot."""
        p = torch.tensor([0.6])
        for temperature, expected in ((1.0, 0), (4.0, 1), (100.0, 3)):
            drawn = draw(self.LOGITS, MASK, self.LAST, torch.tensor([temperature]), None, p)
            assert drawn.tolist() == [expected]

    def test_guidance_comes_before_edits(self) -> None:
        """What is forbidden stays so, and a bias is not amplified."""
        edits = Edits(torch.tensor([[0.5]]), torch.tensor([[3]]), pack([{0, 3}], 5))
        mixed = guide(self.LOGITS, self.LOGITS.flip(1), torch.tensor([1.0]))
        edited = edit(mixed, edits)
        assert edited[0].isfinite().tolist() == [True, False, False, True, False]
        assert float(edited[0, 3] - mixed[0, 3]) == 0.5

    @pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
    def test_statistics_are_those_of_the_edited_untempered_logits(self, temperature: float) -> None:
        """Temperature, top_k and top_p do not show in them, bias and allow-mask do; the mask id counts."""
        edited = edit(self.LOGITS, Edits(torch.tensor([[1.5]]), torch.tensor([[3]]), pack([{0, 1, 2, 3}], 5)))
        token = draw(
            edited, MASK, self.LAST, torch.tensor([temperature]), torch.tensor([2]), torch.tensor([0.99])
        )
        scores = [3.0, 2.0, 8.0, 2.5]
        own = scores[int(token)]
        assert float(others(edited, token)) == pytest.approx(sum(math.exp(x - own) for x in scores) - 1)
        chances = [math.exp(x) / sum(map(math.exp, scores)) for x in scores]
        assert float(entropy(edited)) == pytest.approx(-sum(p * math.log(p) for p in chances), rel=1e-5)
        assert float(gap(edited, MASK)) == 0.5
        assert greedy(edited, MASK).tolist() == [0]
