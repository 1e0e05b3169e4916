"""Several engines' counters as those of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from llada_core.engine.stats import EngineStats

from ..engine_client import EngineVitals


def total_stats(stats: Sequence[EngineStats]) -> EngineStats | None:
    """Sums; None without any."""
    if not stats:
        return None
    sums: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for each in stats:
        values = msgspec.structs.asdict(each)
        waiting.update(values.pop("waiting_by_algorithm"))
        sums.update(values)
    return EngineStats(**sums, waiting_by_algorithm=dict(waiting))


def total_vitals(vitals: Sequence[EngineVitals]) -> EngineVitals:
    """All restarts, and the longest time without progress."""
    times = [each.seconds_since_progress for each in vitals if each.seconds_since_progress is not None]
    return EngineVitals(
        restarts=sum(each.restarts for each in vitals),
        idle=all(each.idle for each in vitals),
        seconds_since_progress=max(times, default=None),
    )
