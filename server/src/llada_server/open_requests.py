"""The requests that wait for an engine or run in it, and what becomes of them when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from llada_core.engine.events import GOING_ON, Event, Failed
from llada_core.engine.likelihood_request import Work

from .engine_client import NotTakenError
from .engine_messages import Refusal
from .event_queue import EventQueue, resolve

MOST_DEATHS = 3
"""A waiting request is kept until it has seen the engine die so often; see `OpenRequest`."""


class OpenRequest:
    """A request that has not ended."""

    def __init__(self, request: Work) -> None:
        self.request = request
        self.events = EventQueue()
        self.taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once an engine has queued or refused it."""
        self.started = False
        """Whether it has left the engine's queue: it has been computed on, and is not repeated."""
        self.deaths = 0
        """How often the engine died while this one waited, twice where it may have been its fault."""

    async def queued(self, give_up: Callable[[str], Awaitable[object]]) -> EventQueue:
        """Its events, once an engine has queued it; `give_up` is called with its id if nobody waits any more.

        Raises:
            LladaError: it was refused.
        """
        try:
            await self.taken
        except asyncio.CancelledError:
            await give_up(self.request.id)
            raise
        return self.events


class OpenRequests:
    """Open requests by id, in the order in which they came."""

    def __init__(self) -> None:
        self._open: dict[str, OpenRequest] = {}

    def add(self, request: Work) -> OpenRequest:
        """Open `request`."""
        entry = self._open[request.id] = OpenRequest(request)
        return entry

    def requests(self) -> list[Work]:
        """All of them."""
        return [entry.request for entry in self._open.values()]

    def cancel(self, request_id: str) -> bool:
        """End a request without an ending; False if there is none of this id."""
        entry = self._open.pop(request_id, None)
        if entry is None:
            return False
        entry.events.put(None)
        resolve(entry.taken, NotTakenError("cancelled", "the request was cancelled"))
        return True

    def started(self, request_id: str) -> None:
        """The engine begins to compute a request."""
        if request_id in self._open:
            self._open[request_id].started = True

    def answer(self, request_id: str, refusal: Refusal | None) -> None:
        """The engine has queued a request, or refuses it."""
        entry = self._open.get(request_id)
        if entry is None:
            return
        if refusal is None:
            resolve(entry.taken, None)
        elif entry.taken.done():  # by an engine before this one
            failed = Failed(
                request_id=request_id, code=refusal.code, message=refusal.message, field=refusal.field
            )
            self.deliver(failed)
        else:
            del self._open[request_id]
            entry.taken.set_exception(refusal.error())

    def deliver(self, event: Event) -> None:
        """Hand an event to who reads it; the last one closes its request."""
        find = self._open.get if isinstance(event, GOING_ON) else self._open.pop
        entry = find(event.request_id, None)
        if entry is not None:
            entry.events.put(event)

    def at_risk(self) -> list[Work]:
        """What an engine that has just died may have died of: what it had begun, and the first that it was
        handed and had not taken."""
        suspect = self._suspect()
        return [entry.request for entry in self._open.values() if entry.started or entry is suspect]

    def _suspect(self) -> OpenRequest | None:
        return next((entry for entry in self._open.values() if not entry.taken.done()), None)

    def keep_waiting(self, code: str, message: str) -> int:
        """The engine has died: fail what it had begun with `code`; the number of those that are kept."""
        suspect = self._suspect()
        for entry in list(self._open.values()):
            entry.deaths += 2 if entry is suspect else 1
            if entry.started or entry.deaths > MOST_DEATHS:
                self._fail(entry, code, message)
        return len(self._open)

    def fail(self, request_id: str, code: str, message: str) -> None:
        """Fail one request."""
        self._fail(self._open[request_id], code, message)

    def fail_all(self, code: str, message: str) -> None:
        """Fail every request."""
        for entry in list(self._open.values()):
            self._fail(entry, code, message)

    def _fail(self, entry: OpenRequest, code: str, message: str) -> None:
        self.deliver(Failed(request_id=entry.request.id, code=code, message=message))
        resolve(entry.taken, NotTakenError(code, message))
