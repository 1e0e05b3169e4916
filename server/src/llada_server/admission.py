"""How much work the server takes before it says no."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import ApiError


class Gate:
    """Counts open requests and their canvas positions; refuses what goes beyond the bounds with a 429."""

    def __init__(self, *, max_rows: int, max_queue: int, max_tokens: int) -> None:
        self._max_rows = max_rows
        self._max_queue = max_queue
        self._max_tokens = max_tokens
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
    def enter(self, requests: int, tokens: int) -> Iterator[None]:
        """Hold a place for `requests` with `tokens` canvas positions in all.

        Raises:
            ApiError: 429 `queue_full` with a Retry-After estimated from how long requests took lately.
        """
        if self.open + requests > self._max_rows + self._max_queue or (
            self.open and self.tokens + tokens > self._max_tokens
        ):
            self.refused += requests
            raise ApiError(
                429,
                f"the queue is full ({self.open} requests open); try again later",
                code="queue_full",
                headers={"retry-after": str(self._retry_after())},
            )
        started = time.monotonic()
        self.open += requests
        self.tokens += tokens
        try:
            yield
        finally:
            self.open -= requests
            self.tokens -= tokens
            self._seconds += 0.1 * (time.monotonic() - started - self._seconds)

    def _retry_after(self) -> int:
        """Seconds in which about half of the queue should be gone."""
        return max(1, min(120, math.ceil(self._seconds * self.open / self._max_rows / 2)))
