"""The engine in a thread of this process."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial

from llada_core.algorithm import Availability
from llada_core.engine.events import GOING_ON, Event, Failed
from llada_core.engine.likelihood_request import Work
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError

from .engine_client import EngineInfo, EngineState, EngineVitals, NotTakenError
from .engine_loop import Build, EngineLoop, SyncEngine, take
from .event_queue import EventQueue, resolve

log = logging.getLogger(__name__)


class InProcessEngine:
    """An `EngineClient` that runs the engine in a thread of its own.

    `build` runs in that thread and may take minutes. Between steps the thread carries out the commands that
    the event loop left; without work it sleeps on a condition.
    """

    def __init__(self, build: Build, *, max_rows: int = 8, max_wait_time: float = 0.0) -> None:
        self._build = build
        self._engine_loop = EngineLoop(max_rows=max_rows, max_wait_time=max_wait_time)
        self._state: EngineState = "starting"
        self._reason: str | None = None
        self._info: EngineInfo | None = None
        self._stats: EngineStats | None = None
        self._streams: dict[str, EventQueue] = {}
        self._taken: dict[str, asyncio.Future[None]] = {}
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

    @property
    def vitals(self) -> EngineVitals:
        """How it is doing now."""
        loop = self._engine_loop
        if self._info is None:
            return EngineVitals()
        return EngineVitals(idle=not loop.busy, seconds_since_progress=loop.stuck_for)

    @property
    def availability(self) -> Mapping[str, Availability]:
        """Empty: this process can tell by itself."""
        return {}

    async def start(self) -> None:
        """Load the model in the engine's thread; returns once requests are taken."""
        self._loop = asyncio.get_running_loop()
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="llada-engine", daemon=True)
        self._thread.start()
        await asyncio.shield(self._started)

    async def submit(self, request: Work) -> EventQueue:
        """Queue `request`; returns once the engine has taken it."""
        if self._state != "ready":
            raise NotTakenError("engine_dead", self._reason or f"the engine is {self._state}")
        taken = self._taken[request.id] = self._loop.create_future()
        stream = self._streams[request.id] = EventQueue()
        self._engine_loop.command(lambda engine: self._take(engine, request, taken))
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
        return stream

    async def cancel(self, request_id: str) -> None:
        """Give a request up; its iterator ends."""
        stream = self._streams.pop(request_id, None)
        if stream is not None:
            stream.put(None)
            self._engine_loop.command(partial(_cancel, request_id))

    async def stats(self) -> EngineStats | None:
        """Counters as of the last step."""
        return self._stats

    async def abort(self, code: str, message: str) -> None:
        """End every open request with a `Failed` event."""
        for request_id in list(self._streams):
            self._engine_loop.command(partial(_cancel, request_id))
        self._fail_all(code, message)

    async def close(self) -> None:
        """Stop the thread after the step it is in; open requests fail."""
        self._engine_loop.close()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 10)
        if self._state != "failed":
            self._state = "closed"
        self._fail_all("draining", "the server is shutting down")

    # On the event loop.

    def _deliver(self, events: list[Event]) -> None:
        for event in events:
            find = self._streams.get if isinstance(event, GOING_ON) else self._streams.pop
            stream = find(event.request_id, None)
            if stream is not None:
                stream.put(event)

    def _fail_all(self, code: str, message: str) -> None:
        for taken in self._taken.values():
            resolve(taken, NotTakenError(code, message))
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
        try:
            engine, info = self._build()
            self._stats = engine.stats()
            self._on_loop(lambda: self._become_ready(info))
            self._engine_loop.run(engine, self._report)
        except BaseException as error:
            if not isinstance(error, LladaError):
                log.exception("the engine's thread stopped")
            self._on_loop(partial(self._become_failed, error))

    def _report(self, events: list[Event], stats: EngineStats) -> None:
        self._stats = stats
        if events:
            self._on_loop(partial(self._deliver, events))

    def _take(self, engine: SyncEngine, request: Work, taken: asyncio.Future[None]) -> None:
        self._on_loop(partial(resolve, taken, take(engine, request)))

    def _on_loop(self, call: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:  # the loop is closed: nobody is left to tell
            log.debug("the event loop is gone")


def _cancel(request_id: str, engine: SyncEngine) -> None:
    engine.cancel(request_id)
