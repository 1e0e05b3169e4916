"""How much work the server takes before it says no."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import ApiError


class Gate:
    """Counts open requests and their canvas positions; refuses what goes beyond the bounds with a 429."""

    def __init__(self, *, max_rows: int, max_queue: int, max_tokens: int, max_queue_each: int) -> None:
        """`max_queue_each` is the most that wait of one algorithm."""
        self._max_rows = max_rows
        self._max_queue = max_queue
        self._max_queue_each = max_queue_each
        self._max_tokens = max_tokens
        self._open_each: Counter[str] = Counter()
        self._seconds = 1.0
        self.open = 0
        """Requests that were let in and have not left."""
        self.tokens = 0
        """Canvas positions of those."""
        self.refused = 0
        """Requests turned away since the start."""

    def resize(self, max_rows: int) -> None:
        """So many requests can run at once from now on; who is in stays in."""
        self._max_rows = max_rows

    @contextmanager
    def enter(self, algorithm: str, requests: int, tokens: int) -> Iterator[None]:
        """Hold a place for `requests` of an algorithm with `tokens` canvas positions in all.

        Raises:
            ApiError: 429 `queue_full` with a Retry-After estimated from how long requests took lately.
        """
        most, each = self._max_rows + self._max_queue, self._max_rows + self._max_queue_each
        if self.open + requests > most or (self.open and self.tokens + tokens > self._max_tokens):
            raise self._full(requests, "the queue", self.open)
        if self._open_each[algorithm] + requests > each:
            raise self._full(requests, f"the queue of {algorithm!r}", self._open_each[algorithm])
        started = time.monotonic()
        self.open += requests
        self._open_each[algorithm] += requests
        self.tokens += tokens
        try:
            yield
        finally:
            self.open -= requests
            self._open_each[algorithm] -= requests
            self.tokens -= tokens
            self._seconds += 0.1 * (time.monotonic() - started - self._seconds)

    def _full(self, requests: int, what: str, open: int) -> ApiError:
        self.refused += requests
        # Seconds in which about half of the queue should be gone.
        seconds = max(1, min(120, math.ceil(self._seconds * open / self._max_rows / 2)))
        return ApiError(
            429,
            f"{what} is full ({open} requests open); try again later",
            code="queue_full",
            headers={"retry-after": str(seconds)},
        )
