"""A model-free world for the HTTP side: one token a byte, scripted replies, algorithms that never run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from llada_core.algorithm import Availability, DenoisingAlgorithm
from llada_core.engine.events import Change, Commit, Event, Failed, Finished, Preview, Scored, TokenLogprob
from llada_core.engine.likelihood_request import LikelihoodRequest, Work
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.errors import ParameterError
from llada_core.facts import ModelFacts
from llada_core.plan import Plan, Progress, Window
from llada_core.registry import GenerationRegistry
from llada_core.structure import Structure
from llada_core.structure.checker import Checker
from llada_server.engine_client import EngineInfo, EngineState, EngineVitals
from llada_server.event_queue import EventQueue

END, MASK = 256, 257
FACTS = ModelFacts(mask_id=MASK, end_ids=(END,), context_length=512, vocab_size=258, n_layers=1)


class ByteTokenizer:
    """A byte is a token; a conversation is `role:content` lines."""

    def chat(self, messages: Sequence[Any]) -> list[int]:
        return list("".join(f"{m['role']}:{m['content']}\n" for m in messages).encode())

    special_ids = frozenset({END, MASK})
    description = {"eos_token": "<end>", "mask_token": "<mask>", "chat_template": "{{ messages }}"}

    def encode(self, text: str) -> list[int]:
        return list(text.encode())

    def decode(self, ids: Sequence[int]) -> str:
        return bytes(id for id in ids if id < 256).decode(errors="replace")

    def token_text(self, id: int) -> str:
        return {END: "<end>", MASK: "<mask>"}.get(id) or self.decode([id])

    def incremental_decoder(self) -> ByteDecoder:
        return ByteDecoder()


class ByteDecoder:
    """Holds back the bytes of an unfinished character."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, ids: list[int]) -> str:
        self._held += bytes(id for id in ids if id < 256)
        try:
            text = self._held.decode()
        except UnicodeDecodeError as error:
            if error.end < len(self._held):
                return self.finish()
            return ""
        self._held = b""
        return text

    def finish(self) -> str:
        text, self._held = self._held.decode(errors="replace"), b""
        return text


class Fake(DenoisingAlgorithm):
    """An algorithm that is listed and chosen, and never runs."""

    def __init__(self, name: str, aliases: tuple[str, ...] = (), answer: Availability | None = None) -> None:
        self.name, self.aliases, self.description = name, aliases, f"the fake {name}"
        self._answer = answer or Availability(True)

    def plan(self, progress: Progress) -> Plan:
        return Plan(window=Window.CANVAS)

    def availability(self) -> Availability:
        return self._answer


class SpecialParams(msgspec.Struct, frozen=True):
    """Parameters of the algorithm `special`."""

    sharpness: float = 1.0
    min_p: float = 0.0


def make_registry() -> GenerationRegistry:
    """The three built-in names, one with parameters of its own, one that is unavailable."""
    registry = GenerationRegistry()
    registry.register(Fake("basic", ("no_cache", "simple")))
    registry.register(Fake("prefix_cache", ("prefix", "cache")))
    registry.register(Fake("dual_cache", ("dual", "double_cache")))
    registry.register(Fake("special"), params=SpecialParams)
    missing = Availability(False, "needs foo>=2, found in /opt/site/foo", "pip install 'foo>=2'")
    registry.register(Fake("broken", answer=missing))
    return registry


class FakeEngine:
    """An `EngineClient` that answers every request with `text`, one commit a block, as fast as it is read."""

    def __init__(self, text: str = "Hello, world") -> None:
        self.text = text
        self.state: EngineState = "ready"
        self.reason: str | None = None
        self.info: EngineInfo | None = EngineInfo(device="cpu", dtype="float32")
        self.vitals = EngineVitals(restarts=1, idle=False, seconds_since_progress=0.5)
        self.availability: dict[str, Availability] = {}
        self.requests: list[Request] = []
        self.likelihoods: list[LikelihoodRequest] = []
        self.cancelled: list[str] = []
        self.refuse: Exception | None = None
        """Raised by `submit`."""
        self.fail: tuple[str, str] | None = None
        """Code and message of a failure after the first block."""
        self._pumps: list[asyncio.Task[None]] = []
        self.go = asyncio.Event()
        """Cleared: requests stay silent after their first block."""
        self.go.set()

    async def start(self) -> None:
        self.state = "ready"

    async def submit(self, request: Work) -> EventQueue:
        if self.refuse is not None:
            raise self.refuse
        if isinstance(request, LikelihoodRequest):
            self.likelihoods.append(request)
            return self._queue(self._score(request))
        self.requests.append(request)
        return self._queue(self._events(request))

    def _queue(self, events: AsyncIterator[Event]) -> EventQueue:
        queue = EventQueue()

        async def pump() -> None:
            async for event in events:
                queue.put(event)

        self._pumps.append(asyncio.create_task(pump()))
        return queue

    async def cancel(self, request_id: str) -> None:
        self.cancelled.append(request_id)

    async def stats(self) -> EngineStats | None:
        return EngineStats(max_rows=8, waiting=3, running=2, ticks=4, rows=10)

    async def abort(self, code: str, message: str) -> None:
        self.fail = (code, message)
        self.go.set()

    async def close(self) -> None:
        self.state = "closed"

    async def _score(self, request: LikelihoodRequest) -> AsyncIterator[Event]:
        if self.fail is not None:
            yield Failed(request_id=request.id, code=self.fail[0], message=self.fail[1])
            return
        told = [-0.5 - n for n in range(len(request.tokens) - request.start)]
        yield Scored(request_id=request.id, logprobs=told, error=0.125, forwards=3)

    async def _events(self, request: Request) -> AsyncIterator[Event]:
        length, block = request.params.gen_length, request.params.block_length
        tokens = [*self.text.encode(), *[END] * length][:length]
        for start in range(0, length, block):
            run = tokens[start : start + block]
            if request.preview:
                changes = [Change(start, run[0], 0.5, 1, "preview"), Change(start, MASK, None, 2, "remask")]
                yield Preview(request.id, changes)
            logprobs = None
            if request.logprobs is not None:
                likeliest = [(run[0], -0.25), (END, -2.0), (65, -3.0)][: request.logprobs]
                logprobs = [TokenLogprob(-0.25 - n, likeliest) for n in range(start, start + len(run))]
            yield Commit(request.id, start, run, logprobs)
            await self.go.wait()
            if self.fail is not None:
                yield Failed(request_id=request.id, code=self.fail[0], message=self.fail[1])
                return
            fixed = request.suffix or request.holes
            if END in run and not request.params.ignore_eos and not fixed:
                break
        yield Finished(
            request_id=request.id,
            tokens=tokens,
            reason="stop" if END in tokens else "length",
            nfe=request.params.steps or 0,
            forwards_per_block=[request.params.steps or 0],
            prompt_tokens=len(request.prompt),
        )


class FakeChecker(Checker):
    """Takes every structure."""

    def __init__(self) -> None:
        self.asked: list[Structure] = []
        self.shortest: int | None = 2
        self.refuse: ParameterError | None = None

    def check(self, structure: Structure) -> int | None:
        self.asked.append(structure)
        if self.refuse is not None:
            raise self.refuse
        return self.shortest
