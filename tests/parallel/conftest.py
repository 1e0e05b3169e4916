"""The random golden checkpoint on one rank and on two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.request import Request, build_request
from llada_core.model import LLaDAForMaskedDiffusion, load_model
from llada_core.parallel import ParallelModel, load
from llada_core.registry import GenerationRegistry, default_registry

GOLDEN = Path(__file__).parent.parent / "golden"
Ask = Callable[..., Request]
MakeEngine = Callable[..., Engine]


def two_ranks(**options: Any) -> ParallelModel:
    """Two processes of this machine, the second of them started here."""
    model = load(GOLDEN, tensor_parallel=2, device="cpu", dtype="float32", **options)
    assert isinstance(model, ParallelModel)
    return model


@pytest.fixture(scope="session")
def model() -> LLaDAForMaskedDiffusion:
    """Three layers of random float32 weights; mask id 310, end id 305, context 256."""
    return load_model(GOLDEN, device="cpu", dtype="float32")


@pytest.fixture(scope="module")
def split() -> Iterator[ParallelModel]:
    """The same on two ranks."""
    model = two_ranks()
    yield model
    model.team.close()


@pytest.fixture
def make_engine() -> MakeEngine:
    """An engine over a model; keywords are fields of its configuration."""

    def make(model: Any, registry: GenerationRegistry | None = None, **config: Any) -> Engine:
        return Engine(model, registry=registry or default_registry(), config=EngineConfig(**config))

    return make


@pytest.fixture
def ask(model: LLaDAForMaskedDiffusion) -> Ask:
    """A checked request; keywords are parameters."""

    def make(
        id: str,
        algorithm: str,
        prompt: tuple[int, ...],
        registry: GenerationRegistry | None = None,
        **values: Any,
    ) -> Request:
        values = {"gen_length": 16, "block_length": 8, "ignore_eos": True} | values
        request, _ = build_request(
            registry or default_registry(), model.facts, values, id=id, algorithm=algorithm, prompt=prompt
        )
        return request

    return make
