"""A learning rate that follows the clock, so that a run ends on time whatever the speed of the machine."""

from __future__ import annotations

from dataclasses import dataclass

HOLD = 0.12
WARMUP_STEPS = 200
WARM = 3
"""The step at which everything is compiled and the schedule begins."""


def rate(progress: float, step: int, begin: float, end: float) -> float:
    """The learning rate's share: a short warm-up, a hold, then a line from `begin` to `end`."""
    falling = max(0.0, (progress - HOLD) / (1 - HOLD))
    return min(1.0, (step + 1) / WARMUP_STEPS) * (begin + (end - begin) * min(1.0, falling))


@dataclass
class Schedule:
    """From `began` (a time in seconds) training may take `seconds`; its rate goes from `begin` to `end`."""

    began: float
    seconds: float
    begin: float
    end: float
    warm: float | None = None
    """When step `WARM` came; until then progress is 0."""

    def scale(self, step: int, now: float) -> float | None:
        """The share of the learning rate for this step, or None when time is up."""
        if step == WARM:
            self.warm = now
        if self.warm is None:
            return rate(0.0, step, self.begin, self.end)
        progress = (now - self.warm) / max(1e-9, self.began + self.seconds - self.warm)
        return None if progress >= 1 else rate(progress, step, self.begin, self.end)
