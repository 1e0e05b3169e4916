"""What a process holds."""

from __future__ import annotations

import os
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int) -> float:
    """MB in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def descriptors(pid: int) -> int:
    """Open files and sockets."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def slope(times: list[float], values: list[float]) -> float:
    """Least-squares growth of `values` a unit of time."""
    n, mean_t, mean_v = len(times), sum(times) / len(times), sum(values) / len(values)
    above = sum((times[i] - mean_t) * (values[i] - mean_v) for i in range(n))
    return above / sum((t - mean_t) ** 2 for t in times)
