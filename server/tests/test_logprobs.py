"""Log-probabilities and traces on the wire, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from .fake_engine import END, MASK, FakeEngine

pytestmark = pytest.mark.anyio
CHAT = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 12, "block_length": 4}
TEXT = {"prompt": "Hi", "max_tokens": 12, "block_length": 4}


async def whole(http: httpx.AsyncClient, path: str, **fields: Any) -> dict[str, Any]:
    reply = await http.post(f"/v1/{path}", json=fields)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def chunks(http: httpx.AsyncClient, path: str, **fields: Any) -> list[dict[str, Any]]:
    reply = await http.post(f"/v1/{path}", json=fields | {"stream": True})
    lines = [line.removeprefix("data: ") for line in reply.text.splitlines() if line.startswith("data: {")]
    return [json.loads(line) for line in lines]


async def test_chat(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "Hé!"
    reply = await whole(http, "chat/completions", **CHAT, logprobs=True, top_logprobs=2)
    content = reply["choices"][0]["logprobs"]["content"]
    assert engine.requests[0].logprobs == 2
    assert [(entry["token"], entry["logprob"], entry["bytes"]) for entry in content] == [
        ("H", -0.25, [72]),
        ("\ufffd", -1.25, None),
        ("\ufffd", -2.25, None),
        ("!", -3.25, [33]),
    ]
    assert content[0]["top_logprobs"] == [
        {"token": "H", "logprob": -0.25, "bytes": [72]},
        {"token": "<end>", "logprob": -2.0, "bytes": list(b"<end>")},
    ]


async def test_completions(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "abc"
    reply = await whole(http, "completions", **TEXT, logprobs=1, echo=False)
    assert reply["choices"][0]["logprobs"] == {
        "tokens": ["a", "b", "c"],
        "token_logprobs": [-0.25, -1.25, -2.25],
        "top_logprobs": [{"a": -0.25}] * 3,
        "text_offset": [0, 1, 2],
    }


async def test_without_being_asked_there_are_none(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    for path, body in (("chat/completions", CHAT), ("completions", TEXT)):
        reply = await whole(http, path, **body)
        assert reply["choices"][0]["logprobs"] is None
        assert "traces" not in reply["llada"]
        assert engine.requests[-1].logprobs is None


@pytest.mark.parametrize("stop", [None, "wor"])
async def test_a_stream_carries_what_the_whole_reply_has(http: httpx.AsyncClient, stop: str | None) -> None:
    """Also of tokens whose text is held back, since a stop string might begin there."""
    asked = CHAT | {"logprobs": True, "top_logprobs": 1, "stop": stop}
    found = await whole(http, "chat/completions", **asked)
    pieces = [chunk["choices"][0] for chunk in await chunks(http, "chat/completions", **asked)]
    streamed = [entry for piece in pieces if piece["logprobs"] for entry in piece["logprobs"]["content"]]
    assert streamed == found["choices"][0]["logprobs"]["content"]
    assert len(streamed) == found["usage"]["completion_tokens"] == (10 if stop else 12)
    asked = TEXT | {"logprobs": 0, "stop": stop}
    found = await whole(http, "completions", **asked)
    pieces = [chunk["choices"][0] for chunk in await chunks(http, "completions", **asked)]
    for member in ("tokens", "token_logprobs", "top_logprobs", "text_offset"):
        streamed = [entry for piece in pieces if piece["logprobs"] for entry in piece["logprobs"][member]]
        assert streamed == found["choices"][0]["logprobs"][member]


async def test_minus_infinity_has_a_number(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    from llada_core.engine.events import TokenLogprob
    from llada_server.logprobs import chat_logprobs, text_logprobs

    never = [TokenLogprob(float("-inf"), [])]
    assert chat_logprobs([65], never, chr).content[0].logprob == -9999.0
    assert text_logprobs([65], never, chr, 0).token_logprobs == [-9999.0]


async def test_traces(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "abcd"
    reply = await whole(http, "completions", **TEXT, trace="trajectory", n=2)
    first, second = reply["llada"]["traces"]
    assert first == second | {"index": 0}
    assert first["token_ids"] == list(b"abcd")
    assert first["commit_steps"] == [None] * 4
    assert first["trajectory"][:2] == [[0, 97, 0.5, 1, "preview"], [0, MASK, None, 2, "remask"]]
    reply = await whole(http, "completions", **TEXT, trace="steps")
    assert "trajectory" not in reply["llada"]["traces"][0]
    last = (await chunks(http, "completions", **TEXT, trace="steps"))[-1]
    assert last["llada"]["traces"] == reply["llada"]["traces"]


async def test_control_reaches_the_engine(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "abcd"
    reply = await whole(
        http, "completions", **TEXT, logit_bias={"65": 2}, bad_words=["no"], stop_token_ids=[99], min_tokens=2
    )
    control = engine.requests[0].control
    assert control is not None
    assert control.logit_bias == {65: 2}
    assert control.bad_words_ids == (tuple(b"no"), tuple(b" no"))
    assert reply["choices"][0] == {
        "index": 0, "text": "ab", "logprobs": None, "finish_reason": "stop",
    }  # fmt: skip
    assert reply["llada"]["parameters"]["stop_token_ids"] == [99]
    assert END not in control.stop_token_ids


async def test_the_likelihood_of_prompts(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = "xyz"
    reply = await whole(
        http, "completions", prompt=["abcd", "ef"], n=2, max_tokens=1, seed=7,
        echo=True, logprobs=1, likelihood_samples=5, likelihood_from=[2, 0],
    )  # fmt: skip
    first, second = engine.likelihoods
    assert (first.tokens, first.start, first.samples, first.seed) == (tuple(b"abcd"), 2, 5, 7)
    assert (second.tokens, second.start) == (tuple(b"ef"), 0)
    assert [choice["text"] for choice in reply["choices"]] == ["abcdx", "abcdx", "efx", "efx"]
    assert reply["choices"][1]["logprobs"] == {
        "tokens": ["a", "b", "c", "d", "x"],
        "token_logprobs": [None, None, -0.5, -1.5, -0.25],
        "top_logprobs": [None, None, {"c": -0.5}, {"d": -1.5}, {"x": -0.25}],
        "text_offset": [0, 1, 2, 3, 4],
    }
    assert reply["choices"][2]["logprobs"]["token_logprobs"] == [-0.5, -1.5, -0.25]
    assert reply["llada"]["likelihoods"][0] == {
        "index": 0, "log_likelihood": -2.0, "error": 0.125, "tokens": 2, "samples": 5, "forwards": 3,
    }  # fmt: skip


async def test_a_likelihood_has_defaults(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    await whole(http, "completions", **TEXT, echo=True, logprobs=0)
    (request,) = engine.likelihoods
    assert (request.start, request.samples) == (0, 128)
    empty = await whole(http, "completions", **TEXT | {"prompt": ""}, echo=True, logprobs=0)
    assert empty["llada"]["likelihoods"][0]["tokens"] == 0


async def test_a_likelihood_that_fails(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.fail = ("nan_logits", "not finite")
    reply = await http.post("/v1/completions", json=TEXT | {"echo": True, "logprobs": 0})
    assert reply.json()["error"]["code"] == "nan_logits"
    assert engine.cancelled


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"likelihood_from": 2}, "likelihood_from"),
        ({"likelihood_from": [0, 1]}, "likelihood_from"),
        ({"likelihood_samples": 0}, "likelihood_samples"),
        ({"prompt": ["a"] * 32, "likelihood_samples": 1000}, "likelihood_samples"),
        ({"stream": True}, "logprobs"),
        ({"suffix": "x"}, "logprobs"),
    ],
)
async def test_a_likelihood_that_cannot_be(
    http: httpx.AsyncClient, fields: dict[str, Any], param: str
) -> None:
    reply = await http.post("/v1/completions", json=TEXT | {"echo": True, "logprobs": 0} | fields)
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == param
