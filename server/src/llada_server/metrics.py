"""What Prometheus reads at `GET /metrics`: vLLM's names with the prefix `llada:`, in a registry of its own.

A choice counts as a request: it is what the engine works on. Counts of the engine itself start again with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TypeVar, cast

from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from llada_core.engine.stats import BOUNDS, Durations, EngineStats

from .breaker import Plugged, SwitchedOff
from .histogram import QuickHistogram

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BEYOND_A_SECOND = (1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560)
FIRST_TEXT = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, *BEYOND_A_SECOND)
BETWEEN = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80)
WHOLE = (0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680)
TOKENS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""Buckets that follow vLLM's."""
PER_FORWARD = (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 32)

M = TypeVar("M", Counter, Histogram)
MOST_REASONS = 64
"""Most error codes that become labels; a plugin may bring codes of its own."""


class EngineView(Struct, frozen=True, kw_only=True):
    """What is known of the engine at the time of a scrape."""

    stats: EngineStats | None = None
    up: bool = False
    open_requests: int = 0
    """Let in by the server, not ended."""
    restarts: int = 0
    switched_off: list[SwitchedOff] = []
    times_off: dict[Plugged, int] = {}
    """How often each algorithm was switched off."""


class Metrics:
    """Counters and histograms of one server, all labelled with the model's name."""

    def __init__(self, model_name: str) -> None:
        self._model = model_name
        self._reasons: set[str] = set()
        self._series: dict[tuple[object, ...], Counter | Histogram] = {}
        self._registry = CollectorRegistry()
        self._engine = EngineGauges(model_name)
        self._registry.register(self._engine)
        labels = ("model_name", "algorithm")

        def counter(name: str, meaning: str, *more: str) -> Counter:
            return Counter(f"llada:{name}", meaning, (*labels, *more), registry=self._registry)

        def histogram(name: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"llada:{name}", meaning, labels, registry=self._registry, buckets=buckets)

        self._prompt_tokens = counter("prompt_tokens", "Tokens of prompts and suffixes.")
        self._generation_tokens = counter("generation_tokens", "Tokens of replies.")
        self._ended = counter("request_success", "Ended requests by how they ended.", "finished_reason")
        self._errors = counter("request_errors", "Requests that failed in the engine.", "code")
        self._corrupted = counter("corrupted_requests", "Requests whose logits were not finite.")
        self._first = histogram("time_to_first_token_seconds", "From taken to its first text.", FIRST_TEXT)
        between = "llada:inter_chunk_latency_seconds"
        self._between = QuickHistogram(between, "Between two pieces of text.", model_name, BETWEEN)
        self._registry.register(self._between)
        self._whole = histogram("e2e_request_latency_seconds", "From taken to ended.", WHOLE)
        self._prompt = histogram("request_prompt_tokens", "Tokens of the prompt and suffix.", TOKENS)
        self._generated = histogram("request_generation_tokens", "Tokens of the reply.", TOKENS)
        self._per_forward = histogram("tokens_per_forward", "Tokens of the reply a forward.", PER_FORWARD)
        self._http = Counter(
            "llada:http_requests",
            "HTTP requests that were answered.",
            ("model_name", "handler", "method", "status"),
            registry=self._registry,
        )
        self._http_seconds = Histogram(
            "llada:http_request_duration_seconds",
            "From an HTTP request's head to the end of its reply.",
            ("model_name", "handler", "method"),
            registry=self._registry,
            buckets=FIRST_TEXT,
        )
        self._rejected = Counter(
            "llada:request_rejected",
            "Requests that were turned away before the engine took them.",
            ("model_name", "reason"),
            registry=self._registry,
        )

    def _of(self, metric: M, *labels: object) -> M:
        """The series of a metric; finding it is most of what counting costs."""
        key = (metric, *labels)
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = metric.labels(self._model, *labels)
        return cast("M", found)

    def answered(self, handler: str, method: str, status: int, seconds: float) -> None:
        """An HTTP request was answered. `handler` is the route's address with names for its variables."""
        self._of(self._http, handler, method, status).inc()
        self._of(self._http_seconds, handler, method).observe(seconds)

    def taken(self, algorithm: str, prompt_tokens: int) -> None:
        """The engine took a request."""
        self._of(self._prompt_tokens, algorithm).inc(prompt_tokens)
        self._of(self._prompt, algorithm).observe(prompt_tokens)

    def first_text(self, algorithm: str, seconds: float) -> None:
        """A request's first text came so long after it was taken."""
        self._of(self._first, algorithm).observe(seconds)

    def more_text(self, algorithm: str, seconds: float, at_once: int = 0) -> None:
        """More text came so long after the last, and so many pieces with it."""
        self._between.observe(algorithm, seconds, at_once)

    def ended(self, algorithm: str, reason: str, tokens: int, seconds: float, nfe: int | None) -> None:
        """A request ended: "stop", "length", "abort" (given up) or "error"."""
        self._of(self._ended, algorithm, reason).inc()
        self._of(self._generation_tokens, algorithm).inc(tokens)
        self._of(self._generated, algorithm).observe(tokens)
        self._of(self._whole, algorithm).observe(seconds)
        if nfe:
            self._of(self._per_forward, algorithm).observe(tokens / nfe)

    def failed(self, algorithm: str, code: str) -> None:
        """The engine could not finish a request."""
        self._of(self._errors, algorithm, self._bounded(code)).inc()
        if code == "nan_logits":
            self._of(self._corrupted, algorithm).inc()

    def rejected(self, code: str) -> None:
        """A request was turned away."""
        self._of(self._rejected, self._bounded(code)).inc()

    def text(self, engine: EngineView) -> bytes:
        """Everything as Prometheus reads it."""
        return generate_latest(WithoutCreated(self._collected(engine)))

    def families(self, engine: EngineView) -> list[Metric]:
        """Every family."""
        return list(self._collected(engine).collect())

    def _collected(self, engine: EngineView) -> CollectorRegistry:
        self._engine.view = engine
        return self._registry

    def _bounded(self, code: str) -> str:
        if len(self._reasons) < MOST_REASONS:
            self._reasons.add(code)
        return code if code in self._reasons else "other"


