"""Guidance and edits against loops in Python, and the one order in which all of it happens."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def edits_of(
    changes: Sequence[tuple[int, int, float, float]] = (),
    allowed: dict[int, set[int]] | None = None,
    vocab: int = 5,
) -> Edits:
    """From (place, token, factor, bias) and the allowed ids by place."""
    columns = [torch.tensor(column) for column in zip(*changes, strict=True)] or [torch.zeros(0)] * 4
    place, token, factor, bias = columns
    masks = (torch.tensor(list(allowed)), pack(list(allowed.values()), vocab)) if allowed else ()
    return Edits(place.long(), token.long(), factor.float(), bias.float(), *masks)


@settings(deadline=None)
@given(st.data(), st.integers(1, 4), st.integers(3, 19))
def test_edit(data: st.DataObject, n: int, vocab: int) -> None:
    places, ids = st.integers(0, n - 1), st.integers(0, vocab - 1)
    amounts = st.tuples(st.floats(0.5, 2, width=32), number | st.just(-math.inf))
    changes = data.draw(st.dictionaries(st.tuples(places, ids), amounts, max_size=6))
    allowed = data.draw(st.dictionaries(places, st.sets(ids), max_size=n))
    logits = torch.arange(n * vocab, dtype=torch.float32).view(n, vocab) - n * vocab / 2
    expected = logits.tolist()
    for (row, v), (factor, bias) in changes.items():
        old = expected[row][v]
        expected[row][v] = (old / factor if old > 0 else old * factor) + bias
    for row, few in allowed.items():
        for v in set(range(vocab)) - few:
            expected[row][v] = -math.inf
    edits = edits_of([(*pair, *amount) for pair, amount in changes.items()], allowed, vocab)
    torch.testing.assert_close(edit(logits, edits), torch.tensor(expected), rtol=1e-5, atol=1e-4)


def test_no_edits_change_nothing() -> None:
    logits = torch.tensor([[1.0, 2.0, 3.0]])
    assert torch.equal(edit(logits, edits_of()), logits)


def test_dtype_stays() -> None:
    logits = torch.zeros(1, 3, dtype=torch.bfloat16)
    assert edit(logits, edits_of([(0, 1, 1.0, 1.0)])).dtype == torch.bfloat16


class TestOrder:
    """Guidance, edits, temperature, top_k, top_p, draw; statistics of the edited, untempered logits."""

    LOGITS = torch.tensor([[3.0, 2.0, 8.0, 1.0, 0.0]])
    LAST = torch.tensor([0.999999], dtype=torch.float64)
    ONE = torch.ones(1)

    def last_drawn(self, logits: torch.Tensor, k: int, temperature: float = 1.0) -> int:
        """The highest id that can be drawn."""
        return int(draw(logits, MASK, self.LAST, torch.tensor([temperature]), torch.tensor([k])))

    def test_bias_comes_before_top_k(self) -> None:
        lifted = edit(self.LOGITS, edits_of([(0, 4, 1.0, 4.0)]))
        assert self.last_drawn(self.LOGITS, k=2) == 1
        assert self.last_drawn(lifted, k=2) == 4

    def test_forbidden_tokens_take_no_place_of_top_k(self) -> None:
        rest = edit(self.LOGITS, edits_of(allowed={0: {1, 3, 4}}))
        assert self.last_drawn(rest, k=2) == 3
        assert self.last_drawn(rest, k=3) == 4

    def test_the_mask_id_takes_no_place_of_top_k(self) -> None:
        assert self.last_drawn(self.LOGITS, k=1) == 0

    def test_bias_comes_before_the_temperature(self) -> None:
        """A bias of 1 at temperature 0.5 multiplies the odds by e^2."""
        flat = torch.zeros(1, 4)
        lifted = edit(flat, edits_of([(0, 0, 1.0, 1.0)]))
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
        edits = edits_of([(0, 3, 1.0, 0.5)], {0: {0, 3}})
        mixed = guide(self.LOGITS, self.LOGITS.flip(1), torch.tensor([1.0]))
        edited = edit(mixed, edits)
        assert edited[0].isfinite().tolist() == [True, False, False, True, False]
        assert float(edited[0, 3] - mixed[0, 3]) == 0.5

    @pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
    def test_statistics_are_those_of_the_edited_untempered_logits(self, temperature: float) -> None:
        """Temperature, top_k and top_p do not show in them, bias and allow-mask do; the mask id counts."""
        edited = edit(self.LOGITS, edits_of([(0, 3, 1.0, 1.5)], {0: {0, 1, 2, 3}}))
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
