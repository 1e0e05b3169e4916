"""The engine in a process of its own, started again whenever it fails."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from llada_core.algorithm import Availability
from llada_core.engine.likelihood_request import Work
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError

from .breaker import Judge, Plugged
from .engine_child import COMMAND, EngineChild
from .engine_client import EngineInfo, EngineState, EngineVitals, NotTakenError
from .engine_messages import (
    Beat,
    Cancel,
    FromEngine,
    Ready,
    Start,
    Started,
    Step,
    Submit,
    Taken,
    ToEngine,
)
from .errors import ApiError, scrub
from .event_queue import EventQueue
from .open_requests import OpenRequests
from .settings import Settings

log = logging.getLogger(__name__)

SOON = 60.0
"""A failure within so many seconds after the engine was ready counts as one more in a row."""
LONGEST_PAUSE = 30.0
PATIENCE = 3.0
"""Seconds that the process gets to end after its step."""


class LoadError(LladaError):
    """The engine's process says that the model cannot be loaded."""


class EngineProcessClient:
    """An `EngineClient` whose engine lives in a process of its own.

    A process that is killed, exits, or does not get on is replaced. Requests that were running fail; those
    that still waited are handed to the next one.
    """

    def __init__(
        self,
        folder: str,
        settings: Settings,
        *,
        files: Sequence[Path] = (),
        command: Sequence[str] = COMMAND,
        pause: float = 1.0,
        breaker: Judge | None = None,
    ) -> None:
        """
        Args:
            folder: the checkpoint.
            breaker: is told what ran when the process ended; what it has switched off waits no longer.
            files: Python files with algorithms, beside the installed plugins.
            command: what to start instead; for tests.
            pause: seconds before the second restart in a row; doubled for each that follows.
        """
        self._start = Start(folder, settings, [str(file.absolute()) for file in files], list(sys.path))
        self._settings = settings
        self._command = command
        self._pause = pause
        self._breaker = breaker
        self._state: EngineState = "starting"
        self._reason: str | None = None
        self._info: EngineInfo | None = None
        self._stats: EngineStats | None = None
        self._availability: Mapping[str, Availability] = {}
        self._open = OpenRequests()
        self._restarts = 0
        self._closing = False
        self._ready_at: float | None = None
        self._moved_at: float | None = None
        self._child: EngineChild | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def state(self) -> EngineState:
        """Where the engine is in its life."""
        return self._state

    @property
    def reason(self) -> str | None:
        """Why the engine is not ready, after a failure."""
        return self._reason

    @property
    def info(self) -> EngineInfo | None:
        """None until the engine is ready for the first time."""
        return self._info

    @property
    def pid(self) -> int | None:
        """Id of the engine's present process."""
        return self._child.pid if self._child else None

    @property
    def vitals(self) -> EngineVitals:
        """How it is doing now."""
        child = self._child
        moved = (child and child.moved_at) or self._moved_at
        return EngineVitals(
            restarts=self._restarts,
            idle=child is None or child.idle,
            seconds_since_progress=None if moved is None else time.monotonic() - moved,
        )

    @property
    def availability(self) -> Mapping[str, Availability]:
        """As the engine's process found it when it was ready."""
        return self._availability

    async def start(self) -> None:
        """Start the process; returns once it takes requests."""
        self._loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._supervisor = asyncio.create_task(self._supervise())
        await asyncio.shield(self._loaded)

    async def submit(self, request: Work) -> EventQueue:
        """Send `request`; returns once the engine has taken it, if need be the next one."""
        if self._state != "ready":
            raise NotTakenError("engine_dead", self._reason or f"the engine is {self._state}")
        entry = self._open.add(request)
        self._send(Submit(request))
        return await entry.queued(self.cancel)

    async def cancel(self, request_id: str) -> None:
        """Give a request up; its iterator ends."""
        if self._open.cancel(request_id):
            self._send(Cancel(request_id))

    async def stats(self) -> EngineStats | None:
        """Counters as of the last step or sign of life; None while no engine is ready."""
        return self._stats

    async def abort(self, code: str, message: str) -> None:
        """End every open request with a `Failed` event."""
        for request in self._open.requests():
            self._send(Cancel(request.id))
        self._open.fail_all(code, message)

    async def close(self) -> None:
        """End the process after the step it is in; open requests fail."""
        self._closing = True
        if self._child is not None and self._state == "ready":
            await self._child.close(PATIENCE)
        if self._state != "failed":
            self._state = "closed"
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        if self._child is not None:
            await self._child.gone(PATIENCE)
        self._open.fail_all("draining", "the server is shutting down")

    def _send(self, message: ToEngine) -> None:
        if self._child is not None and self._state == "ready":
            self._child.send(message)

    # What the process says.

    def _receive(self, message: FromEngine) -> None:
        if isinstance(message, Step):
            self._stats = message.stats
            for event in message.events:
                self._open.deliver(event)
        elif isinstance(message, Started):
            self._open.started(message.id)
        elif isinstance(message, Taken):
            self._open.answer(message.id, message.refusal)
        elif isinstance(message, Ready):
            self._become_ready(message)
        elif isinstance(message, Beat):
            self._stats = message.stats

    def _become_ready(self, ready: Ready) -> None:
        if self._closing:
            return
        self._info, self._stats, self._availability = ready.info, ready.stats, ready.availability
        self._state, self._reason, self._ready_at = "ready", None, time.monotonic()
        log.info("the engine runs in process %s", self.pid)
        for request in self._open.requests():
            self._send(Submit(request))
        if not self._loaded.done():
            self._loaded.set_result(None)

    # Its end, and the next one.

    async def _supervise(self) -> None:
        """Run one process after the other."""
        failures = 0
        while True:
            child = self._child = EngineChild(self._start, self._receive, self._command)
            how = await self._end_of(child)
            if self._closing:
                return
            hint = ", as happens when memory runs out" if child.ended_by == signal.SIGKILL else ""
            if self._info is None:
                self._give_up("the model could not be loaded")
                self._loaded.set_exception(LoadError(how + hint))
                return
            lasted = self._ready_at is not None and time.monotonic() - self._ready_at > SOON
            failures = 1 if lasted else failures + 1
            log.error("the engine stopped (%s%s), failure %d in a row", how, hint, failures)
            if failures > self._settings.max_restarts:
                times = f"{failures} times in a row" if failures > 1 else "once"
                self._give_up(f"the engine stopped ({scrub(how)}), {times}, and is not started again")
                return
            self._fall(f"the engine stopped ({scrub(how)}) and is being restarted")
            await child.gone()
            await asyncio.sleep(min(LONGEST_PAUSE, self._pause * (2 ** (failures - 1) - 1)))
            self._restarts += 1

    async def _end_of(self, child: EngineChild) -> str:
        """How the process has ended, once it has."""
        self._ready_at = None
        try:
            return await child.run()
        except OSError as error:
            return f"its process cannot be started: {error.strerror or error}"
        except Exception as error:
            log.exception("the engine's process cannot be looked after")
            return f"internal error of the server: {type(error).__name__}"
        finally:
            self._moved_at = child.moved_at or self._moved_at

    def _fall(self, reason: str) -> None:
        """The engine is gone: requests that were running fail, the others stay."""
        self._state, self._reason, self._stats = "restarting", reason, None
        if self._ready_at is not None:  # else it had been handed nothing
            self._blame(reason)
            kept = self._open.keep_waiting("engine_dead", reason)
            log.info("%d requests go on to wait", kept)

    def _blame(self, reason: str) -> None:
        """Tell the breaker, and fail what has waited for what is now switched off."""
        breaker = self._breaker
        if breaker is None:
            return
        ran = [request for request in self._open.at_risk() if isinstance(request, Request)]
        breaker.engine_died({Plugged.of(request) for request in ran}, reason)
        for request in self._open.requests():
            if not isinstance(request, Request) or request in ran:
                continue
            try:
                breaker.check(Plugged.of(request))
            except ApiError as error:
                self._open.fail(request.id, "algorithm_disabled", error.message)

    def _give_up(self, reason: str) -> None:
        self._state, self._reason, self._stats = "failed", reason, None
        self._open.fail_all("engine_dead", reason)
