"""What clients see of an engine in another process: its state, and what only it can tell."""

from __future__ import annotations

import httpx
import pytest

from llada_core.algorithm import Availability

from .fake_engine import FakeEngine

pytestmark = pytest.mark.anyio

BODY = {"messages": [{"role": "user", "content": "Hi"}]}
REASON = "the engine stopped (killed by signal 9) and is being restarted"


async def test_health_proves_progress(http: httpx.AsyncClient) -> None:
    body = (await http.get("/health")).json()
    assert (body["engine"], body["engine_restarts"], body["seconds_since_progress"]) == ("ready", 1, 0.5)


async def test_while_the_engine_is_restarted(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.state, engine.reason = "restarting", REASON
    health = await http.get("/health")
    assert health.status_code == 503
    assert health.json()["status"] == "restarting"
    assert health.json()["reason"] == REASON
    for reply in (await http.get("/health/ready"), await http.post("/v1/chat/completions", json=BODY)):
        assert reply.status_code == 503
        assert reply.json()["error"]["code"] == "engine_dead"
        assert reply.json()["error"]["message"] == REASON
        assert reply.headers["retry-after"] == "5"
    assert (await http.get("/health/live")).status_code == 200


async def test_an_algorithm_that_only_the_engine_knows_to_be_unavailable(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    engine.availability = {"prefix_cache": Availability(False, "there is no abacus", "buy one")}
    listed = {info["name"]: info for info in (await http.get("/generation/algorithms")).json()["algorithms"]}
    assert listed["basic"]["available"]
    assert not listed["prefix_cache"]["available"]
    assert (listed["prefix_cache"]["reason"], listed["prefix_cache"]["hint"]) == (
        "there is no abacus",
        "buy one",
    )
    reply = await http.post("/v1/chat/completions", json={**BODY, "generation_algorithm": "prefix"})
    assert reply.status_code == 400
    assert "there is no abacus (buy one)" in reply.json()["error"]["message"]
