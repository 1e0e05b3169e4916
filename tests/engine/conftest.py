"""An engine over the random golden checkpoint, and short ways to fill and run it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.events import Commit, Failed, Finished
from llada_core.engine.request import Request, build_request
from llada_core.model import LLaDAForMaskedDiffusion, load_model
from llada_core.registry import GenerationRegistry, default_registry

GOLDEN = Path(__file__).parent.parent / "golden"

MakeEngine = Callable[..., Engine]
Ask = Callable[..., Request]


@pytest.fixture(scope="session")
def model() -> LLaDAForMaskedDiffusion:
    """Three layers of random float32 weights; mask id 310, end id 305, context 256."""
    return load_model(GOLDEN, device="cpu", dtype="float32")


@pytest.fixture(scope="session")
def plugins() -> GenerationRegistry:
    """The registry of this process, with the installed algorithms."""
    return default_registry()


@pytest.fixture
def make_engine(model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry) -> MakeEngine:
    """An engine; keywords are fields of its configuration."""

    def make(registry: GenerationRegistry | None = None, **config: Any) -> Engine:
        return Engine(model, registry=registry or plugins, config=EngineConfig(**config))

    return make


@pytest.fixture
def ask(model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry) -> Ask:
    """A checked request; keywords that are not `build_request`'s are parameters."""

    def make(
        id: str = "a",
        algorithm: str = "dual_cache",
        prompt: tuple[int, ...] = (5, 6, 7),
        registry: GenerationRegistry | None = None,
        suffix: tuple[int, ...] = (),
        preview: bool = False,
        **values: Any,
    ) -> Request:
        values = {"gen_length": 16, "block_length": 8, "ignore_eos": True} | values
        request, rest = build_request(
            registry or plugins,
            model.facts,
            values,
            id=id,
            algorithm=algorithm,
            prompt=prompt,
            suffix=suffix,
            preview=preview,
        )
        assert not rest
        return request

    return make


class Run:
    """What an engine said, by request."""

    def __init__(self) -> None:
        self.finished: dict[str, Finished] = {}
        self.failed: dict[str, Failed] = {}
        self.commits: dict[str, list[int]] = {}
        self.events: list[Any] = []

    def take(self, events: list[Any]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, Finished):
                assert event.request_id not in self.finished
                self.finished[event.request_id] = event
            elif isinstance(event, Failed):
                self.failed[event.request_id] = event
            elif isinstance(event, Commit):
                tokens = self.commits.setdefault(event.request_id, [])
                assert event.start == len(tokens), "commits follow each other without a gap"
                tokens += event.tokens

    def tokens(self, id: str = "a") -> list[int]:
        assert not self.failed, self.failed
        return self.finished[id].tokens


def run(engine: Engine, *requests: Request, steps: int = 10_000) -> Run:
    """Add requests and step until nothing is left to do."""
    found = Run()
    for request in requests:
        engine.add(request)
    for _ in range(steps):
        if not engine.has_work():
            return found
        found.take(engine.step())
    raise AssertionError("the engine did not come to an end")
