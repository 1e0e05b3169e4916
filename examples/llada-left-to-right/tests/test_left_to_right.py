"""The rule against a slow version of itself, alone and in whole generations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from llada_core import ParameterError, default_registry, get_algorithm

MASK = 40


class Model(torch.nn.Module):
    """A small model for tests: random logits that depend on the whole canvas."""

    def __init__(self) -> None:
        super().__init__()
        self.config = SimpleNamespace(mask_token_id=MASK)
        generator = torch.Generator().manual_seed(0)
        self.table = torch.nn.Parameter(3 * torch.randn(64, 41, generator=generator))
        self.place = torch.nn.Parameter(torch.randn(64, 41, generator=generator))

    def forward(self, ids: torch.Tensor) -> SimpleNamespace:
        here, all_of_it = self.table[ids], self.table[ids].mean(dim=1, keepdim=True)
        return SimpleNamespace(logits=here + 4 * all_of_it + self.place[: ids.shape[1]])


def slow_generate(model: Model, prompt: list[int], confidence: float, max_run: int) -> tuple[list[int], int]:
    """One row of 16 tokens in blocks of 8, position by position."""
    canvas, nfe = [*prompt, *[MASK] * 16], 0
    for start in range(len(prompt), len(canvas), 8):
        while MASK in canvas[start : start + 8]:
            with torch.no_grad():
                logits = model(torch.tensor([canvas])).logits[0].double()
            nfe += 1
            probabilities = logits.softmax(dim=-1)
            committed = 0
            for position in range(start, start + 8):
                if canvas[position] != MASK:
                    continue
                token = int(logits[position, :MASK].argmax())
                if committed and (probabilities[position, token] < confidence or committed == max_run):
                    break
                canvas[position] = token
                committed += 1
    return canvas, nfe


def generate(model: Model, prompt: torch.Tensor, **params: Any) -> tuple[torch.Tensor, int]:
    basic = get_algorithm("basic")
    assert basic is not None
    return basic.generate(model, prompt, gen_length=16, block_length=8, unmasking="left_to_right", **params)


@pytest.mark.parametrize(("confidence", "max_run"), [(0.9, 32), (0.3, 32), (0.01, 3), (0.5, 1), (1e-9, 32)])
def test_it_generates_what_the_slow_version_does(confidence: float, max_run: int) -> None:
    model = Model()
    for seed in range(5):
        prompt = torch.randint(0, MASK, (1, 5), generator=torch.Generator().manual_seed(seed))
        expected = slow_generate(model, prompt[0].tolist(), confidence, max_run)
        tokens, nfe = generate(model, prompt, run_confidence=confidence, max_run=max_run)
        assert (tokens[0].tolist(), nfe) == expected


def test_one_at_a_time_takes_a_forward_a_token() -> None:
    _, nfe = generate(Model(), torch.tensor([[1, 2, 3]]), max_run=1)
    assert nfe == 16


def test_runs_save_forwards() -> None:
    _, nfe = generate(Model(), torch.tensor([[1, 2, 3]]), run_confidence=1e-9)
    assert nfe == 2


@pytest.mark.parametrize(("name", "value"), [("run_confidence", 0), ("run_confidence", 1.1), ("max_run", 0)])
def test_a_value_out_of_range_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"^{name}: "):
        generate(Model(), torch.tensor([[1, 2, 3]]), **{name: value})


def test_it_is_listed_with_its_parameters() -> None:
    [info] = [info for info in default_registry().describe_rules() if info.name == "left_to_right"]
    assert info.distribution == "llada-left-to-right"
    assert info.params is not None
    assert set(info.params["properties"]) == {"run_confidence", "max_run"}
