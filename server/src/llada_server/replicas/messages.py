"""What HTTP replicas and engine replicas say to each other: msgpack of typed structs, no pickled objects."""

from __future__ import annotations

import msgspec

from llada_core.algorithm import Availability
from llada_core.engine.events import Commit, Event, Failed, Finished, Preview
from llada_core.engine.likelihood_request import Work
from llada_core.engine.stats import EngineStats

from ..breaker import Plugged
from ..engine_client import EngineInfo, EngineState, EngineVitals
from ..engine_messages import Taken

Answer = Taken | Event


class Death(msgspec.Struct, frozen=True):
    """The engine's process has ended inside its replica."""

    number: int
    """From 1, of this replica."""
    running: list[Plugged]
    how: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How one engine replica is doing."""

    replica: str
    """Which one; another one after each start."""
    state: EngineState
    reason: str | None
    info: EngineInfo | None
    vitals: EngineVitals
    stats: EngineStats | None
    availability: dict[str, Availability]
    deaths: list[Death]
    """The last ones."""


_encoder = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(Work)
_answers = msgspec.msgpack.Decoder(Taken | Commit | Preview | Finished | Failed)
_looks = msgspec.msgpack.Decoder(Look)


def encode(message: Work | Answer | Look) -> bytes:
    """The bytes of a message."""
    return _encoder.encode(message)


def read_request(data: bytes) -> Work:
    """A request, its own parameters as plain objects."""
    request: Work = _requests.decode(data)
    return request


def read_answer(data: bytes) -> Answer:
    """What an engine replica said about a request."""
    answer: Answer = _answers.decode(data)
    return answer


def read_look(data: bytes) -> Look:
    """How an engine replica is doing."""
    return _looks.decode(data)
