"""The simulator of many engines: against what was measured on one, and against what must hold."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("simpy")

SCALING = Path(__file__).parents[2] / "benchmarks" / "scaling"
RESULTS = SCALING.parent / "results"
sys.path.insert(0, str(SCALING))

from model import LLADA_8B, MIXTURE_100B, Card, Computed, gpus_for  # type: ignore[import-not-found]  # noqa: E402
from simulation import Simulation, Site, Work  # type: ignore[import-not-found]  # noqa: E402
from times import Linear, h100  # type: ignore[import-not-found]  # noqa: E402
from two_replicas import Costs, Measured, predicted  # type: ignore[import-not-found]  # noqa: E402


def measured(case: str) -> float:
    rows = json.loads((RESULTS / "h100.json").read_text())["rows"]
    return float(next(row["tokens_per_s"] for row in rows if row["case"] == case))


def test_sixty_four_requests_on_one_gpu_as_measured() -> None:
    work = Work(prompt=(64, 1024), gen_length=256, steps_per_block=8)
    seen = Simulation(Site(h100(), max_rows=64), work, 64, requests=64).run()
    assert seen.tokens_per_second == pytest.approx(measured("serving_64"), rel=0.15)


def test_one_request_on_one_gpu_as_measured() -> None:
    seen = Simulation(Site(h100()), Work(steps_per_block=10), 1, requests=1).run()
    assert seen.tokens_per_second == pytest.approx(measured("generation_dual_80"), rel=0.15)


@pytest.mark.parametrize("engines", [1, 2])
def test_engines_with_a_gpu_each_on_ray_serve_as_measured(engines: int) -> None:
    """From steps that were timed without Ray and HTTP."""
    found = json.loads((RESULTS / "h100-x2-replicas.json").read_text())
    [run] = [each for each in found["replicas"] if each["replicas"] == engines]
    site = Site(h100(), engines=engines, max_rows=found["max_rows"])
    seen = Simulation(site, Work(), run["clients"]).run(60.0, warm_up=10.0)
    assert seen.tokens_per_second == pytest.approx(run["tokens_per_second"], rel=0.15)
    assert statistics.median(seen.latencies) == pytest.approx(run["latency"], rel=0.15)


@pytest.mark.parametrize("clients", [4, 8])
def test_two_engines_of_the_demo_on_two_cores_as_measured(clients: int) -> None:
    """From what one engine took; with half of the places taken, and with all."""
    found = json.loads((RESULTS / "two_replicas.json").read_text())
    [run] = [Measured(**each["measured"]) for each in found["two"] if each["measured"]["clients"] == clients]
    costs = Costs.of([Measured(**each) for each in found["one"]])
    said = predicted(costs, 2, run.clients, found["cores"])
    assert said["tokens_per_second"] == pytest.approx(run.tokens_per_second, rel=0.15)
    assert said["latency"] == pytest.approx(run.latency, rel=0.15)


@pytest.mark.parametrize(
    "site", [{}, {"kinds_apart": False}, {"cores": 1}, {"ingresses": 2, "event_cost": 1e-3}]
)
def test_every_request_gets_all_its_tokens(site: dict[str, Any]) -> None:
    work = Work(algorithms=("basic", "dual_cache"))
    seen = Simulation(Site(h100(), engines=3, max_rows=4, **site), work, 20, requests=50).run()
    assert (seen.finished, seen.tokens) == (50, 50 * 256)
    assert seen.rows == 50 * 8 * 8
    assert len(seen.latencies) == len(seen.firsts) == 50


def test_engines_add_up_until_http_is_full() -> None:
    def speed(engines: int, **site: Any) -> float:
        return float(
            Simulation(Site(h100(), engines=engines, **site), Work(), 40 * engines)
            .run(30, 15)
            .tokens_per_second
        )

    one = speed(1)
    assert speed(4) == pytest.approx(4 * one, rel=0.1)
    # 256 tokens for each 50 ms of an HTTP server.
    assert speed(8, request_cost=0.01, event_cost=0.005) == pytest.approx(256 / 0.05, rel=0.05)


def test_algorithms_on_one_engine_take_turns() -> None:
    def speed(*algorithms: str) -> float:
        site = Site(Linear(0.01, 0.0, 32), max_rows=8, kinds_apart=False)
        return float(Simulation(site, Work(algorithms=algorithms), 8).run(60, 10).tokens_per_second)

    assert speed("a", "b") == pytest.approx(speed("a") / 2, rel=0.05)


def test_two_engines_keep_two_algorithms_apart() -> None:
    site = Site(Linear(0.01, 0.0, 32), engines=2, max_rows=8, kinds_apart=False)
    seen = Simulation(site, Work(algorithms=("a", "b")), 16).run(60, 20)
    assert seen.rows / seen.ticks > 7


def test_shapes() -> None:
    assert MIXTURE_100B.parameters == pytest.approx(100e9, rel=0.01)
    assert MIXTURE_100B.operations(1) / 2 == pytest.approx(6.1e9, rel=0.02)
    assert MIXTURE_100B.read(1) == pytest.approx(2 * 6.1e9, rel=0.02)
    assert MIXTURE_100B.read(10_000) == pytest.approx(MIXTURE_100B.weights)
    assert LLADA_8B.kv_token == 512 * 1024
    assert (gpus_for(LLADA_8B, Card(), 32, 1024), gpus_for(MIXTURE_100B, Card(), 32, 1024)) == (1, 4)


def test_a_computed_model_is_bound_by_reading_and_then_by_products() -> None:
    times = Computed(LLADA_8B, Card(), 1, 1.0)
    assert times.block(1) == pytest.approx(LLADA_8B.weights / 2.97e12)
    assert times.block(64) == pytest.approx(2 * 2048 * LLADA_8B.dense / 766e12)
