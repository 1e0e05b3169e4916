"""Published runs of Fast-dLLM v1 and of LLaDA's own sampler, through the public `generate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.events import Finished, Preview
from llada_core.engine.request import build_request
from llada_core.model import LLaDAForMaskedDiffusion, load_model
from llada_core.registry import default_registry, get_algorithm

GOLDEN = Path(__file__).parent.parent / "golden"
ARGUMENTS = (
    "steps",
    "gen_length",
    "block_length",
    "temperature",
    "remasking",
    "threshold",
    "factor",
    "cfg_scale",
)


def cases(name: str) -> list[Any]:
    found = json.loads((GOLDEN / name).read_text())
    return [pytest.param(case, id=f"{n}-{case['algorithm']}-{case['mode']}") for n, case in enumerate(found)]


def arguments(case: dict[str, Any]) -> dict[str, Any]:
    return {name: case[name] for name in ARGUMENTS if name in case}


def generated(model: Any, case: dict[str, Any]) -> tuple[list[list[int]], int]:
    algorithm = get_algorithm(case["algorithm"])
    assert algorithm is not None
    prompt = torch.tensor(case["prompt"])
    tokens, nfe = algorithm.generate(model=model, prompt=prompt, **arguments(case))
    assert torch.equal(tokens[:, : prompt.shape[1]], prompt)
    return tokens[:, prompt.shape[1] :].tolist(), nfe


@pytest.fixture(scope="module")
def trained() -> LLaDAForMaskedDiffusion:
    return load_model(GOLDEN / "trained", device="cpu", dtype="float32")


@pytest.mark.parametrize("case", cases("cases.json"))
def test_fast_dllm(model: LLaDAForMaskedDiffusion, case: dict[str, Any]) -> None:
    assert generated(model, case) == (case["output"], case["nfe"])


@pytest.mark.parametrize("case", cases("cases.json")[::5])
def test_fast_dllm_row_by_row(model: LLaDAForMaskedDiffusion, case: dict[str, Any]) -> None:
    for prompt, output in zip(case["prompt"], case["output"], strict=True):
        tokens, nfe = generated(model, case | {"prompt": [prompt]})
        assert tokens == [output]
        assert nfe <= case["nfe"]


@pytest.mark.parametrize("case", cases("cfg_cases.json"))
def test_guidance(model: LLaDAForMaskedDiffusion, case: dict[str, Any]) -> None:
    tokens, nfe = generated(model, case)
    assert tokens == case["output"]
    assert nfe <= case["steps"]


@pytest.mark.parametrize("case", cases("trained_cases.json"))
def test_trained(trained: LLaDAForMaskedDiffusion, case: dict[str, Any]) -> None:
    assert generated(trained, case) == (case["output"], case["nfe"])


@pytest.mark.parametrize("case", [c for c in cases("trained_cases.json") if "commit_forward" in c.values[0]])
def test_forward_of_each_commit(trained: LLaDAForMaskedDiffusion, case: dict[str, Any]) -> None:
    values = {name: value for name, value in arguments(case).items() if value is not None}
    request, _ = build_request(
        default_registry(),
        trained.facts,
        {**values, "ignore_eos": True},
        id="a",
        algorithm=case["algorithm"],
        prompt=tuple(case["prompt"][0]),
        preview=True,
    )
    engine = Engine(trained, config=EngineConfig(max_rows=1))
    engine.add(request)
    forwards = {}
    while engine.has_work():
        for event in engine.step():
            if isinstance(event, Preview):
                forwards |= {change.position: change.forward - 1 for change in event.changes}
            elif isinstance(event, Finished):
                assert event.tokens == case["output"][0]
    assert [forwards[n] for n in range(len(forwards))] == case["commit_forward"]
