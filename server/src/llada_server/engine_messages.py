"""What the server and the process of its engine say to each other: msgpack, four bytes of length before each.

Nothing here can carry code: both ends decode into the types below and refuse anything else.
"""

from __future__ import annotations

import msgspec

from llada_core import errors
from llada_core.algorithm import Availability
from llada_core.engine.events import Event
from llada_core.engine.likelihood_request import Work
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError

from .engine_client import EngineInfo
from .settings import Settings

LENGTH = 4
"""Bytes of the length, big-endian."""


class Start(msgspec.Struct, frozen=True, tag=True):
    """The first message to the process."""

    folder: str
    """The checkpoint."""
    settings: Settings
    files: list[str]
    """Python files with algorithms, beside the installed plugins."""
    path: list[str]
    """Where the server's process looks for modules."""


class Submit(msgspec.Struct, frozen=True, tag=True):
    """Run a request; answered by `Taken`."""

    request: Work


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Give a request up."""

    id: str


class Close(msgspec.Struct, frozen=True, tag=True):
    """End after the present step."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The engine takes requests."""

    info: EngineInfo
    stats: EngineStats
    availability: dict[str, Availability]
    """Of every algorithm, by canonical name."""


class NotLoaded(msgspec.Struct, frozen=True, tag=True):
    """The model cannot be loaded; the process ends."""

    message: str


class Refusal(msgspec.Struct, frozen=True):
    """An error that the engine raised on purpose."""

    kind: str
    """Name of its class."""
    code: str
    message: str
    field: str | None = None

    @classmethod
    def of(cls, error: LladaError) -> Refusal:
        """What to tell of `error`."""
        return cls(type(error).__name__, error.code, str(error), error.field)

    def error(self) -> LladaError:
        """The same error: class, code, field and text. Of a class that is not the core's, a `LladaError`."""
        kind = getattr(errors, self.kind, None)
        if not (isinstance(kind, type) and issubclass(kind, LladaError)):
            kind = LladaError
        error = kind.__new__(kind, self.message)
        error.code, error.field = self.code, self.field
        if isinstance(error, errors.ParameterError):
            error.message = self.message.removeprefix(f"{self.field}: ")
        return error


class Taken(msgspec.Struct, frozen=True, tag=True):
    """The engine has queued a request, or refuses it."""

    id: str
    refusal: Refusal | None = None


class Started(msgspec.Struct, frozen=True, tag=True):
    """A request has left the queue; its first forward is next."""

    id: str


class Step(msgspec.Struct, frozen=True, tag=True):
    """What a step yielded."""

    events: list[Event]
    stats: EngineStats


class Beat(msgspec.Struct, frozen=True, tag=True):
    """Sent regularly, by a thread that does nothing else."""

    progress: int
    """Grows as the engine gets on: with commands, steps and, on a CPU, layers."""
    busy: bool
    """Whether there is work."""
    seconds: float
    """Since the progress last grew; 0 without work."""
    stats: EngineStats


class Crashed(msgspec.Struct, frozen=True, tag=True):
    """A step raised, which no step should: CUDA failed, for example; or one of the model's ranks ended. The
    process ends."""

    error: str
    """Name of the exception's class, or what happened."""


ToEngine = Start | Submit | Cancel | Close
FromEngine = Ready | NotLoaded | Taken | Started | Step | Beat | Crashed

_encoder = msgspec.msgpack.Encoder()
_to_engine = msgspec.msgpack.Decoder(ToEngine)
_from_engine = msgspec.msgpack.Decoder(FromEngine)


def frame(message: ToEngine | FromEngine) -> bytes:
    """The bytes of a message, its length before it."""
    payload = _encoder.encode(message)
    return len(payload).to_bytes(LENGTH, "big") + payload


def read_to_engine(payload: bytes) -> ToEngine:
    """A message to the engine.

    The own parameters in a request are plain objects, for only the registry knows their types.

    Raises:
        msgspec.DecodeError: it is none.
    """
    message: ToEngine = _to_engine.decode(payload)
    return message


def read_from_engine(payload: bytes) -> FromEngine:
    """A message of the engine.

    Raises:
        msgspec.DecodeError: it is none.
    """
    message: FromEngine = _from_engine.decode(payload)
    return message
