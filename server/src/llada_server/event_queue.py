"""From callbacks on the event loop to what awaits them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from llada_core.engine.events import Ending, Event

from .bell import Bell


class EventQueue:
    """Events of one request, in order; the last one is a `Finished` or `Failed`, or None.

    To be read one by one (`async for`), or, by who reads several, as they come: `listener` is called when
    there is something in `pending`, and again once that was emptied.
    """

    def __init__(self) -> None:
        self.pending: deque[Event | None] = deque()
        """What has come, to be taken from the left."""
        self._ended = False
        self.listener: Callable[[], object] | None = None

    def put(self, event: Event | None) -> None:
        """Add an event; None ends them without an ending."""
        self.pending.append(event)
        if len(self.pending) == 1 and self.listener is not None:
            self.listener()

    def __aiter__(self) -> EventQueue:
        return self

    async def __anext__(self) -> Event:
        """The next event, once there is one."""
        if not self.pending and not self._ended:
            bell = Bell()
            self.listener = bell.ring
            await bell.wait()
            self.listener = None
        event = None if self._ended else self.pending.popleft()
        self._ended = event is None or isinstance(event, Ending)
        if event is None:
            raise StopAsyncIteration
        return event


def resolve(future: asyncio.Future[None], error: Exception | None) -> None:
    """Set the result of `future`, unless it has one."""
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
