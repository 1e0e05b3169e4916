"""What the HTTP side knows of an engine: only data crosses, so that it may live in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from llada_core.algorithm import Availability
from llada_core.engine.likelihood_request import Work
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError

from .event_queue import EventQueue

EngineState = Literal["starting", "ready", "restarting", "failed", "closed"]


class NotTakenError(LladaError):
    """The engine did not take a request because it is not running, or is about to stop."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class EngineInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a running engine that do not change."""

    device: str
    dtype: str
    parameters: int = 0
    """Number of the model's parameters."""
    kv_tokens: int = 0
    """Canvas positions that there is room for."""


class EngineVitals(msgspec.Struct, frozen=True, kw_only=True):
    """How an engine is doing."""

    restarts: int = 0
    """How often it had to be started again."""
    idle: bool = True
    """Whether there is nothing to do."""
    seconds_since_progress: float | None = None
    """Since it was last seen to get on with its work, or to have none; None before it was ready."""


class EngineClient(Protocol):
    """One engine, seen from the event loop. No method blocks, none may be called from another thread."""

    @property
    def state(self) -> EngineState:
        """Where the engine is in its life."""

    @property
    def reason(self) -> str | None:
        """Why the engine failed: one sentence for users, without paths."""

    @property
    def info(self) -> EngineInfo | None:
        """None until the engine is ready."""

    @property
    def vitals(self) -> EngineVitals:
        """How it is doing now."""

    @property
    def availability(self) -> Mapping[str, Availability]:
        """Which algorithms can run, by canonical name; empty where this process can tell by itself."""

    async def start(self) -> None:
        """Bring the engine up; returns once it takes requests.

        Raises:
            LladaError: the model cannot be loaded; the message says why.
        """

    async def submit(self, request: Work) -> EventQueue:
        """Hand over one request; returns once the engine has taken it.

        Who stops reading before the last event must call `cancel`.

        Raises:
            LladaError: the engine refuses the request (it can never fit), or is not running.
        """

    async def cancel(self, request_id: str) -> None:
        """Give a request up; its events end. A no-op for one that is unknown or has ended."""

    async def stats(self) -> EngineStats | None:
        """Counters as of the last step; None before the engine is ready."""

    async def abort(self, code: str, message: str) -> None:
        """End every open request with a `Failed` event of this code; the engine stays up."""

    async def close(self) -> None:
        """Stop the engine; open requests end with a `Failed` event. A no-op when already closed."""
