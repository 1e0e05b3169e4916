"""`/v1/completions`, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from llada_core.params import SamplingParams
from llada_server.completion_request import hole
from llada_server.context import Context

from .fake_engine import END, FakeEngine
from .live import live

pytestmark = pytest.mark.anyio

URL = "/v1/completions"


async def ask(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    reply = await http.post(URL, json={"prompt": "Hi"} | fields)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def refused(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    reply = await http.post(URL, json={"prompt": "Hi"} | fields)
    assert reply.status_code == 400, reply.text
    error: dict[str, Any] = reply.json()["error"]
    return error


async def stream(http: httpx.AsyncClient, **fields: Any) -> list[dict[str, Any]]:
    reply = await http.post(URL, json={"prompt": "Hi", "stream": True} | fields)
    assert reply.status_code == 200, reply.text
    lines = reply.text.split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


def texts(body: dict[str, Any]) -> list[str]:
    return [choice["text"] for choice in body["choices"]]


def joined(events: list[dict[str, Any]], index: int = 0) -> str:
    return "".join(c["text"] for event in events for c in event["choices"] if c["index"] == index)


async def test_reply_has_openai_shape(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    body = await ask(http, model="model", steps=4, seed=3)
    assert body["id"].startswith("cmpl-")
    assert list(body) == ["id", "object", "created", "model", "choices", "usage", "llada"]
    assert body["object"] == "text_completion"
    assert body["choices"] == [
        {"index": 0, "text": "Hello, world", "logprobs": None, "finish_reason": "stop"}
    ]
    assert body["usage"] == {"prompt_tokens": 2, "completion_tokens": 12, "total_tokens": 14}
    assert (body["llada"]["algorithm"], body["llada"]["nfe"], body["llada"]["seed"]) == ("dual_cache", 4, 3)
    assert bytes(engine.requests[0].prompt) == b"Hi"  # no chat layout around it


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        ("ab", [b"ab"]),
        (["ab", "c"], [b"ab", b"c"]),
        ([97, 98], [b"ab"]),
        ([97.0, 98], [b"ab"]),
        ([[97, 98], [99]], [b"ab", b"c"]),
        ("", [b""]),
    ],
)
async def test_prompt_forms(http: httpx.AsyncClient, engine: FakeEngine, prompt: Any, sent: Any) -> None:
    body = await ask(http, prompt=prompt)
    assert [bytes(request.prompt) for request in engine.requests] == sent
    assert [choice["index"] for choice in body["choices"]] == list(range(len(sent)))
    assert body["usage"]["prompt_tokens"] == sum(map(len, sent))


async def test_choices_are_ordered_by_prompt_and_seeded_alike(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    body = await ask(http, prompt=["a", "b"], n=2, seed=7, echo=True, max_tokens=5, steps=3)
    assert texts(body) == ["aHello", "aHello", "bHello", "bHello"]
    assert [(bytes(r.prompt), r.params.seed) for r in engine.requests] == [
        (b"a", 7),
        (b"a", 8),
        (b"b", 7),
        (b"b", 8),
    ]
    assert len({request.id for request in engine.requests}) == 4
    assert body["usage"] == {"prompt_tokens": 2, "completion_tokens": 20, "total_tokens": 22}
    assert [run["nfe"] for run in body["llada"]["choices"]] == [3, 3, 3, 3]


@pytest.mark.parametrize("prompt", ["äb ", [0xC3, 0xA4, 98, 32]])
async def test_echo_repeats_the_prompt(http: httpx.AsyncClient, prompt: Any) -> None:
    body = await ask(http, prompt=prompt, echo=True)
    assert texts(body) == ["äb Hello, world"]
    assert body["usage"]["completion_tokens"] == 12
    events = await stream(http, prompt=prompt, echo=True)
    assert events[0]["choices"][0]["text"] == "äb "
    assert joined(events) == "äb Hello, world"


async def test_stop_string_in_the_prompt_does_not_count(http: httpx.AsyncClient) -> None:
    body = await ask(http, prompt="a, b", echo=True, stop=", ")
    assert texts(body) == ["a, bHello"]
    assert body["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("fields", "text", "reason"),
    [({"max_tokens": 5}, "Hello", "length"), ({"stop": ["wor", "x"]}, "Hello, ", "stop")],
)
async def test_text_is_cut_as_in_a_chat(
    http: httpx.AsyncClient, fields: dict[str, Any], text: str, reason: str
) -> None:
    body = await ask(http, **fields)
    events = await stream(http, stream_options={"include_usage": True}, **fields)
    assert texts(body) == [joined(events)] == [text]
    assert body["choices"][0]["finish_reason"] == events[-2]["choices"][0]["finish_reason"] == reason
    assert events[-1]["usage"] == body["usage"]


async def test_stream_bytes(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "Hello\n\n  world"
    fields = {
        "prompt": "Hi",
        "stream": True,
        "model": "model",
        "block_length": 8,
        "max_tokens": 16,
        "seed": 3,
    }
    reply = await http.post(URL, json=fields)
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    first = json.loads(reply.text.split("\n\n")[0].removeprefix("data: "))
    last = json.loads(reply.text.split("\n\n")[-3].removeprefix("data: "))
    head = f'{{"id":"{first["id"]}","object":"text_completion","created":{first["created"]},"model":"model"'

    def event(text: str, reason: str = "null", more: str = "") -> str:
        choice = f'{{"index":0,"text":"{text}","logprobs":null,"finish_reason":{reason}}}'
        return f'data: {head},"choices":[{choice}]{more}}}\n\n'

    run = json.dumps(last["llada"], separators=(",", ":"))
    assert first["id"].startswith("cmpl-")
    assert reply.text == (
        event("Hello\\n\\n ") + event(" world") + event("", '"stop"', f',"llada":{run}') + "data: [DONE]\n\n"
    )


async def test_streamed_prompts_interleave_under_one_id(http: httpx.AsyncClient) -> None:
    events = await stream(http, prompt=["a", "b"], n=2, stream_options={"include_usage": True})
    assert len({event["id"] for event in events}) == 1
    assert [joined(events, index) for index in range(4)] == ["Hello, world"] * 4
    assert events[-1]["choices"] == []
    assert events[-1]["usage"]["prompt_tokens"] == 2


async def test_error_after_the_start_is_an_event(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.fail = ("nan_logits", "logits are not finite at step 3")
    events = await stream(http, max_tokens=64)
    assert events[-1]["error"]["code"] == "nan_logits"


async def test_suffix_is_fixed_behind_the_hole(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    body = await ask(http, prompt=["a", "b"], suffix=" end", max_tokens=12)
    assert [bytes(request.suffix) for request in engine.requests] == [b" end", b" end"]
    assert [request.canvas_length for request in engine.requests] == [17, 17]
    assert texts(body) == ["Hello, world", "Hello, world"]
    assert body["usage"]["prompt_tokens"] == 10
    assert body["choices"][0]["finish_reason"] == "length"


async def test_end_tokens_in_a_hole_are_padding(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    for fields in ({}, {"ignore_eos": True}):
        body = await ask(http, suffix="x", max_tokens=64, **fields)
        assert texts(body) == ["Hello, world"]
        assert body["choices"][0]["finish_reason"] == "stop"
        assert body["usage"]["completion_tokens"] == 12
        assert body["llada"]["nfe"] == 64
    assert joined(await stream(http, suffix="x", max_tokens=64)) == "Hello, world"


@pytest.mark.parametrize("max_tokens", [1, 31, 32, 33, 37, 64, 100, 127, 300])
def test_hole_is_never_longer_than_asked_for(max_tokens: int) -> None:
    made = hole(SamplingParams(gen_length=max_tokens, block_length=32))
    blocks = -(-max_tokens // 32)
    # By search: the longest hole of that many equal blocks.
    longest = max(length for length in range(max_tokens + 1) if length % blocks == 0)
    assert (made.gen_length, made.block_length) == (longest, longest // blocks)
    assert made.effective().gen_length == made.gen_length  # nothing is rounded up
    assert max_tokens - blocks < made.gen_length <= max_tokens


async def test_empty_suffix_is_none(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    assert texts(await ask(http, suffix="", max_tokens=64)) == ["Hello, world"]
    assert engine.requests[0].suffix == ()


@pytest.mark.parametrize(
    ("prompt", "param"),
    [
        ([72, END], "prompt[1]"),
        ([257], "prompt[0]"),
        ([[72], [73, 256]], "prompt[1][1]"),
        ([72, 258], "prompt[1]"),
        ([[-1]], "prompt[0]"),
        ([[72], [2**70]], "prompt[1][0]"),
        ([72, True], "prompt[1]"),
        ([72, 1.5], "prompt[1]"),
        (["a", 1], "prompt[1]"),
    ],
)
async def test_token_ids_that_no_prompt_may_hold(http: httpx.AsyncClient, prompt: Any, param: str) -> None:
    error = await refused(http, prompt=prompt)
    assert error["param"] == param
    assert error["code"] == "invalid_parameter"


async def test_half_a_surrogate_pair_is_no_text(http: httpx.AsyncClient) -> None:
    for fields in ({"prompt": "\ud800"}, {"suffix": "\ud800"}, {"prompt": ["a", "\ud800"]}):
        reply = await http.post(
            URL,
            content=json.dumps({"prompt": "Hi"} | fields).encode(),
            headers={"content-type": "application/json"},
        )
        assert reply.status_code == 400


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"prompt": ["x"] * 9, "n": 8}, "n"),
        ({"prompt": ["x"] * 9, "max_tokens": 480}, "max_tokens"),
        ({"n": 3, "best_of": 4}, "best_of"),
    ],
)
async def test_amounts_are_bounded(http: httpx.AsyncClient, fields: dict[str, Any], param: str) -> None:
    assert (await refused(http, **fields))["param"] == param


async def test_as_many_choices_as_allowed(http: httpx.AsyncClient) -> None:
    body = await ask(http, prompt=["x"] * 8, n=8, best_of=8, max_tokens=5)
    assert texts(body) == ["Hello"] * 64


async def test_too_long_a_prompt(http: httpx.AsyncClient) -> None:
    error = await refused(http, prompt="x" * 500, max_completion_tokens=32)
    assert (error["code"], error["param"]) == ("context_length_exceeded", "max_completion_tokens")
    assert "prompt[" not in error["message"]
    error = await refused(http, prompt=["a", "x" * 500], max_tokens=32)
    assert "prompt[1]" in error["message"]
    assert error["param"] == "max_tokens"
    error = await refused(http, prompt="x" * 250, suffix="x" * 250, max_tokens=32)
    assert error["code"] == "context_length_exceeded"


async def test_openai_client(context: Context) -> None:
    """Whole and streamed, on a real socket."""
    import openai

    async with (
        live(context) as (host, port),
        openai.AsyncOpenAI(base_url=f"http://{host}:{port}/v1", api_key="none", max_retries=0) as client,
    ):
        whole = await client.completions.create(model="model", prompt=["a", "b"], echo=True, n=1)
        assert [choice.text for choice in whole.choices] == ["aHello, world", "bHello, world"]
        events = await client.completions.create(
            model="model", prompt="a", stream=True, stream_options={"include_usage": True}
        )
        chunks = [event async for event in events]
        assert "".join(chunk.choices[0].text for chunk in chunks[:-1]) == "Hello, world"
        assert chunks[-1].usage is not None
        with pytest.raises(openai.BadRequestError) as refusal:
            await client.completions.create(model="model", prompt="a", best_of=2)
        assert refusal.value.param == "best_of"
