"""Two ranks give the tokens of one, whatever is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from llada_core import generate
from llada_core.engine.config import EngineConfig
from llada_core.engine.request import Request
from llada_core.errors import LladaError
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.parallel import ParallelModel
from llada_core.registry import GenerationRegistry, get_algorithm

from ..engine.conftest import run
from ..engine.test_golden import arguments
from ..probes.plans import Vicinity, VicinityParams
from .conftest import GOLDEN, Ask, MakeEngine

MIXED: list[tuple[str, dict[str, Any]]] = [
    ("dual_cache", {"steps": 8}),
    ("dual_cache", {"steps": 6, "temperature": 0.8, "seed": 3}),
    ("dual_cache", {"steps": 6, "temperature": 1.0, "top_k": 4}),
    ("dual_cache", {"threshold": 0.02}),
    ("prefix_cache", {"factor": 0.9, "top_p": 0.7, "temperature": 1.0}),
    ("prefix_cache", {"steps": 5, "remasking": "random", "seed": 9}),
    ("basic", {"steps": 8, "cfg_scale": 0.7}),
    ("basic", {"steps": 8, "temperature": 0.5, "seed": 1}),
    ("dual_cache", {"unmasking": "credit", "steps": 8}),
    ("dkv", {"steps": 8}),
    ("wino", {}),
]


@pytest.fixture(params=[None, True], ids=["packed", "blocks"])
def block_steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool | None:
    """Whether blocks run over buffers that never move, with statistics from shares of the vocabulary."""
    steps: bool | None = request.param
    config = EngineConfig
    monkeypatch.setattr(generate, "EngineConfig", lambda **values: config(block_steps=steps, **values))
    return steps


@pytest.mark.parametrize("name", ["cases.json", "cfg_cases.json"])
def test_golden_cases(split: ParallelModel, block_steps: bool | None, name: str) -> None:
    if hasattr(split, generate.ATTRIBUTE):
        delattr(split, generate.ATTRIBUTE)
    for case in json.loads((GOLDEN / name).read_text())[:: 2 if block_steps else 6]:
        algorithm = get_algorithm(case["algorithm"])
        assert algorithm is not None
        prompt = torch.tensor(case["prompt"])
        tokens, nfe = algorithm.generate(split, prompt, **arguments(case))
        assert tokens[:, prompt.shape[1] :].tolist() == case["output"]
        assert nfe <= case.get("nfe", case["steps"])


def requests(ask: Ask, registry: GenerationRegistry | None = None) -> list[Request]:
    return [
        ask(str(n), name, tuple(range(3 + n, 9 + 2 * n)), registry, **values)
        for n, (name, values) in enumerate(MIXED)
    ]


@pytest.mark.parametrize("steps", [None, True], ids=["packed", "blocks"])
def test_everything_that_can_be_asked(
    model: LLaDAForMaskedDiffusion,
    split: ParallelModel,
    make_engine: MakeEngine,
    ask: Ask,
    steps: bool | None,
) -> None:
    """Requests come and go in a small pool, which is moved together."""
    limits = {"max_rows": 4, "kv_tokens": 150, "block_steps": steps}
    wanted = run(make_engine(model, **limits), *requests(ask))
    engine = make_engine(split, **limits)
    assert (engine._runner.blocks is not None) == (steps is True)
    found = run(engine, *requests(ask))
    assert not found.failed
    assert found.finished == wanted.finished
    assert found.commits == wanted.commits


def test_entries_that_come_back(
    model: LLaDAForMaskedDiffusion, split: ParallelModel, make_engine: MakeEngine, ask: Ask
) -> None:
    registry = GenerationRegistry()
    registry.register(Vicinity(), params=VicinityParams)
    asked = [ask(str(n), "vicinity", (4, 9, n), registry, steps=8, gen_length=32) for n in range(2)]
    wanted = run(make_engine(model, registry), *asked)
    assert run(make_engine(split, registry), *asked).finished == wanted.finished


def test_a_script_of_its_own(model: LLaDAForMaskedDiffusion, split: ParallelModel) -> None:
    """Masks, biases and positions reach the other rank."""
    ids = torch.randint(0, 300, (2, 9), generator=torch.Generator().manual_seed(5))
    mask = torch.ones(2, 9, dtype=torch.int64)
    mask[1, 6:] = 0
    seen = torch.ones(9, 9).tril().bool().expand(2, 9, 9)
    for values in (
        {},
        {"attention_mask": mask},
        {"attention_bias": seen},
        {"attention_bias": torch.where(seen, 0.0, -3.0), "position_ids": torch.arange(9).expand(2, 9) + 4},
    ):
        with torch.inference_mode():
            wanted, found = model(ids, **values).logits, split(ids, **values).logits
        assert torch.allclose(found, wanted, atol=1e-3), values


def test_only_the_last_engine_runs(split: ParallelModel, make_engine: MakeEngine, ask: Ask) -> None:
    first, second = make_engine(split), make_engine(split)
    with pytest.raises(LladaError, match="another engine runs on this model's ranks now"):
        run(first, ask("a", "dual_cache", (1, 2)))
    assert run(second, ask("a", "dual_cache", (1, 2))).finished
