"""The loop around a synchronous engine: commands between steps, sleep without work."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from llada_core.engine.events import Event
from llada_core.engine.likelihood_request import Work
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError

from .engine_client import EngineInfo, NotTakenError

log = logging.getLogger(__name__)


class SyncEngine(Protocol):
    """What the server uses of `llada_core.engine.engine.Engine`."""

    def add(self, request: Work) -> None: ...
    def cancel(self, request_id: str) -> bool: ...
    def step(self) -> list[Event]: ...
    def has_work(self) -> bool: ...
    def stats(self) -> EngineStats: ...


Build = Callable[[], tuple[SyncEngine, EngineInfo]]
Command = Callable[[SyncEngine], object]
Report = Callable[[list[Event], EngineStats], object]


class EngineLoop:
    """Runs an engine in the thread that calls `run`; others may leave commands and look at the progress."""

    def __init__(self, *, max_rows: int = 8, max_wait_time: float = 0.0) -> None:
        self._max_rows = max_rows
        self._max_wait_time = max_wait_time
        self._commands: deque[Command] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._moved = time.monotonic()
        self.progress = 0
        """Grows with every command and step, and whenever `advance` is called."""
        self.busy = False
        """Whether a command or a step is running."""

    @property
    def stuck_for(self) -> float:
        """Seconds since the progress last grew; 0 without work."""
        return time.monotonic() - self._moved if self.busy else 0.0

    def advance(self) -> None:
        """Count some progress: of a step that is not over yet."""
        self.progress += 1
        self._moved = time.monotonic()

    def command(self, command: Command) -> None:
        """Have the engine's thread call `command` before its next step."""
        with self._wake:
            self._commands.append(command)
            self._wake.notify()

    def close(self) -> None:
        """Let `run` return after the step that it is in."""
        with self._wake:
            self._closing = True
            self._wake.notify()

    def run(self, engine: SyncEngine, report: Report) -> None:
        """Until `close`; what a step yields is told to `report`, and what it raises is raised here."""
        commands: deque[Command] = deque()
        while self._wait_for_work(engine, commands):
            for command in commands:
                command(engine)
                self.advance()
            commands.clear()
            events = engine.step() if engine.has_work() else []
            self.advance()
            report(events, engine.stats())

    def _wait_for_work(self, engine: SyncEngine, commands: deque[Command]) -> bool:
        """Sleep until there is something to do and take the commands; False: stop."""
        work = engine.has_work()
        with self._wake:
            if not work:
                self.busy = False
            self._wake.wait_for(lambda: work or self._commands or self._closing)
            if not work and self._max_wait_time > 0:
                self._wait_for_company()
            commands.extend(self._commands)
            self._commands.clear()
            if not self.busy:
                self.advance()
                self.busy = True
            return not self._closing

    def _wait_for_company(self) -> None:
        deadline = time.monotonic() + self._max_wait_time
        while len(self._commands) < self._max_rows and not self._closing:
            if not self._wake.wait(deadline - time.monotonic()):
                return


def take(
    engine: SyncEngine, request: Work, complete: Callable[[Work], Work] | None = None
) -> LladaError | None:
    """Queue `request`, after `complete` has been called on it; the error to tell if it is not taken."""
    try:
        engine.add(request if complete is None else complete(request))
    except LladaError as error:
        return error
    except Exception:  # of code that a plugin brought: it costs its own request
        log.exception("a request of algorithm %r could not be queued", request.algorithm)
        return NotTakenError(
            "algorithm_error",
            f"algorithm {request.algorithm!r} or its rule failed as a request was queued",
        )
    return None
