"""Ends of engines' processes, from the replicas where they happen to the HTTP replicas, which judge."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from ..breaker import Judge, Plugged
from .messages import Death, Look

KEPT = 16
"""Deaths that a replica tells of: more than happen from one look at it to the next."""


class DeathRecord:
    """An engine replica's `Judge`: it takes down what happened, and switches nothing off."""

    def __init__(self) -> None:
        self.deaths: deque[Death] = deque(maxlen=KEPT)
        self._number = 0

    def check(self, plugged: Plugged) -> None:
        """Nothing is switched off here."""

    def engine_died(self, running: Iterable[Plugged], how: str) -> None:
        """Take it down."""
        self._number += 1
        self.deaths.append(Death(self._number, list(running), how))


class DeathNews:
    """Tells an HTTP replica's judge of each death once, those of all engines in one series."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[str, int] = {}
        """By replica, the number of the last death that was told or is none of this judge's time."""

    def read(self, looks: Sequence[Look]) -> None:
        """Tell what is new since the last looks."""
        for look in looks:
            latest = max((death.number for death in look.deaths), default=0)
            known = self._known.setdefault(look.replica, latest)
            self._known[look.replica] = latest
            for death in look.deaths:
                if death.number > known:
                    self._judge.engine_died(death.running, death.how)
