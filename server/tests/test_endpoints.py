"""The endpoints beside chat."""

from __future__ import annotations

from typing import Any

import httpx
import jsonschema
import pytest

from llada_server.context import Context

from .fake_engine import FakeEngine

pytestmark = pytest.mark.anyio


async def test_models_are_the_served_names(http: httpx.AsyncClient) -> None:
    body = (await http.get("/v1/models")).json()
    assert body["object"] == "list"
    assert [model["id"] for model in body["data"]] == ["org/model", "model"]
    assert all(model["object"] == "model" and model["owned_by"] == "llada" for model in body["data"])


@pytest.mark.parametrize("name", ["org/model", "org%2Fmodel", "model"])
async def test_one_model(http: httpx.AsyncClient, name: str) -> None:
    reply = await http.get(f"/v1/models/{name}")
    assert reply.status_code == 200
    assert reply.json()["max_model_len"] == 512


async def test_no_such_model(http: httpx.AsyncClient) -> None:
    reply = await http.get("/v1/models/org/other")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize("path", ["/generation/algorithms", "/v1/algorithms"])
async def test_algorithms_with_parameters_and_reasons(http: httpx.AsyncClient, path: str) -> None:
    body = (await http.get(path)).json()
    algorithms = {entry["name"]: entry for entry in body["algorithms"]}
    assert set(algorithms) == {"basic", "prefix_cache", "dual_cache", "special", "broken"}
    assert algorithms["dual_cache"]["available"] is True
    assert algorithms["dual_cache"]["aliases"] == ["dual", "double_cache"]
    assert algorithms["broken"]["available"] is False
    assert algorithms["broken"]["reason"] == "needs foo>=2, found in <path>"
    assert algorithms["special"]["params"]["properties"]["sharpness"]["type"] == "number"
    assert body["parameters"]["properties"]["block_length"]["minimum"] == 1
    assert all("description" in field for field in body["parameters"]["properties"].values())
    assert {rule["name"] for rule in body["unmasking_rules"]} == {"schedule", "threshold", "factor"}
    assert body["default"] == "dual_cache"
    assert isinstance(body["note"], str)


async def test_common_parameters_are_listed_as_a_request_may_hold_them(http: httpx.AsyncClient) -> None:
    listed = (await http.get("/generation/algorithms")).json()["parameters"]["properties"]
    assert listed["temperature"]["maximum"] == 2
    for name, schema in listed.items():
        allows = jsonschema.Draft202012Validator(schema).is_valid
        for value in (-2, -1, -0.5, 0, 0.5, 1, 2, 2.5, 100, 101):
            body = {"messages": [{"role": "user", "content": "Hi"}], name: value}
            reply = await http.post("/v1/chat/completions", json=body)
            refused = reply.status_code == 400 and reply.json()["error"]["param"] == name
            assert refused != allows(value), f"{name}={value}: {reply.text}"


@pytest.mark.parametrize("path", ["/generation/algorithms", "/v1/algorithms"])
@pytest.mark.parametrize("name", ["special", "SPECIAL"])
async def test_one_algorithm(http: httpx.AsyncClient, path: str, name: str) -> None:
    body = (await http.get(f"{path}/{name}")).json()
    listed = (await http.get(path)).json()
    (entry,) = [entry for entry in listed["algorithms"] if entry["name"] == "special"]
    assert {key: body[key] for key in entry} == entry
    assert body["params"]["properties"]["sharpness"]["type"] == "number"
    assert body["parameters"] == listed["parameters"]
    assert [rule["name"] for rule in body["unmasking_rules"]] == body["unmasking"]
    assert body["unmasking_rules"] != []


async def test_one_algorithm_by_alias_or_not_at_all(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1/algorithms/Double-Cache")).json()["name"] == "dual_cache"
    broken = (await http.get("/v1/algorithms/broken")).json()
    assert (broken["available"], broken["reason"]) == (False, "needs foo>=2, found in <path>")
    reply = await http.get("/v1/algorithms/dual_cach")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "unknown_algorithm"
    assert "dual_cache" in reply.json()["error"]["message"]


async def test_health_of_a_ready_server(context: Context, http: httpx.AsyncClient) -> None:
    context.algorithms()
    reply = await http.get("/health")
    body = reply.json()
    assert reply.status_code == 200
    assert body["status"] == "healthy"
    assert body["model_loaded"] is True
    assert body["device"] == "cpu"
    assert body["batch_processor_active"] is True
    assert body["pending_requests"] == 3
    assert body["available_generation_algorithms"] == ["basic", "prefix_cache", "dual_cache", "special"]
    assert body["total_generation_algorithms"] == 5


@pytest.mark.parametrize(("state", "status"), [("starting", "loading"), ("failed", "unhealthy")])
async def test_health_without_a_model(
    http: httpx.AsyncClient, engine: FakeEngine, state: Any, status: str
) -> None:
    engine.state, engine.info, engine.reason = state, None, "why not"
    for path in ("/health", "/health/ready"):
        reply = await http.get(path)
        assert reply.status_code == 503
        assert reply.headers["retry-after"] == "5"
    body = (await http.get("/health")).json()
    assert (body["status"], body["model_loaded"], body["reason"]) == (status, False, "why not")
    assert (await http.get("/health/live")).status_code == 200


async def test_health_while_draining(context: Context, http: httpx.AsyncClient) -> None:
    context.draining = True
    assert (await http.get("/health")).json()["status"] == "draining"
    assert (await http.get("/health/ready")).status_code == 503


async def test_batch_stats(http: httpx.AsyncClient) -> None:
    body = (await http.get("/batch/stats")).json()
    assert body["max_batch_size"] == 8
    assert body["max_wait_time"] == 0
    assert body["pending_requests"] == 3
    assert body["currently_processing"] == 2
    assert body["mean_batch_size"] == 2.5
    assert body["engine"]["ticks"] == 4


async def test_version(http: httpx.AsyncClient) -> None:
    body = (await http.get("/version")).json()
    assert {"llada-server", "llada-core", "litestar", "python"} <= set(body)


async def test_no_origin_is_allowed(http: httpx.AsyncClient) -> None:
    reply = await http.get("/health", headers={"origin": "http://evil.example"})
    assert not [name for name in reply.headers if name.startswith("access-control")]
