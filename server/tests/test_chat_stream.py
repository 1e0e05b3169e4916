"""Streamed replies of `/v1/chat/completions`, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from .conftest import MakeContext, client_of
from .fake_engine import FakeEngine

pytestmark = pytest.mark.anyio

MESSAGES = [{"role": "user", "content": "Hi"}]


async def stream(http: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    body = {"messages": MESSAGES, "stream": True, **fields}
    reply = await http.post("/v1/chat/completions", json=body)
    assert reply.status_code == 200, reply.text
    return reply


def chunks(reply: httpx.Response) -> list[dict[str, Any]]:
    lines = reply.text.split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-2] if line.startswith("data: ")]


def text(events: list[dict[str, Any]], index: int = 0) -> str:
    choices = [choice for event in events for choice in event["choices"] if choice["index"] == index]
    return "".join(choice["delta"].get("content", "") for choice in choices)


async def test_stream_bytes(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "Hello\n\n  world"
    reply = await stream(http, model="model", block_length=8, steps=2, seed=3, max_tokens=16)
    first = chunks(reply)[0]
    head = f'{{"id":"{first["id"]}","object":"chat.completion.chunk","created":{first["created"]}'
    head += ',"model":"model"'

    def event(choices: str, more: str = "") -> str:
        return f'data: {head},"choices":[{choices}]{more}}}\n\n'

    def choice(delta: str, reason: str = "null") -> str:
        return f'{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{reason}}}'

    run = json.dumps(chunks(reply)[-1]["llada"], separators=(",", ":"))
    assert reply.text == (
        event(choice('{"role":"assistant","content":""}'))
        + event(choice('{"content":"Hello\\n\\n "}'))
        + event(choice('{"content":" world"}'))
        + event(choice("{}", '"stop"'), f',"llada":{run}')
        + "data: [DONE]\n\n"
    )


async def test_stream_headers(http: httpx.AsyncClient) -> None:
    reply = await stream(http, not_a_field=1)
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["cache-control"] == "no-cache"
    assert reply.headers["x-accel-buffering"] == "no"
    assert reply.headers["x-llada-algorithm"] == "dual_cache"
    assert reply.headers["x-llada-ignored-params"] == "not_a_field"
    assert reply.headers["x-request-id"].startswith("req_")


async def test_finish_chunk_says_what_ran(http: httpx.AsyncClient) -> None:
    events = chunks(await stream(http, generation_algorithm="simple", steps=3, seed=9))
    run = events[-1]["llada"]
    assert (run["algorithm"], run["nfe"], run["seed"], run["unmasking"]) == ("basic", 4, 9, "schedule")
    assert all("llada" not in event for event in events[:-1])


async def test_include_usage(http: httpx.AsyncClient) -> None:
    events = chunks(await stream(http, stream_options={"include_usage": True}))
    assert events[-1]["choices"] == []
    assert events[-1]["usage"] == {"prompt_tokens": 8, "completion_tokens": 12, "total_tokens": 20}
    assert all(event["usage"] is None for event in events[:-1])
    assert all("usage" not in event for event in chunks(await stream(http)))


async def test_continuous_usage(http: httpx.AsyncClient) -> None:
    options = {"continuous_usage_stats": True}
    events = chunks(await stream(http, block_length=8, max_tokens=16, stream_options=options))
    assert [event["usage"]["completion_tokens"] for event in events] == [0, 8, 12, 12]


async def test_choices_interleave_under_one_id(http: httpx.AsyncClient) -> None:
    events = chunks(await stream(http, n=2))
    assert len({event["id"] for event in events}) == 1
    assert text(events, 0) == text(events, 1) == "Hello, world"
    reasons = [choice["finish_reason"] for event in events for choice in event["choices"]]
    assert reasons.count("stop") == 2


async def test_beginning_of_a_stop_string_is_held_back(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "ab<en<end>cd"
    events = chunks(await stream(http, stop="<end>", block_length=4, max_tokens=12))
    deltas = [event["choices"][0]["delta"].get("content") for event in events[1:-1]]
    assert deltas == ["ab", "<en"]
    assert events[-1]["choices"][0]["finish_reason"] == "stop"


async def test_unfinished_beginning_of_a_stop_string_comes_at_the_end(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    engine.text = "abc<en"
    events = chunks(await stream(http, stop="<end>"))
    assert text(events) == "abc<en"


async def test_a_stop_string_gives_the_rest_up(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.go.clear()  # the end does not come with the text
    events = chunks(await stream(http, stop="wor", block_length=16, max_tokens=64))
    assert text(events) == "Hello, "
    assert events[-1]["llada"]["nfe"] is None
    assert engine.cancelled == [engine.requests[0].id]


async def test_split_characters_are_never_sent(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "äöü€"
    events = chunks(await stream(http, block_length=1, max_tokens=9))
    deltas = [event["choices"][0]["delta"].get("content") for event in events[1:-1]]
    assert deltas == ["ä", "ö", "ü", "€"]


async def test_canvas_events_only_on_request(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    events = chunks(await stream(http, stream_options={"include_canvas": True}, max_tokens=8))
    canvases = [event["llada"]["canvas"] for event in events if "canvas" in event.get("llada", {})]
    assert canvases == [[[0, "H", 0.5, 1, "preview"], [0, "", None, 2, "remask"]]]
    await stream(http)
    assert [request.preview for request in engine.requests] == [True, False]


async def test_error_after_the_start_is_an_event(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.fail = ("nan_logits", "logits are not finite at step 3, see /opt/llada/engine.py")
    events = chunks(await stream(http, max_tokens=64))
    assert text(events[:-1]) == "Hello, world"
    assert events[-1] == {
        "error": {
            "message": "logits are not finite at step 3, see <path>",
            "type": "server_error",
            "param": None,
            "code": "nan_logits",
        }
    }


async def test_silence_is_filled_with_comments(make_context: MakeContext, engine: FakeEngine) -> None:
    engine.go.clear()
    async with client_of(make_context(keep_alive=0.01, request_timeout=0.2)) as http:
        reply = await stream(http)
    assert reply.text.count(": keep-alive\n\n") > 3
    assert chunks(reply)[-1]["error"]["code"] == "request_deadline"
    assert engine.cancelled == [engine.requests[0].id]


@pytest.mark.parametrize(
    "fields", [{}, {"stop": "wo"}, {"max_tokens": 7}, {"stop": "ld!", "block_length": 3}]
)
async def test_stream_and_whole_reply_have_the_same_text(http: httpx.AsyncClient, fields: Any) -> None:
    events = chunks(await stream(http, stream_options={"include_usage": True}, **fields))
    whole = await http.post("/v1/chat/completions", json={"messages": MESSAGES, **fields})
    assert text(events) == whole.json()["choices"][0]["message"]["content"]
    assert events[-2]["choices"][0]["finish_reason"] == whole.json()["choices"][0]["finish_reason"]
    assert events[-1]["usage"] == whole.json()["usage"]
