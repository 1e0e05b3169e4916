"""An engine over the random golden checkpoint that knows the probes, and short ways to fill and run it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from llada_core import Engine, EngineConfig, GenerationRegistry, Request, build_request, load_model
from llada_core.engine.events import Commit, Failed, Finished
from llada_core.model import LLaDAForMaskedDiffusion

from .plans import DelayedCache, DelayedCacheParams, Vicinity, VicinityParams
from .rules import (
    BlockProphet,
    Credit,
    CreditParams,
    EntropyBound,
    EntropyBoundParams,
    Klass,
    KlassParams,
    LocalLeap,
    LocalLeapParams,
    Prophet,
    ProphetParams,
    Saber,
    SaberParams,
    SlowFast,
    SlowFastParams,
)
from .slow_model import SlowModel

GOLDEN = Path(__file__).parent.parent / "golden"
RULES: tuple[tuple[str, Any, Any], ...] = (
    ("entropy_bound", EntropyBound(), EntropyBoundParams),
    ("klass", Klass(), KlassParams),
    ("credit", Credit(), CreditParams),
    ("prophet", Prophet(), ProphetParams),
    ("block_prophet", BlockProphet(), ProphetParams),
    ("saber", Saber(), SaberParams),
    ("local_leap", LocalLeap(), LocalLeapParams),
    ("slow_fast", SlowFast(), SlowFastParams),
)

Ask = Callable[..., Request]
MakeEngine = Callable[..., Engine]


@pytest.fixture(scope="session")
def model() -> LLaDAForMaskedDiffusion:
    """Three layers of random float32 weights; mask id 310, end id 305, context 256."""
    return load_model(GOLDEN, device="cpu", dtype="float32")


@pytest.fixture(scope="session")
def slow_model() -> SlowModel:
    """The same weights in float64, one row at a time."""
    return SlowModel(GOLDEN)


@pytest.fixture(scope="session")
def registry() -> GenerationRegistry:
    """The installed algorithms, and the probes."""
    found = GenerationRegistry()
    found.load_plugins()
    for name, rule, params in RULES:
        found.register_rule(name, rule, params=params)
    found.register(Vicinity(), params=VicinityParams)
    found.register(DelayedCache(), params=DelayedCacheParams)
    return found


@pytest.fixture(scope="session")
def make_engine(model: LLaDAForMaskedDiffusion, registry: GenerationRegistry) -> MakeEngine:
    """An engine; keywords are fields of its configuration."""
    return lambda **config: Engine(model, registry=registry, config=EngineConfig(**config))


@pytest.fixture(scope="session")
def ask(model: LLaDAForMaskedDiffusion, registry: GenerationRegistry) -> Ask:
    """A checked request; keywords that are not `build_request`'s are parameters."""

    def make(
        id: str = "a",
        algorithm: str = "basic",
        prompt: Sequence[int] = (5, 6, 7),
        suffix: Sequence[int] = (),
        **values: Any,
    ) -> Request:
        values = {"gen_length": 16, "block_length": 8, "ignore_eos": True} | values
        request, rest = build_request(
            registry,
            model.facts,
            values,
            id=id,
            algorithm=algorithm,
            prompt=tuple(prompt),
            suffix=tuple(suffix),
        )
        assert not rest, "every parameter belongs to some part of the request"
        return request

    return make


def run(
    engine: Engine,
    *requests: Request,
    arrivals: Sequence[int] | None = None,
    logprobs: dict[str, list[Any]] | None = None,
) -> dict[str, Finished]:
    """Add each request at its step (default: at once), run to the end; how each one finished, by id.

    `logprobs` is filled with those of the requests that ask for them.
    """
    finished: dict[str, Finished] = {}
    commits: dict[str, list[int]] = {}
    when = [0] * len(requests) if arrivals is None else arrivals
    for step in range(10_000):
        for request, arrival in zip(requests, when, strict=True):
            if arrival == step:
                engine.add(request)
        if step > max(when) and not engine.has_work():
            return finished
        for event in engine.step():
            assert not isinstance(event, Failed), event.message
            if isinstance(event, Commit):
                tokens = commits.setdefault(event.request_id, [])
                assert event.start == len(tokens), "commits follow each other without a gap"
                tokens += event.tokens
                if event.logprobs is not None and logprobs is not None:
                    assert len(event.logprobs) == len(event.tokens)
                    logprobs.setdefault(event.request_id, []).extend(event.logprobs)
            if isinstance(event, Finished):
                assert commits[event.request_id] == event.tokens, "what was committed was final"
                finished[event.request_id] = event
    raise AssertionError("the engine did not come to an end")
