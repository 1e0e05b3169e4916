"""`generate`: batches, foreign modules, arguments, and no trace left behind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from llada_core import (
    ContextLengthError,
    DenoisingAlgorithm,
    LladaError,
    ParameterError,
    Plan,
    Progress,
    UnavailableError,
    Window,
)
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.registry import get_algorithm

MASK = 310
PROMPT = torch.tensor([[1, 2, 3], [7, 8, 9]])


class Foreign(torch.nn.Module):
    """The golden model, seen as any Hugging Face module."""

    def __init__(self, inner: LLaDAForMaskedDiffusion, config: Any) -> None:
        super().__init__()
        self.inner = [inner]
        self.config = config
        self.calls = 0

    def forward(self, ids: torch.Tensor) -> Any:
        self.calls += 1
        return SimpleNamespace(logits=self.inner[0](ids).logits)


def generate(name: str, model: Any, prompt: torch.Tensor = PROMPT, **kwargs: Any) -> tuple[torch.Tensor, int]:
    algorithm = get_algorithm(name)
    assert algorithm is not None
    return algorithm.generate(model, prompt, **kwargs)


@pytest.mark.parametrize(
    "kwargs", [{}, {"threshold": 0.2}, {"temperature": 1.0, "seed": 3}, {"cfg_scale": 1.0}]
)
def test_a_foreign_module_gives_the_same(model: LLaDAForMaskedDiffusion, kwargs: dict[str, Any]) -> None:
    foreign = Foreign(model, SimpleNamespace(mask_token_id=MASK))
    kwargs = {"gen_length": 8, "block_length": 4} | kwargs
    tokens, nfe = generate("basic", foreign, **kwargs)
    own, own_nfe = generate("basic", model, **kwargs)
    assert torch.equal(tokens, own)
    assert nfe == own_nfe
    assert foreign.calls <= 2 * nfe + 1


def test_a_foreign_module_has_no_cache(model: LLaDAForMaskedDiffusion) -> None:
    foreign = Foreign(model, SimpleNamespace(mask_token_id=MASK))
    with pytest.raises(UnavailableError, match=r"keeps keys and values .* only returns logits"):
        generate("dual_cache", foreign, gen_length=8)


def test_the_mask_id_of_a_foreign_module_must_be_known(model: LLaDAForMaskedDiffusion) -> None:
    with pytest.raises(ParameterError, match="mask_id: required"):
        generate("basic", Foreign(model, None), gen_length=8)
    tokens, _ = generate("basic", Foreign(model, None), gen_length=8, mask_id=MASK)
    assert MASK not in tokens
    with pytest.raises(ParameterError, match="mask token is 310"):
        generate("basic", model, gen_length=8, mask_id=5)


def test_shapes_and_rounding(model: LLaDAForMaskedDiffusion) -> None:
    tokens, nfe = generate("dual_cache", model, gen_length=10, block_length=4)
    assert tokens.shape == (2, 3 + 12)
    assert tokens.dtype == torch.int64
    assert torch.equal(tokens[:, :3], PROMPT)
    assert nfe == 12
    assert generate("basic", model, torch.tensor([4, 5]), gen_length=4)[0].shape == (1, 6)


@pytest.mark.parametrize(
    ("kwargs", "field"),
    [
        ({"steps": 0}, "steps"),
        ({"gen_length": -3}, "gen_length"),
        ({"block_length": 0}, "block_length"),
        ({"temperature": "warm"}, "temperature"),
        ({"remasking": "low"}, "remasking"),
        ({"threshold": 1.5}, "threshold"),
        ({"factor": -1}, "factor"),
        ({"stepz": 3}, "stepz"),
        ({"unmasking": "nope"}, "unmasking"),
    ],
)
def test_bad_arguments_name_their_field(
    model: LLaDAForMaskedDiffusion, kwargs: dict[str, Any], field: str
) -> None:
    with pytest.raises(LladaError) as error:
        generate("basic", model, **kwargs)
    assert error.value.field == field


@pytest.mark.parametrize("prompt", [torch.zeros(2, 3), [[1, 2]], torch.zeros(1, 1, 1, dtype=torch.int64)])
def test_bad_prompts(model: LLaDAForMaskedDiffusion, prompt: Any) -> None:
    with pytest.raises(ParameterError, match="prompt"):
        generate("basic", model, prompt)


def test_too_long_for_the_context(model: LLaDAForMaskedDiffusion) -> None:
    with pytest.raises(ContextLengthError, match=r"259.*256"):
        generate("basic", model, gen_length=256)


def test_chance(model: LLaDAForMaskedDiffusion) -> None:
    hot = {"gen_length": 8, "temperature": 1.5}
    same = torch.tensor([[1, 2, 3], [1, 2, 3]])
    rows, _ = generate("basic", model, same, seed=5, **hot)
    assert not torch.equal(rows[0], rows[1])
    one, _ = generate("basic", model, same[:1], seed=6, **hot)
    assert torch.equal(one[0], rows[1])
    torch.manual_seed(1)
    first, second = (generate("basic", model, same, **hot)[0] for _ in range(2))
    torch.manual_seed(1)
    again, _ = generate("basic", model, same, **hot)
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


def test_nothing_global_changes(model: LLaDAForMaskedDiffusion) -> None:
    prompt = PROMPT.clone()
    before = (
        torch.get_rng_state(),
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.is_grad_enabled(),
    )
    generate("dual_cache", model, prompt, gen_length=8)
    generate("dual_cache", model, prompt, gen_length=8, temperature=1.0, seed=1)
    after = torch.get_rng_state(), torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled()
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]
    assert torch.equal(prompt, PROMPT)


def test_more_rows_than_run_at_once(model: LLaDAForMaskedDiffusion) -> None:
    prompt = torch.arange(70)[:, None] + 1
    tokens, nfe = generate("dual_cache", model, prompt, gen_length=4, block_length=2)
    assert tokens.shape == (70, 5)
    assert nfe == 4
    last, _ = generate("dual_cache", model, prompt[69:], gen_length=4, block_length=2)
    assert torch.equal(tokens[69:], last)


def test_a_failure_leaves_a_working_model(model: LLaDAForMaskedDiffusion) -> None:
    with pytest.raises(ContextLengthError):
        generate("dual_cache", model, gen_length=256)
    tokens, _ = generate("dual_cache", model, gen_length=8)
    assert MASK not in tokens


def test_own_parameters_need_a_registration(model: LLaDAForMaskedDiffusion) -> None:
    class Lone(DenoisingAlgorithm):
        name = "lone"

        def plan(self, progress: Progress) -> Plan:
            return Plan(Window.CANVAS)

    with pytest.raises(ParameterError, match=r"sharpness: no parameter of lone; .* params="):
        Lone().generate(model, PROMPT, gen_length=4, sharpness=1)
    with pytest.raises(ParameterError, match="sharpness: no parameter of basic; there are steps"):
        generate("basic", model, gen_length=4, sharpness=1)
