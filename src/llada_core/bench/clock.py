"""Time on a device: events on a GPU, the clock elsewhere."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch

WARM_UPS = 3


Mark = torch.cuda.Event | float
"""A point in a device's work, or in time."""


def mark(device: torch.device) -> Mark:
    """The end of the work that the device has been given so far."""
    if device.type != "cuda":
        return time.perf_counter()
    event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    event.record()
    return event


def between(first: Mark, second: Mark) -> float:
    """Milliseconds from one to the other; waits until both are reached."""
    if isinstance(first, float) or isinstance(second, float):
        assert isinstance(first, float)
        assert isinstance(second, float)
        return (second - first) * 1e3
    second.synchronize()
    return float(first.elapsed_time(second))


def median_ms(work: Callable[[], object], repeats: int, device: torch.device) -> float:
    """Median of `repeats` runs after some that do not count."""
    times = []
    for n in range(repeats + WARM_UPS):
        start = mark(device)
        work()
        took = between(start, mark(device))
        if n >= WARM_UPS:
            times.append(took)
    return statistics.median(times)
