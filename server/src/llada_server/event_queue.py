"""From callbacks on the event loop to what awaits them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from llada_core.engine.events import Ending, Event


class EventQueue:
    """Events of one request, in order; the last one is a `Finished` or `Failed`, or None.

    To be read one by one (`async for`), or, by who reads several, as they come: `listener` is called whenever
    there is something to `take`.
    """

    def __init__(self) -> None:
        self._events: deque[Event | None] = deque()
        self._ended = False
        self.listener: Callable[[], object] | None = None

    def put(self, event: Event | None) -> None:
        """Add an event; None ends them without an ending."""
        self._events.append(event)
        if self.listener is not None:
            self.listener()

    @property
    def ready(self) -> bool:
        """Whether there is something to take."""
        return bool(self._events)

    def take(self) -> Event | None:
        """The next event, of which there is one."""
        return self._events.popleft()

    def __aiter__(self) -> EventQueue:
        return self

    async def __anext__(self) -> Event:
        """The next event, once there is one."""
        if not self._events and not self._ended:
            bell = Bell()
            self.listener = bell.ring
            await bell.wait()
            self.listener = None
        event = None if self._ended else self._events.popleft()
        self._ended = event is None or isinstance(event, Ending)
        if event is None:
            raise StopAsyncIteration
        return event


class Bell:
    """What one task waits for and others ring; cheaper than an `asyncio.Event` in an `asyncio.timeout`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._rung = False
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        """Outlives the wait that set it, since most waits end long before."""

    def ring(self) -> None:
        """End the wait, or the next one."""
        self._rung = True
        if self._waiter is not None:
            resolve(self._waiter, None)

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait to be rung, for at most some time; whether it was."""
        if not self._rung:
            if seconds is not None:
                self._set_timer(seconds)
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        rung, self._rung = self._rung, False
        return rung

    def close(self) -> None:
        """Nobody waits any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, seconds: float) -> None:
        self._until = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._until:
            self.close()
        if self._timer is None:
            self._timer = self._loop.call_at(self._until, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() < self._until:
            self._timer = self._loop.call_at(self._until, self._look)
        else:
            resolve(self._waiter, None)


def resolve(future: asyncio.Future[None], error: Exception | None) -> None:
    """Set the result of `future`, unless it has one."""
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
