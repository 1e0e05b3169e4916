"""The engine in one thread of this process. The only place where the server reaches code that needs torch."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from llada_core.engine.events import Event, Failed, Finished
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError

from .engine_client import EngineInfo, EngineState

log = logging.getLogger(__name__)


class SyncEngine(Protocol):
    """What this module uses of `llada_core.engine.engine.Engine`."""

    def add(self, request: Request) -> None: ...
    def cancel(self, request_id: str) -> bool: ...
    def step(self) -> list[Event]: ...
    def has_work(self) -> bool: ...
    def stats(self) -> EngineStats: ...


Build = Callable[[], tuple[SyncEngine, EngineInfo]]
Command = Callable[[SyncEngine], object]


class NotTakenError(LladaError):
    """The engine did not take a request because it is not running, or is about to stop."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InProcessEngine:
    """An `EngineClient` that runs the engine in a thread of its own.

    `build` runs in that thread and may take minutes. Between steps the thread carries out the commands that
    the event loop left; without work it sleeps on a condition.
    """

    def __init__(self, build: Build, *, max_rows: int = 8, max_wait_time: float = 0.0) -> None:
        self._build = build
        self._max_rows = max_rows
        self._max_wait_time = max_wait_time
        self._state: EngineState = "starting"
        self._reason: str | None = None
        self._info: EngineInfo | None = None
        self._stats: EngineStats | None = None
        self._streams: dict[str, asyncio.Queue[Event | None]] = {}
        self._taken: dict[str, asyncio.Future[None]] = {}
        self._commands: deque[Command] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> EngineState:
        """Where the engine is in its life."""
        return self._state

    @property
    def reason(self) -> str | None:
        """Why the engine failed."""
        return self._reason

    @property
    def info(self) -> EngineInfo | None:
        """None until the engine is ready."""
        return self._info

    async def start(self) -> None:
        """Load the model in the engine's thread; returns once requests are taken."""
        self._loop = asyncio.get_running_loop()
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="llada-engine", daemon=True)
        self._thread.start()
        await asyncio.shield(self._started)

    async def submit(self, request: Request) -> AsyncIterator[Event]:
        """Queue `request`; returns once the engine has taken it."""
        if self._state != "ready":
            raise NotTakenError("engine_dead", self._reason or f"the engine is {self._state}")
        taken = self._taken[request.id] = self._loop.create_future()
        stream = self._streams[request.id] = asyncio.Queue()
        self._command(lambda engine: self._add(engine, request, taken))
        try:
            await taken
        except asyncio.CancelledError:
            await self.cancel(request.id)
            raise
        except LladaError:
            self._streams.pop(request.id, None)
            raise
        finally:
            del self._taken[request.id]
        return _read(stream)

    async def cancel(self, request_id: str) -> None:
        """Give a request up; its iterator ends."""
        stream = self._streams.pop(request_id, None)
        if stream is not None:
            stream.put_nowait(None)
            self._command(lambda engine: engine.cancel(request_id))

    async def stats(self) -> EngineStats | None:
        """Counters as of the last step."""
        return self._stats

    async def abort(self, code: str, message: str) -> None:
        """End every open request with a `Failed` event."""
        for request_id in list(self._streams):
            self._command(lambda engine, request_id=request_id: engine.cancel(request_id))  # type: ignore[misc]
        self._fail_all(code, message)

    async def close(self) -> None:
        """Stop the thread after the step it is in; open requests fail."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 10)
        if self._state != "failed":
            self._state = "closed"
        self._fail_all("draining", "the server is shutting down")

    # On the event loop.

    def _command(self, command: Command) -> None:
        with self._wake:
            self._commands.append(command)
            self._wake.notify()

    def _deliver(self, events: list[Event]) -> None:
        for event in events:
            ended = isinstance(event, (Finished, Failed))
            take = self._streams.pop if ended else self._streams.get
            stream = take(event.request_id, None)
            if stream is not None:
                stream.put_nowait(event)

    def _fail_all(self, code: str, message: str) -> None:
        for taken in self._taken.values():
            _resolve(taken, NotTakenError(code, message))
        self._deliver([Failed(request_id=name, code=code, message=message) for name in list(self._streams)])

    def _become_ready(self, info: EngineInfo) -> None:
        self._info, self._state = info, "ready"
        self._started.set_result(None)

    def _become_failed(self, error: BaseException) -> None:
        loading = self._state == "starting"
        self._state = "failed"
        self._reason = f"the engine stopped after an internal error ({type(error).__name__})"
        if loading:
            self._reason = "the model could not be loaded"
            self._started.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))
        self._fail_all("engine_dead", self._reason)

    # In the engine's thread.

    def _run(self) -> None:
        commands: deque[Command] = deque()
        try:
            engine, info = self._build()
            self._stats = engine.stats()
            self._on_loop(lambda: self._become_ready(info))
            while self._wait_for_work(engine, commands):
                for command in commands:
                    command(engine)
                commands.clear()
                if engine.has_work():
                    events = engine.step()
                    self._on_loop(lambda events=events: self._deliver(events))  # type: ignore[misc]
                self._stats = engine.stats()
        except BaseException as error:
            if not isinstance(error, LladaError):
                log.exception("the engine's thread stopped")
            self._on_loop(lambda error=error: self._become_failed(error))  # type: ignore[misc]

    def _wait_for_work(self, engine: SyncEngine, commands: deque[Command]) -> bool:
        """Sleep until there is something to do and take the commands; False: stop."""
        busy = engine.has_work()
        with self._wake:
            self._wake.wait_for(lambda: busy or self._commands or self._closing)
            if not busy and self._max_wait_time > 0:
                self._wait_for_company()
            commands.extend(self._commands)
            self._commands.clear()
            return not self._closing

    def _wait_for_company(self) -> None:
        deadline = time.monotonic() + self._max_wait_time
        while len(self._commands) < self._max_rows and not self._closing:
            if not self._wake.wait(deadline - time.monotonic()):
                return

    def _add(self, engine: SyncEngine, request: Request, taken: asyncio.Future[None]) -> None:
        try:
            engine.add(request)
        except LladaError as error:
            self._on_loop(lambda error=error: _resolve(taken, error))  # type: ignore[misc]
        except Exception:  # of code that a plugin brought: it costs its own request
            log.exception("a request of algorithm %r could not be queued", request.algorithm)
            refused = NotTakenError(
                "algorithm_error",
                f"algorithm {request.algorithm!r} or its rule failed as a request was queued",
            )
            self._on_loop(lambda: _resolve(taken, refused))
        else:
            self._on_loop(lambda: _resolve(taken, None))

    def _on_loop(self, call: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:  # the loop is closed: nobody is left to tell
            log.debug("the event loop is gone")


def _resolve(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


async def _read(stream: asyncio.Queue[Event | None]) -> AsyncIterator[Event]:
    while (event := await stream.get()) is not None:
        yield event
        if isinstance(event, (Finished, Failed)):
            return
