"""How long requests wait and steps take, by algorithm. Imports no torch."""

from __future__ import annotations

import time
from collections import defaultdict

from .request import Request
from .stats import Durations


class Times:
    """Keeps the histograms of `EngineStats`."""

    def __init__(self) -> None:
        self._queued_at: dict[str, float] = {}
        self._steps: defaultdict[str, Durations] = defaultdict(Durations)
        self._waits: defaultdict[str, Durations] = defaultdict(Durations)

    def queued(self, request_id: str) -> None:
        """A request begins to wait."""
        self._queued_at[request_id] = time.perf_counter()

    def started(self, request: Request) -> None:
        """It has waited, and runs."""
        waited = time.perf_counter() - self._queued_at.pop(request.id)
        self._waits[request.algorithm].add(waited)

    def given_up(self, request_id: str) -> None:
        """It waits no more, if it did."""
        self._queued_at.pop(request_id, None)

    def step(self, name: str, seconds: float) -> None:
        """A step took so long."""
        self._steps[name].add(seconds)

    def steps(self) -> dict[str, Durations]:
        """`EngineStats.step_seconds`."""
        return {name: found.copy() for name, found in self._steps.items()}

    def waits(self) -> dict[str, Durations]:
        """`EngineStats.queue_seconds`."""
        return {name: found.copy() for name, found in self._waits.items()}
