"""Whole replies of `/v1/chat/completions`."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from .fake_engine import FakeEngine

pytestmark = pytest.mark.anyio


async def ask(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"messages": [{"role": "user", "content": "Hi"}], **fields}
    reply = await http.post("/v1/chat/completions", json=body)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def text_of(body: dict[str, Any]) -> str:
    content: str = body["choices"][0]["message"]["content"]
    return content


async def test_reply_has_openai_shape(http: httpx.AsyncClient) -> None:
    body = await ask(http, model="model")
    assert body["id"].startswith("chatcmpl-")
    assert list(body) == ["id", "object", "created", "model", "choices", "usage", "llada"]
    assert body["object"] == "chat.completion"
    assert body["model"] == "model"
    assert body["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello, world"},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    assert body["usage"] == {"prompt_tokens": 8, "completion_tokens": 12, "total_tokens": 20}


async def test_reply_says_what_ran(http: httpx.AsyncClient) -> None:
    body = await ask(http, generation_algorithm="Double-Cache", steps=9, threshold=0.9, seed=5, max_tokens=40)
    parameters = body["llada"].pop("parameters")
    assert body["llada"] == {
        "algorithm": "dual_cache",
        "requested_algorithm": "Double-Cache",
        "selected_by": "generation_algorithm",
        "unmasking": "threshold",
        "seed": 5,
        "nfe": 9,
        "forwards_per_block": [9],
    }
    assert parameters["gen_length"] == 64
    assert parameters["steps"] == 9
    assert parameters["block_length"] == 32
    assert parameters["remasking"] == "low_confidence"
    assert "seed" not in parameters


async def test_text_ends_at_max_tokens_although_the_canvas_goes_on(http: httpx.AsyncClient) -> None:
    body = await ask(http, max_tokens=5)
    assert text_of(body) == "Hello"
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 5


async def test_end_token_right_behind_max_tokens_is_length(http: httpx.AsyncClient) -> None:
    body = await ask(http, max_tokens=12)
    assert body["choices"][0]["finish_reason"] == "length"


async def test_ignore_eos_goes_on_to_max_tokens(http: httpx.AsyncClient) -> None:
    body = await ask(http, max_tokens=20, ignore_eos=True)
    assert text_of(body) == "Hello, world"
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 20


async def test_stop_string_ends_the_text_before_it(http: httpx.AsyncClient) -> None:
    body = await ask(http, stop=["wor", ", "])
    assert text_of(body) == "Hello"
    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["usage"]["completion_tokens"] == len("Hello, ")


async def test_stop_string_gives_up_the_rest_of_the_canvas(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    engine.text = "one, two, " * 20
    engine.go.clear()
    body = await ask(http, stop=", ", max_tokens=128)
    assert text_of(body) == "one"
    assert engine.cancelled == [engine.requests[0].id]
    assert body["llada"]["nfe"] is None


async def test_stop_string_in_the_last_block_still_reports_nfe(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    body = await ask(http, stop=", ", max_tokens=32)
    assert body["llada"]["nfe"] == 32
    assert engine.cancelled == []


async def test_max_completion_tokens_wins_over_its_older_names(http: httpx.AsyncClient) -> None:
    body = await ask(http, max_completion_tokens=3, max_tokens=4, gen_length=5)
    assert body["usage"]["completion_tokens"] == 3
    body = await ask(http, max_tokens=4, gen_length=5)
    assert body["usage"]["completion_tokens"] == 4


async def test_block_length_is_lowered_to_max_tokens(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    await ask(http, max_tokens=10, block_length=64)
    assert engine.requests[0].params.block_length == 10


@pytest.mark.parametrize("max_tokens", range(1, 300))
async def test_every_max_tokens_works(http: httpx.AsyncClient, engine: FakeEngine, max_tokens: int) -> None:
    engine.text = "x" * 400
    body = await ask(http, max_tokens=max_tokens, steps=7)
    assert body["usage"]["completion_tokens"] == max_tokens


async def test_missing_seed_is_random_and_reported(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    seeds = {(await ask(http))["llada"]["seed"] for _ in range(4)}
    assert len(seeds) == 4
    assert {request.params.seed for request in engine.requests} == seeds


async def test_choices_have_seeds_of_their_own(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    body = await ask(http, n=3, seed=2**63 - 2, steps=4)
    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2]
    assert [request.params.seed for request in engine.requests] == [2**63 - 2, 2**63 - 1, -(2**63)]
    assert len({request.id for request in engine.requests}) == 3
    assert body["usage"] == {"prompt_tokens": 8, "completion_tokens": 36, "total_tokens": 44}
    assert body["llada"]["nfe"] == 12
    assert [run["nfe"] for run in body["llada"]["choices"]] == [4, 4, 4]


async def test_algorithm_reaches_its_own_parameters_both_ways(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    await ask(http, algorithm="special", sharpness=2.5)
    body = await ask(http, algorithm="special", algorithm_params={"sharpness": 3.5})
    assert [request.algorithm_params.sharpness for request in engine.requests] == [2.5, 3.5]
    assert body["llada"]["parameters"]["sharpness"] == 3.5


async def test_algorithm_may_own_a_name_that_is_refused_elsewhere(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    await ask(http, algorithm="special", min_p=0.25)
    assert engine.requests[0].algorithm_params.min_p == 0.25


@pytest.mark.parametrize(
    ("remasking", "effective"),
    [(True, "low_confidence"), (False, "random"), ("random", "random"), (None, "low_confidence")],
)
async def test_remasking_spellings(
    http: httpx.AsyncClient, engine: FakeEngine, remasking: object, effective: str
) -> None:
    await ask(http, remasking=remasking)
    assert engine.requests[0].params.remasking == effective


@pytest.mark.parametrize("top_k", [-1, 0, None])
async def test_top_k_off(http: httpx.AsyncClient, engine: FakeEngine, top_k: int | None) -> None:
    await ask(http, top_k=top_k)
    assert engine.requests[0].params.top_k is None


async def test_text_parts_are_joined_and_roles_mapped(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    await ask(http, messages=[{"role": "developer", "content": "D"}, {"role": "user", "content": parts}])
    assert bytes(engine.requests[0].prompt) == b"system:D\nuser:ab\n"


async def test_reply_names_algorithm_and_request_in_headers(http: httpx.AsyncClient) -> None:
    body = {"messages": [{"role": "user", "content": "Hi"}], "generation_algorithm": "simple"}
    reply = await http.post("/v1/chat/completions", json=body, headers={"x-request-id": "abc-1"})
    assert reply.headers["x-llada-algorithm"] == "basic"
    assert reply.headers["x-request-id"] == "abc-1"
    again = await http.post("/v1/chat/completions", json=body, headers={"x-request-id": "no good!"})
    assert again.headers["x-request-id"].startswith("req_")
