"""Several engines' counters as those of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from llada_core.engine.stats import Durations, EngineStats

from ..engine_client import EngineVitals

BY_ALGORITHM = ("running_by_algorithm", "waiting_by_algorithm")
TIMES = ("step_seconds", "queue_seconds")


def total_stats(stats: Sequence[EngineStats]) -> EngineStats | None:
    """Sums; None without any."""
    if not stats:
        return None
    sums: Counter[str] = Counter()
    by_algorithm: dict[str, Counter[str]] = {name: Counter() for name in BY_ALGORITHM}
    times: dict[str, dict[str, Durations]] = {name: {} for name in TIMES}
    for each in stats:
        values = msgspec.structs.asdict(each)
        for name, counts in by_algorithm.items():
            counts.update(values.pop(name))
        for name, found in times.items():
            for algorithm, durations in values.pop(name).items():
                found.setdefault(algorithm, Durations()).update(durations)
        sums.update(values)
    total: dict[str, Any] = {**sums, **times, **{name: dict(found) for name, found in by_algorithm.items()}}
    return EngineStats(**total)


def total_vitals(vitals: Sequence[EngineVitals]) -> EngineVitals:
    """All restarts, and the longest time without progress."""
    times = [each.seconds_since_progress for each in vitals if each.seconds_since_progress is not None]
    return EngineVitals(
        restarts=sum(each.restarts for each in vitals),
        idle=all(each.idle for each in vitals),
        seconds_since_progress=max(times, default=None),
    )
