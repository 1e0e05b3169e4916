"""`GET /metrics`, read by Prometheus' own parser."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from llada_core.engine.stats import Durations, EngineStats
from llada_server.context import Context
from llada_server.metrics import MOST_REASONS, EngineView, Metrics

from .conftest import MakeContext, client_of
from .fake_engine import FakeEngine
from .live import live

pytestmark = pytest.mark.anyio

Samples = dict[str, dict[tuple[str, ...], float]]


def parse(text: str) -> Samples:
    """Values by name and by the labels beside the model's name, in alphabetical order of their names."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = dict(sample.labels)
            assert labels.pop("model_name") == "org/model"
            key = tuple(labels[name] for name in sorted(labels))
            found.setdefault(sample.name, {})[key] = sample.value
    return found


async def scrape(http: httpx.AsyncClient) -> Samples:
    reply = await http.get("/metrics")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parse(reply.text)


async def ask(http: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await http.post("/v1/completions", json={"prompt": "Hi", "generation_algorithm": "basic"} | fields)


async def test_gauges_and_counts_of_the_engine(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    samples = await scrape(http)
    assert samples["llada:engine_up"] == {(): 1}
    assert samples["llada:engine_restarts_total"] == {(): 1}
    assert samples["llada:num_requests_running"] == {(): 2}
    assert samples["llada:num_requests_waiting"] == {(): 3}
    assert samples["llada:forward_passes_total"] == {(): 4}
    assert samples["llada:forward_rows_total"] == {(): 10}
    engine.state = "failed"
    assert (await scrape(http))["llada:engine_up"] == {(): 0}


def test_pool_and_queues_by_algorithm() -> None:
    stats = EngineStats(
        max_rows=4,
        kv_tokens=200,
        kv_tokens_used=50,
        waiting=3,
        waiting_by_algorithm={"a": 1, "b": 2},
        forwards=9,
    )
    samples = parse(Metrics("org/model").text(EngineView(stats=stats, open_requests=5)).decode())
    assert samples["llada:kv_cache_usage_perc"] == {(): 0.25}
    assert samples["llada:num_requests_waiting_by_algorithm"] == {("a",): 1, ("b",): 2}
    assert samples["llada:denoise_steps_total"] == {(): 9}
    assert samples["llada:num_requests_open"] == {(): 5}


def test_no_engine_yet() -> None:
    samples = parse(Metrics("org/model").text(EngineView()).decode())
    names = ("engine_up", "num_requests_open", "engine_restarts_total")
    assert samples == {f"llada:{name}": {(): 0} for name in names}


@pytest.mark.parametrize("stream", [False, True])
async def test_a_request_that_runs_to_its_end(http: httpx.AsyncClient, stream: bool) -> None:
    await ask(http, prompt=["Hi", "a"], n=2, suffix="", steps=6, max_tokens=64, block_length=8, stream=stream)
    await ask(http, max_tokens=5, steps=5, stream=stream)
    samples = await scrape(http)
    assert samples["llada:prompt_tokens_total"] == {("basic",): 2 * 2 + 2 * 1 + 2}
    assert samples["llada:generation_tokens_total"] == {("basic",): 4 * 12 + 5}
    assert samples["llada:request_success_total"] == {("basic", "stop"): 4, ("basic", "length"): 1}
    assert samples["llada:time_to_first_token_seconds_count"] == {("basic",): 5}
    assert samples["llada:inter_chunk_latency_seconds_count"] == {("basic",): 4}  # two blocks with text each
    assert samples["llada:e2e_request_latency_seconds_count"] == {("basic",): 5}
    assert samples["llada:request_generation_tokens_sum"] == {("basic",): 53}
    assert samples["llada:request_prompt_tokens_count"] == {("basic",): 5}
    # nfe is what the fake engine makes of `steps`, which are at least one a block.
    assert samples["llada:tokens_per_forward_sum"] == {("basic",): 4 * 12 / 8 + 5 / 5}
    assert not [name for name in samples if name.endswith("_created")]
    assert samples["llada:num_requests_open"] == {(): 0}


async def test_a_stop_string_is_an_end_without_nfe(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "one, two, " * 20
    engine.go.clear()
    await ask(http, stop=", ", max_tokens=128)
    samples = await scrape(http)
    assert samples["llada:request_success_total"] == {("basic", "stop"): 1}
    assert "llada:tokens_per_forward_count" not in samples


@pytest.mark.parametrize("stream", [False, True])
async def test_requests_that_fail(http: httpx.AsyncClient, engine: FakeEngine, stream: bool) -> None:
    engine.fail = ("nan_logits", "logits are not finite")
    await ask(http, stream=stream)
    engine.fail = ("algorithm_error", "it broke")
    await ask(http, stream=stream)
    samples = await scrape(http)
    assert samples["llada:request_errors_total"] == {
        ("basic", "nan_logits"): 1,
        ("basic", "algorithm_error"): 1,
    }
    assert samples["llada:corrupted_requests_total"] == {("basic",): 1}
    assert samples["llada:request_success_total"] == {("basic", "error"): 2}
    assert "llada:request_rejected_total" not in samples


async def test_requests_out_of_time(make_context: MakeContext, engine: FakeEngine) -> None:
    engine.go.clear()
    async with client_of(make_context(request_timeout=0.05)) as http:
        assert (await ask(http, n=2, max_tokens=64)).status_code == 504
        samples = await scrape(http)
    assert samples["llada:request_errors_total"] == {("basic", "request_deadline"): 2}
    assert samples["llada:request_success_total"] == {("basic", "error"): 2}


async def test_requests_that_are_turned_away(make_context: MakeContext, engine: FakeEngine) -> None:
    async with client_of(make_context(max_rows=1, max_queue=0)) as http:
        await ask(http, n=2)
        await ask(http, steps=0)
        await ask(http, model="nope")
        await http.post("/v1/chat/completions", content=b"{", headers={"content-type": "application/json"})
        engine.state = "starting"
        await ask(http)
        samples = await scrape(http)
    assert samples["llada:request_rejected_total"] == {
        ("queue_full",): 1,
        ("invalid_parameter",): 1,
        ("model_not_found",): 1,
        ("invalid_json",): 1,
        ("not_ready",): 1,
    }
    assert "llada:request_success_total" not in samples


async def test_clients_that_leave(context: Context, engine: FakeEngine) -> None:
    engine.go.clear()
    async with live(context) as (host, port), httpx.AsyncClient(base_url=f"http://{host}:{port}") as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.post("/v1/completions", json={"prompt": "Hi", "max_tokens": 64}, timeout=0.2)
        async with asyncio.timeout(10):
            while context.gate.open:
                await asyncio.sleep(0.005)
        samples = await scrape(http)
    assert samples["llada:request_success_total"] == {("dual_cache", "abort"): 1}
    assert samples["llada:generation_tokens_total"] == {("dual_cache",): 12}


def test_labels_are_bounded() -> None:
    metrics = Metrics("org/model")
    for number in range(MOST_REASONS + 10):
        metrics.rejected(f"code_{number}")
    rejected = parse(metrics.text(EngineView()).decode())["llada:request_rejected_total"]
    assert len(rejected) == MOST_REASONS + 1
    assert rejected[("other",)] == 10


def test_no_global_state(make_context: MakeContext) -> None:
    before = {family.name for family in REGISTRY.collect()}
    first, second = make_context(), make_context()
    first.metrics.rejected("queue_full")
    assert "queue_full" not in second.metrics.text(EngineView()).decode()
    assert {family.name for family in REGISTRY.collect()} == before


async def test_http_requests_by_route(context: Context, http: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/v1/models/model"),
        ("GET", "/v1/models/other"),
        ("GET", "/health/live"),
        ("GET", "/nowhere/1"),
        ("GET", "/nowhere/2"),
        ("BREW", "/health/live"),
        ("POST", "/v1/chat/completions"),
    ):
        await http.request(method, path)
    text = (await http.get("/metrics")).text

    def count(handler: str, method: str, status: int) -> str:
        labels = f'handler="{handler}",method="{method}",model_name="org/model",status="{status}"'
        return re.findall(rf"llada:http_requests_total{{{re.escape(labels)}}} (\S+)", text)[0]

    assert count("/v1/models/{name}", "GET", 200) == "1.0"
    assert count("/v1/models/{name}", "GET", 404) == "1.0"
    assert count("/health/live", "GET", 200) == "1.0"
    assert count("other", "GET", 404) == "2.0"
    assert count("other", "other", 405) == "1.0"
    assert count("/v1/chat/completions", "POST", 415) == "1.0"
    assert 'llada:http_request_duration_seconds_count{handler="other",method="GET"' in text
    assert "nowhere" not in text


def test_times_of_the_engine() -> None:
    waits, steps = Durations(), Durations()
    for seconds in (0.0005, 0.001, 0.3, 1000):
        waits.add(seconds)
    steps.add(0.02)
    stats = EngineStats(max_rows=1, step_seconds={"(whole loop)": steps}, queue_seconds={"basic": waits})
    text = Metrics("m").text(EngineView(stats=stats)).decode()
    labels = 'algorithm="basic",{}model_name="m"'
    queue = "llada:request_queue_time_seconds"
    buckets = re.findall(rf'{queue}_bucket{{algorithm="basic",le="(\S+)",model_name="m"}} (\S+)', text)
    assert buckets[:2] == [("0.001", "2.0"), ("0.0025", "2.0")]
    assert dict(buckets)["0.5"] == "3.0"
    assert buckets[-2:] == [("300.0", "3.0"), ("+Inf", "4.0")]
    assert f"{queue}_sum{{{labels.format('')}}} 1000.3015" in text
    assert f"{queue}_count{{{labels.format('')}}} 4.0" in text
    assert 'llada:step_time_seconds_count{algorithm="(whole loop)",model_name="m"} 1.0' in text
