"""`/v1/infill`, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from .fake_engine import END, FakeEngine

pytestmark = pytest.mark.anyio

URL = "/v1/infill"
TEMPLATE = [
    {"text": "say "},
    {"hole": {"name": "greeting", "max_tokens": 5}},
    {"text": ", "},
    {"hole": {"max_tokens": 9, "min_tokens": 2}},
    {"text": "!"},
]
FILLED = "Hello, world"
"""What the fake engine writes over the generated part, fixed text among it."""


async def ask(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    reply = await http.post(URL, json={"template": TEMPLATE} | fields)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def refused(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    reply = await http.post(URL, json={"template": TEMPLATE} | fields)
    assert reply.status_code == 400, reply.text
    error: dict[str, Any] = reply.json()["error"]
    return error


async def stream(http: httpx.AsyncClient, **fields: Any) -> list[dict[str, Any]]:
    reply = await http.post(URL, json={"template": TEMPLATE, "stream": True} | fields)
    lines = reply.text.split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


async def test_each_hole_is_answered_by_its_name(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.text = FILLED
    body = await ask(http, seed=3)
    assert body["id"].startswith("infill-")
    assert list(body) == ["id", "object", "created", "model", "choices", "usage", "llada"]
    assert body["choices"] == [
        {
            "index": 0,
            "text": "say Hello, world!",
            "holes": {
                "greeting": {"text": "Hello", "tokens": 5, "finish_reason": "length"},
                "hole_2": {"text": "world", "tokens": 5, "finish_reason": "stop"},
            },
            "finish_reason": "length",
        }
    ]
    assert body["usage"] == {"prompt_tokens": 7, "completion_tokens": 10, "total_tokens": 17}
    request = engine.requests[0]
    assert (bytes(request.prompt), bytes(request.suffix)) == (b"say ", b"!")
    assert [(hole.start, hole.length, hole.min_tokens) for hole in request.holes] == [(0, 5, 0), (7, 9, 2)]
    assert bytes(request.inside[5:7]) == b", "
    assert request.params.gen_length == 16
    assert not request.together


async def test_a_template_may_be_the_reply_of_a_conversation(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    await ask(http, messages=[{"role": "user", "content": "Hi"}], together=True)
    assert bytes(engine.requests[0].prompt) == b"user:Hi\nsay "
    assert engine.requests[0].together


async def test_choices_have_their_own_seeds(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    body = await ask(http, n=3, seed=9, steps=4)
    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2]
    assert [request.params.seed for request in engine.requests] == [9, 10, 11]
    assert body["usage"]["prompt_tokens"] == 7
    assert [run["nfe"] for run in body["llada"]["choices"]] == [4, 4, 4]


async def test_a_stream_carries_each_holes_text_under_its_name(http: httpx.AsyncClient) -> None:
    events = await stream(http, block_length=3, stream_options={"include_usage": True})
    assert {event["object"] for event in events} == {"infill.chunk"}
    pieces = [piece for event in events for piece in event["choices"]]
    texts: dict[str, str] = {}
    for piece in pieces:
        if piece["hole"] is not None:
            texts[piece["hole"]] = texts.get(piece["hole"], "") + piece["text"]
    assert texts == {"greeting": "Hello", "hole_2": "world"}
    ends = [(piece["hole"], piece["finish_reason"]) for piece in pieces if piece["finish_reason"]]
    assert ends == [("greeting", "length"), ("hole_2", "stop"), (None, "length")]
    assert "nfe" in events[-2]["llada"]
    assert events[-1]["usage"] == {"prompt_tokens": 7, "completion_tokens": 10, "total_tokens": 17}


async def test_behind_an_end_token_of_the_last_hole_nothing_counts(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    engine.text = "ab"
    closed = await ask(http, template=[{"hole": {"max_tokens": 4}}, {"text": "."}])
    assert closed["choices"][0]["holes"]["hole_1"] == {"text": "ab", "tokens": 2, "finish_reason": "stop"}
    engine._events = _with_an_end_inside(engine)  # type: ignore[method-assign]
    opened = await ask(http, template=[{"text": "."}, {"hole": {"max_tokens": 4}}])
    closed = await ask(http, template=[{"hole": {"max_tokens": 4}}, {"text": "."}])
    assert opened["choices"][0]["text"] == ".a"
    assert closed["choices"][0]["text"] == "ab."


def _with_an_end_inside(engine: FakeEngine) -> Any:
    from llada_core.engine.events import Commit, Finished

    async def events(request: Any) -> Any:
        tokens = [97, END, 98, END]
        yield Commit(request.id, 0, tokens)
        yield Finished(
            request_id=request.id,
            tokens=tokens,
            reason="stop",
            nfe=1,
            forwards_per_block=[1],
            prompt_tokens=0,
        )

    return events


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"template": "a [MASK] b"}, "template", "expected an array of texts and holes, got string"),
        ({"template": [{"text": "a"}]}, "template", "expected at least one hole"),
        ({"template": ["a"]}, "template[0]", 'expected {"text": "..."} or {"hole": {"max_tokens": 12}}'),
        ({"template": [{"hole": {"max_tokens": "9"}}]}, "template[0].hole.max_tokens", "expected `int`"),
        ({"template": [{"hole": {"size": 9}}]}, "template[0].hole.size", "unknown parameter"),
        ({"template": [{"hole": {"max_tokens": 2, "min_tokens": 3}}]}, "template", "0 <= min_tokens <= max"),
        (
            {"template": [{"hole": {"name": "a"}}, {"hole": {"name": "a"}}]},
            "template",
            "two holes are named 'a'",
        ),
        ({"template": [{"hole": {"max_tokens": 600}}]}, "template", "the model's context is 512"),
        ({"template": [{"hole": {"max_tokens": 2**62}}] * 2}, "template", "longer than 1048576 positions"),
        ({"max_tokens": 9}, "max_tokens", "a hole says itself how long it is"),
        ({"stop": ["x"]}, "stop", "a hole ends where it is padded, or full"),
        ({"suffix": "x"}, "suffix", "belongs to /v1/completions"),
        ({"templat": []}, "templat", "did you mean 'template'?"),
        ({"n": 8, "template": [{"hole": {"max_tokens": 500}}] * 2}, "template", ""),
    ],
)
async def test_errors_say_what_to_fix(
    http: httpx.AsyncClient, fields: dict[str, Any], param: str, words: str
) -> None:
    error = await refused(http, **fields)
    assert error["param"] == param
    assert words in error["message"]
