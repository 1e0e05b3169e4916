"""A histogram that is told of every piece of every stream, at a fraction of the library's time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class QuickHistogram(Collector):
    """Seconds by algorithm. For one thread, as all that tell it are on the event loop."""

    def __init__(self, name: str, meaning: str, model_name: str, bounds: Sequence[float]) -> None:
        self._name, self._meaning, self._model = name, meaning, model_name
        self._bounds = tuple(bounds)
        self._labels = [*map(floatToGoString, self._bounds), "+Inf"]
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def observe(self, algorithm: str, seconds: float, at_once: int = 0) -> None:
        """Count one, and so many more that took no time."""
        counts = self._counts.get(algorithm)
        if counts is None:
            counts = self._counts[algorithm] = [0] * len(self._labels)
            self._sums[algorithm] = 0.0
        counts[bisect_left(self._bounds, seconds)] += 1
        counts[0] += at_once
        self._sums[algorithm] += seconds

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """The one family."""
        family = HistogramMetricFamily(self._name, self._meaning, labels=("model_name", "algorithm"))
        for algorithm, counts in self._counts.items():
            buckets = list(zip(self._labels, accumulate(counts), strict=True))
            family.add_metric((self._model, algorithm), buckets, self._sums[algorithm])
        yield family
