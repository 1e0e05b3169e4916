"""Waking tasks: one when somebody rings, or many at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Beat:
    """Wakes all who wait for it together, which costs less than to wake each at a time of its own."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """From one stroke to the next, for who has waited for both."""
        self._waiting: list[Callable[[], object]] = []

    def join(self, call: Callable[[], object], at: float) -> None:
        """Have `call` called at the next stroke: at that time of the event loop's clock, or when somebody who
        waits already has asked for; both are within `seconds`."""
        if not self._waiting:
            asyncio.get_running_loop().call_at(at, self._strike)
        self._waiting.append(call)

    def _strike(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()


class Bell:
    """What one task waits for and others ring; cheaper than an `asyncio.Event` in an `asyncio.timeout`."""

    def __init__(self, beat: Beat | None = None) -> None:
        """With a `beat`, a wait that is rung again soon after the last one ends with its next stroke."""
        self._loop = asyncio.get_running_loop()
        self._beat = beat
        self._soon = 0.0
        """Until when "soon" is."""
        self._waiter: asyncio.Future[None] | None = None
        self._rung = False
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        """Outlives the wait that set it, since most waits end long before."""

    def ring(self) -> None:
        """End the wait, or the next one."""
        if not self._rung:
            self._rung = True
            if self._waiter is not None:
                self._answer()

    def _answer(self) -> None:
        if self._beat is None or self._loop.time() >= self._soon:
            self._wake()
        else:
            self._beat.join(self._struck, self._soon)

    def _struck(self) -> None:
        if self._rung:  # else the wait of which the beat knows ended because its time was up
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait to be rung, for at most some time; whether it was."""
        self._waiter = self._loop.create_future()
        if seconds is not None:
            self._set_timer(seconds)
        if self._rung:
            self._answer()
        try:
            await self._waiter
        finally:
            self._waiter = None
        rung, self._rung = self._rung, False
        if rung and self._beat is not None:
            self._soon = self._loop.time() + self._beat.seconds
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
            self._wake()