class EngineGauges(Collector):
    """The engine's own counters, as of `view`."""

    def __init__(self, model_name: str) -> None:
        self._model = model_name
        self.view = EngineView()

    def collect(self) -> Iterable[Metric]:
        """The families; those of a running engine only once there is one."""
        yield self._gauge("engine_up", "Whether the engine takes requests.", float(self.view.up))
        yield self._gauge(
            "num_requests_open", "Requests let in that have not ended.", self.view.open_requests
        )
        yield self._counter("engine_restarts", "How often it was started again.", self.view.restarts)
        yield from self._switched_off()
        stats = self.view.stats
        if stats is None:
            return
        yield self._gauge("num_requests_running", "Requests that the engine works on.", stats.running)
        yield self._gauge("num_requests_waiting", "Requests that wait for a place.", stats.waiting)
        for state, counts in (
            ("running", stats.running_by_algorithm),
            ("waiting", stats.waiting_by_algorithm),
        ):
            family = GaugeMetricFamily(
                f"llada:num_requests_{state}_by_algorithm",
                "The same for each algorithm that has some.",
                labels=("model_name", "algorithm"),
            )
            for algorithm, count in counts.items():
                family.add_metric((self._model, algorithm), count)
            yield family
        used = stats.kv_tokens_used / stats.kv_tokens if stats.kv_tokens else 0.0
        yield self._gauge("kv_cache_usage_perc", "Used part of the key/value pool; 1 is all of it.", used)
        yield self._counter("forward_passes", "Packed forwards of the model.", stats.ticks)
        yield self._counter("forward_rows", "Rows in those; the quotient is the batch size.", stats.rows)
        yield self._counter("denoise_steps", "Forwards counted for requests (nfe).", stats.forwards)
        yield self._histogram("step_time_seconds", "Steps of the engine.", stats.step_seconds)
        yield self._histogram(
            "request_queue_time_seconds", "From queued to the first forward.", stats.queue_seconds
        )

    def _switched_off(self) -> Iterator[Metric]:
        labels = ("model_name", "algorithm", "unmasking")
        off = {(each.algorithm, each.unmasking) for each in self.view.switched_off}
        now = GaugeMetricFamily("llada:algorithm_disabled", "Whether it is switched off.", labels=labels)
        times = CounterMetricFamily(
            "llada:algorithm_disabled", "How often it was switched off.", labels=labels
        )
        for plugged, count in self.view.times_off.items():
            values = (self._model, plugged.algorithm, plugged.unmasking or "")
            now.add_metric(values, float((plugged.algorithm, plugged.unmasking) in off))
            times.add_metric(values, count)
        yield now
        yield times

    def _histogram(self, name: str, meaning: str, found: dict[str, Durations]) -> HistogramMetricFamily:
        family = HistogramMetricFamily(f"llada:{name}", meaning, labels=("model_name", "algorithm"))
        bounds = [*map(floatToGoString, BOUNDS), "+Inf"]
        for algorithm, times in found.items():
            buckets = list(zip(bounds, accumulate(times.counts), strict=True))
            family.add_metric((self._model, algorithm), buckets, times.total)
        return family

    def _gauge(self, name: str, meaning: str, value: float) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"llada:{name}", meaning, labels=("model_name",))
        family.add_metric((self._model,), value)
        return family

    def _counter(self, name: str, meaning: str, value: float) -> CounterMetricFamily:
        family = CounterMetricFamily(f"llada:{name}", meaning, labels=("model_name",))
        family.add_metric((self._model,), value)
        return family


class WithoutCreated(Collector):
    """A registry without the times at which its series began, which would double their number."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """The registry's families."""
        for family in self._registry.collect():
            family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            yield family
