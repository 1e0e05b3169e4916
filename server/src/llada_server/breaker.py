"""Algorithms whose requests fail again and again, or end the engine's process, are switched off for a while,
and say so."""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from llada_core.engine.request import Request
from llada_core.registry.core_rules import SPECS

from .errors import ApiError
from .settings import Settings

log = logging.getLogger(__name__)

CORE_RULES = frozenset(spec.name for spec in SPECS)
BLAMED = frozenset({"algorithm_error"})
"""Error codes that are the fault of a plugin's code."""


class Plugged(msgspec.Struct, frozen=True):
    """Whose code a request runs: an algorithm with the core's rules, or with the rule of a plugin.

    Either of the two may be at fault, so a rule that fails takes no algorithm along.
    """

    algorithm: str
    unmasking: str | None = None
    """None: any of the core's."""

    @classmethod
    def of(cls, request: Request) -> Plugged:
        """Of what `request` runs."""
        rule = request.params.rule
        return cls(request.algorithm, None if rule in CORE_RULES else rule)

    def __str__(self) -> str:
        rule = f" with the unmasking rule {self.unmasking!r}" if self.unmasking else ""
        return f"algorithm {self.algorithm!r}{rule}"


class SwitchedOff(msgspec.Struct, frozen=True, kw_only=True):
    """One that takes no requests now."""

    algorithm: str
    unmasking: str | None
    reason: str
    retry_after: int
    """Seconds until it takes some again."""


class Judge(Protocol):
    """Whom an engine tells that its process has ended."""

    def check(self, plugged: Plugged) -> None:
        """Refuse what is switched off.

        Raises:
            ApiError: 503 `algorithm_disabled` with the reason and Retry-After.
        """

    def engine_died(self, running: Iterable[Plugged], how: str) -> None:
        """The engine's process has ended, and took requests of `running` along."""


class _Record:
    def __init__(self, limit: int) -> None:
        self.failures: deque[tuple[float, int]] = deque(maxlen=limit)
        """The last ones: when, and how many successes there had been."""
        self.successes = 0
        self.off_until: float | None = None
        """Past: it is on trial. None: nothing is wrong."""
        self.reason = ""
        self.times = 0


class Breaker:
    """Told what becomes of requests; refuses those of what failed too often.

    Too often is `limit` failures within `pause` seconds and fewer successes than that between them. It is off
    for `pause` seconds; then its first request that ends decides whether it is off again or as before.

    A process that ends does not say whose code ended it. To blame is what was running each time, `deaths`
    times in a row, and none of whose requests came to a good end in between.
    """

    def __init__(
        self, *, limit: int, pause: float, deaths: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`limit` or `deaths` 0: nothing is ever switched off for that."""
        self._limit = limit
        self._deaths: deque[dict[Plugged, int]] = deque(maxlen=deaths)
        """Of the last deaths what was running, and how many successes it had had."""
        self._pause = pause
        self._clock = clock
        self._records: dict[Plugged, _Record] = {}

    @classmethod
    def under(cls, settings: Settings) -> Breaker:
        """As an operator wants it."""
        return cls(
            limit=settings.algorithm_failures,
            pause=settings.algorithm_pause,
            deaths=settings.algorithm_deaths,
        )

    def check(self, plugged: Plugged) -> None:
        """Refuse what is switched off.

        Raises:
            ApiError: 503 `algorithm_disabled` with the reason and Retry-After.
        """
        left = self._left(plugged)
        if left:
            record = self._records[plugged]
            raise ApiError(
                503,
                f"{plugged} is switched off for {left} s: {record.reason}",
                param="generation_algorithm",
                code="algorithm_disabled",
                headers={"retry-after": str(left)},
            )

    def succeeded(self, plugged: Plugged) -> None:
        """A request ran to its end."""
        record = self._records.get(plugged)
        if record is None:
            return
        record.successes += 1
        if record.off_until is not None and self._clock() >= record.off_until:
            record.off_until = None
            log.info("%s works again", plugged)

    def failed(self, plugged: Plugged, code: str, message: str) -> None:
        """A request failed with an error; only those in `BLAMED` count. Others never see the message, which
        may quote what the request held."""
        if code not in BLAMED or not self._limit or self._left(plugged):
            return
        record = self._records.setdefault(plugged, _Record(self._limit))
        now = self._clock()
        record.failures.append((now, record.successes))
        since, successes = record.failures[0]
        often = (
            len(record.failures) == self._limit
            and now - since <= self._pause
            and record.successes - successes < self._limit
        )
        if not often and record.off_until is None:
            return
        again = (
            " again" if record.off_until is not None else f" {self._limit} times within {now - since:.0f} s"
        )
        self._switch_off(plugged, f"it failed{again}", message)

    def engine_died(self, running: Iterable[Plugged], how: str) -> None:
        """The engine's process has ended, and took requests of `running` along."""
        if not self._deaths.maxlen:
            return
        records = {plugged: self._records.setdefault(plugged, _Record(self._limit)) for plugged in running}
        self._deaths.append({plugged: record.successes for plugged, record in records.items()})
        for plugged, record in records.items():
            if self._left(plugged):
                continue
            on_trial = record.off_until is not None
            if on_trial or self._was_always_there(plugged, record.successes):
                times = "again" if on_trial else f"{self._deaths.maxlen} times in a row"
                self._switch_off(plugged, f"the engine's process ended {times} while it ran", how)

    def _was_always_there(self, plugged: Plugged, successes: int) -> bool:
        """Whether it ran at each of the last deaths, and has had just these successes since the first one."""
        full = len(self._deaths) == self._deaths.maxlen
        return full and all(death.get(plugged) == successes for death in self._deaths)

    def _switch_off(self, plugged: Plugged, reason: str, message: str) -> None:
        record = self._records[plugged]
        record.reason = reason
        record.off_until = self._clock() + self._pause
        record.times += 1
        record.failures.clear()
        log.error("%s is switched off for %g s: %s, last: %s", plugged, self._pause, reason, message)

    def switch_on(self, algorithm: str) -> bool:
        """Forget the failures of an algorithm, with any rule; whether it was switched off."""
        found = [plugged for plugged in self._records if plugged.algorithm == algorithm]
        off = any(self._left(plugged) for plugged in found)
        for plugged in found:
            record = self._records[plugged]
            record.off_until = None
            record.failures.clear()
            for death in self._deaths:
                death.pop(plugged, None)
        return off

    def switched_off(self) -> list[SwitchedOff]:
        """What takes no requests now."""
        return [
            SwitchedOff(
                algorithm=plugged.algorithm,
                unmasking=plugged.unmasking,
                reason=record.reason,
                retry_after=left,
            )
            for plugged, record in list(self._records.items())
            if (left := self._left(plugged))
        ]

    def times(self) -> dict[Plugged, int]:
        """How often each has been switched off."""
        return {plugged: record.times for plugged, record in self._records.items() if record.times}

    def _left(self, plugged: Plugged) -> int:
        """Seconds that it is still off, rounded up; 0: it is not."""
        record = self._records.get(plugged)
        if record is None or record.off_until is None:
            return 0
        return max(0, math.ceil(record.off_until - self._clock()))
