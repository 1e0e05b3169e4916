"""Time on a device: events on a GPU, the clock elsewhere."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

WARM_UPS = 3


class Span:
    """What a block of work took."""

    ms: float = 0.0
    """Known once the block has ended."""


@contextmanager
def span(device: torch.device) -> Iterator[Span]:
    """Times the work that is given to a device within a block, and waits for it."""
    found = Span()
    if device.type != "cuda":
        began = time.perf_counter()
        yield found
        found.ms = (time.perf_counter() - began) * 1e3
        return
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
    start.record()
    yield found
    end.record()
    end.synchronize()
    found.ms = start.elapsed_time(end)


def median_ms(work: Callable[[], object], repeats: int, device: torch.device) -> float:
    """Median of `repeats` runs after some that do not count."""
    times = []
    for n in range(repeats + WARM_UPS):
        with span(device) as found:
            work()
        if n >= WARM_UPS:
            times.append(found.ms)
    return statistics.median(times)
