"""Counters of one engine, for operators. Imports no torch."""

from __future__ import annotations

from bisect import bisect_left

import msgspec

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
"""Seconds at which the buckets of `Durations` end; one more holds what is longer."""


class Durations(msgspec.Struct):
    """A histogram of times."""

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    """Times in each bucket of `BOUNDS`, not accumulated."""
    total: float = 0.0
    """Seconds of all of them."""

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def update(self, other: Durations) -> None:
        """Count all of another's."""
        self.counts = [a + b for a, b in zip(self.counts, other.counts, strict=True)]
        self.total += other.total

    def copy(self) -> Durations:
        """As of now."""
        return Durations(list(self.counts), self.total)


class EngineStats(msgspec.Struct, kw_only=True):
    """A snapshot; counts are since the engine started."""

    max_rows: int
    """Most requests that run at once."""
    running: int = 0
    running_by_algorithm: dict[str, int] = {}
    waiting: int = 0
    waiting_by_algorithm: dict[str, int] = {}
    kv_tokens: int = 0
    """Size of the key/value pool in canvas positions."""
    kv_tokens_used: int = 0
    ticks: int = 0
    """Packed forwards of the model; one serves many requests."""
    rows: int = 0
    """Rows in those forwards; rows / ticks is the mean batch size."""
    forwards: int = 0
    """Forwards counted for requests (nfe)."""
    tokens: int = 0
    """Tokens committed."""
    finished: int = 0
    failed: int = 0
    cancelled: int = 0
    step_seconds: dict[str, Durations] = {}
    """How long steps took, by the algorithm whose turn it was; all whole-loop algorithms share one."""
    queue_seconds: dict[str, Durations] = {}
    """How long requests waited before they ran, by algorithm."""
