"""Decoding against the obvious loop over one row."""

from __future__ import annotations

import pytest
import torch
from training import network as net
from training.decoding import Setting, choose, decode
from training.tokenizer import Codec


def slow_decode(
    network: net.LLaDA, prompt: list[int], tail: list[int], length: int, setting: Setting, mask: int
) -> tuple[list[int], int]:
    """One row, without padding, probabilities in double precision."""
    ids, forwards = [*prompt, *[mask] * length, *tail], 0
    for begin in range(len(prompt), len(prompt) + length, setting.block):
        block = range(begin, min(begin + setting.block, len(prompt) + length))
        while any(ids[i] == mask for i in block):
            logits = network(torch.tensor([ids]))[0].double()
            logits[:, mask] = -torch.inf
            probability, token = logits.softmax(-1).max(-1)
            forwards += 1
            order = sorted((i for i in block if ids[i] == mask), key=lambda i: -float(probability[i]))
            if setting.threshold is None:
                chosen = order[: setting.per_step]
            else:
                chosen = order[:1] + [i for i in order[1:] if probability[i] > setting.threshold]
            for i in chosen:
                ids[i] = int(token[i])
    return ids[len(prompt) : len(prompt) + length], forwards


SETTINGS = [
    Setting(block=8),
    Setting(per_step=3, block=8),
    Setting(threshold=0.002),
    Setting(threshold=0.9, block=4),
]


@pytest.mark.parametrize(
    "setting",
    SETTINGS,
    ids=lambda setting: setting.name,
)
def test_a_batch_equals_the_loop_over_single_rows(tiny: net.LLaDA, codec: Codec, setting: Setting) -> None:
    torch.manual_seed(4)
    prompts = [torch.randint(0, 2000, (n,)).tolist() for n in (5, 9, 7)]
    tails = [torch.randint(0, 2000, (n,)).tolist() for n in (0, 3, 6)]
    found, forwards = decode(tiny, prompts, 12, setting, codec.mask, codec.eos, tails)
    for row, (prompt, tail) in enumerate(zip(prompts, tails, strict=True)):
        with torch.no_grad():
            expected, count = slow_decode(tiny, prompt, tail, 12, setting, codec.mask)
        assert found[row].tolist() == expected
        assert int(forwards[row]) == count


def test_odds_and_probability_are_those_of_a_softmax() -> None:
    logits = torch.randn(4, 7, 50, generator=torch.Generator().manual_seed(0)) * 4
    chosen, odds, probability = choose(logits, 0.0, torch.Generator())
    expected, token = logits.double().softmax(-1).max(-1)
    assert torch.equal(chosen, token)
    torch.testing.assert_close(probability.double(), expected, rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(odds.double(), ((1 - expected) / expected).log(), rtol=1e-3, atol=1e-4)


def test_temperature_draws_from_the_tempered_distribution() -> None:
    logits = torch.tensor([0.0, 1.0, 2.0]).expand(40_000, 3)
    chosen, _, _ = choose(logits, 0.7, torch.Generator().manual_seed(1))
    expected = (logits[0] / 0.7).softmax(-1)
    torch.testing.assert_close(torch.bincount(chosen) / 40_000, expected, rtol=0, atol=0.01)
