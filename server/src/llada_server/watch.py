"""Times one client's request and counts what becomes of its choices."""

from __future__ import annotations

import time

from llada_core.errors import LladaError

from .breaker import Breaker, Plugged
from .errors import ApiError, scrub
from .generation import Choice
from .metrics import Metrics


class Watch:
    """What `Generation` tells the metrics and the breaker. The metrics count nothing of a request that the
    engine did not take."""

    def __init__(self, metrics: Metrics, breaker: Breaker) -> None:
        self._metrics = metrics
        self._breaker = breaker
        self._open: dict[int, Choice] = {}
        self._last_text: dict[int, float] = {}
        self._taken = 0.0
        self._failed = False

    def taken(self, choices: list[Choice]) -> None:
        """The engine has taken all choices."""
        self._taken = time.monotonic()
        for choice in choices:
            request = choice.request
            self._open[choice.index] = choice
            self._metrics.taken(request.algorithm, request.fixed_tokens)

    def texts(self, choice: Choice, count: int) -> None:
        """A choice has got so many pieces of text at once."""
        now, last = time.monotonic(), self._last_text.get(choice.index)
        self._last_text[choice.index] = now
        if last is not None:
            self._metrics.more_text(choice.request.algorithm, now - last, count - 1)
            return
        self._metrics.first_text(choice.request.algorithm, now - self._taken)
        if count > 1:
            self._metrics.more_text(choice.request.algorithm, 0.0, count - 2)

    def done(self, choice: Choice) -> None:
        """A choice is complete."""
        self._breaker.succeeded(Plugged.of(choice.request))
        self._end(choice, choice.text.finish_reason or "length")

    def refused(self, choice: Choice, error: LladaError) -> None:
        """The engine did not take a choice."""
        self._breaker.failed(Plugged.of(choice.request), error.code, scrub(str(error)))

    def failed(self, choice: Choice | None, error: ApiError) -> None:
        """A choice failed, or (None) all of them did not finish in time; the others are given up."""
        self._failed = choice is None
        for each in list(self._open.values()) if choice is None else [choice]:
            self._metrics.failed(each.request.algorithm, str(error.code))
        if choice is not None:
            self._breaker.failed(Plugged.of(choice.request), str(error.code), error.message)
            self._end(choice, "error")

    def closed(self) -> None:
        """Nobody works on the request any more."""
        for choice in list(self._open.values()):
            self._end(choice, "error" if self._failed else "abort")

    def _end(self, choice: Choice, reason: str) -> None:
        if self._open.pop(choice.index, None) is None:
            return
        self._metrics.ended(
            choice.request.algorithm,
            reason,
            choice.text.tokens,
            time.monotonic() - self._taken,
            choice.ending.nfe if choice.ending else None,
        )
