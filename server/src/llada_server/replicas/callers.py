"""Which requests of an engine replica have lost the HTTP replica that asked for them."""

from __future__ import annotations

import time
from collections.abc import Callable

UNHEARD = 120.0
"""Seconds that an HTTP replica has that has sent a request and not looked here yet."""


class Callers:
    """HTTP replicas are there for as long as they said at their last look, and their requests with them.

    Ray does not tell an engine that who called it has died: its generator would run to the request's end.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._open: dict[str, set[str]] = {}

    def heard(self, caller: str, lasting: float) -> None:
        """`caller` is there, and will be heard of again within `lasting` seconds."""
        self._until[caller] = self._clock() + lasting

    def opened(self, caller: str, request_id: str) -> None:
        """`caller` wants an answer."""
        self._until.setdefault(caller, self._clock() + UNHEARD)
        self._open.setdefault(caller, set()).add(request_id)

    def closed(self, caller: str, request_id: str) -> None:
        """It has had it, or wants it no more."""
        requests = self._open.get(caller, set())
        requests.discard(request_id)
        if not requests:
            self._open.pop(caller, None)

    def orphans(self) -> list[str]:
        """Requests whose callers are gone; asked again, the same ones until they are closed."""
        now = self._clock()
        gone = [caller for caller, until in self._until.items() if until < now]
        for caller in gone:
            if caller not in self._open:
                del self._until[caller]
        return [request_id for caller in gone for request_id in self._open.get(caller, ())]
