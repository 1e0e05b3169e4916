"""Many engines, seen as one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import RayServeException

from llada_core.algorithm import Availability
from llada_core.engine.events import Ending, Failed
from llada_core.engine.likelihood_request import Work
from llada_core.engine.stats import EngineStats

from ..breaker import Judge
from ..engine_client import EngineInfo, EngineState, EngineVitals, NotTakenError
from ..engine_messages import Refusal, Taken
from ..event_queue import EventQueue
from ..open_requests import OpenRequests
from .deaths import DeathNews
from .messages import Look, encode, read_answer, read_look
from .totals import total_stats, total_vitals

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 4
"""Engines that a request may see die before it is the one that fails."""
PAUSE = 0.25
"""Seconds before a request is tried elsewhere; doubled each time."""
LOOK = 2.0
"""Seconds from one look at all engines to the next."""
LOOKS = 50.0
"""Engines that are looked at in a second."""
PATIENCE = 5.0
"""Seconds in which they have to answer."""
MISSED = 3
"""Looks that may be late before engines take it that this side is gone, and give its requests up."""
ELSEWHERE = ("engine_dead", "draining", "not_ready")
"""Refusals that concern the engine and not the request."""
GONE = "no engine is ready; they are being started again"
DIED = "the engine that ran the request has died"


class ServedEngines:
    """An `EngineClient` over the replicas of a deployment of Ray Serve.

    A request whose engine dies before it has said anything about the result is tried on another one. One that
    has begun to stream fails, since what was sent cannot be taken back.
    """

    def __init__(
        self, handle: Any, on_count: Callable[[int], object] = int, judge: Judge | None = None
    ) -> None:
        """
        Args:
            handle: `DeploymentHandle` of the engines.
            on_count: is told now and then how many engines are ready.
            judge: is told what ran where an engine's process ended.
        """
        self._id = uuid.uuid4().hex
        self._news = None if judge is None else DeathNews(judge)
        self._on_count = on_count
        self._handle = handle
        self._streams = handle.options(method_name="generate", stream=True)
        self._open = OpenRequests()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._looks: Sequence[Look] = ()
        self._info: EngineInfo | None = None
        self._availability: Mapping[str, Availability] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def state(self) -> EngineState:
        """Ready if any engine is."""
        if self._closed:
            return "closed"
        if any(look.state == "ready" for look in self._looks):
            return "ready"
        return "starting" if self._info is None else "restarting"

    @property
    def reason(self) -> str | None:
        """Why none is ready."""
        if self.state != "restarting":
            return None
        return next((look.reason for look in self._looks if look.reason), GONE)

    @property
    def info(self) -> EngineInfo | None:
        """Of the first that was ready; all are alike."""
        return self._info

    @property
    def vitals(self) -> EngineVitals:
        """Of all engines together."""
        return total_vitals([look.vitals for look in self._looks])

    @property
    def availability(self) -> Mapping[str, Availability]:
        """As the first engine found it that was ready."""
        return self._availability

    async def start(self) -> None:
        """Wait for the first engine."""
        ready = asyncio.Event()
        self._looking = asyncio.create_task(self._look_around(ready))
        await ready.wait()

    async def submit(self, request: Work) -> EventQueue:
        """Hand `request` to an engine; returns once one has taken it."""
        if self._closed:
            raise NotTakenError("draining", "the server is shutting down")
        entry = self._open.add(request)
        task = self._tasks[request.id] = asyncio.create_task(self._run(request))
        task.add_done_callback(lambda _: self._tasks.pop(request.id, None))
        return await entry.queued(self.cancel)

    async def cancel(self, request_id: str) -> None:
        """Give a request up; its iterator ends, and so does its work."""
        self._open.cancel(request_id)
        self._stop(request_id)

    async def stats(self) -> EngineStats | None:
        """Sums over all engines, as of the last look."""
        return total_stats([look.stats for look in self._looks if look.stats is not None])

    async def abort(self, code: str, message: str) -> None:
        """End every open request with a `Failed` event."""
        self._open.fail_all(code, message)
        for request_id in list(self._tasks):
            self._stop(request_id)

    async def close(self) -> None:
        """Let go of the engines, which Ray Serve ends."""
        self._closed = True
        await self.abort("draining", "the server is shutting down")
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    # One request

    def _stop(self, request_id: str) -> None:
        task = self._tasks.get(request_id)
        if task is not None:
            task.cancel()

    async def _run(self, request: Work) -> None:
        """Bring a request to its end: on one engine after the other, until one has begun to answer."""
        pause = PAUSE
        for attempt in range(1, MOST_ATTEMPTS + 1):
            refusal = await self._try(request)
            if refusal is None:
                return
            if refusal.code not in ELSEWHERE or attempt == MOST_ATTEMPTS:
                self._open.answer(request.id, refusal)
                return
            log.info("request %s is tried on another engine: %s", request.id, refusal.message)
            await asyncio.sleep(pause)
            pause *= 2

    async def _try(self, request: Work) -> Refusal | None:
        """Run a request on some engine; None: it has ended, else why this engine did not take it on."""
        begun = False
        response = self._streams.remote(request.algorithm, encode(request), self._id)
        try:
            async for data in response:
                answer = read_answer(data)
                if not isinstance(answer, Taken):
                    begun = True
                    self._open.deliver(answer)
                    if isinstance(answer, Ending):
                        return None
                elif answer.refusal is not None:
                    return answer.refusal
                else:
                    self._open.answer(request.id, None)
        except RayTaskError:
            log.exception("an engine's replica failed")
            return self._end(
                request, begun, Refusal("LladaError", "internal_error", "internal error of the server")
            )
        except (RayError, RayServeException) as error:
            log.warning("an engine is lost: %s", type(error).__name__)
        except asyncio.CancelledError:
            if _is_cancelled():
                response.cancel()
                raise
            log.warning("an engine gave a request up")
        return self._end(request, begun, Refusal("NotTakenError", "engine_dead", DIED))

    def _end(self, request: Work, begun: bool, refusal: Refusal) -> Refusal | None:
        """`refusal`, or for a request that has begun to answer its failure."""
        if not begun:
            return refusal
        self._open.deliver(Failed(request_id=request.id, code=refusal.code, message=refusal.message))
        return None

    # All engines

    async def _look_around(self, ready: asyncio.Event) -> None:
        """Ask all engines how they are, for ever."""
        while True:
            # Many engines are looked at less often, or looking would be the work of this process.
            pause = max(LOOK, len(self._looks) / LOOKS)
            with contextlib.suppress(RayError, RayServeException, TimeoutError):
                looks = self._handle.broadcast("look", self._id, MISSED * (pause + PATIENCE))
                found = await looks.results_async(timeout_s=PATIENCE, return_exceptions=True)
                self._take([read_look(each) for each in found if isinstance(each, bytes)])
            if self.state == "ready":
                ready.set()
            await asyncio.sleep(pause)

    def _take(self, looks: Sequence[Look]) -> None:
        self._looks = looks
        self._on_count(sum(look.state == "ready" for look in looks))
        if self._news is not None:
            self._news.read(looks)
        if self._info is None:
            first = next((look for look in looks if look.state == "ready"), None)
            if first is not None:
                self._info, self._availability = first.info, first.availability


def _is_cancelled() -> bool:
    """Whether this task was told to stop, rather than Ray's end of what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
