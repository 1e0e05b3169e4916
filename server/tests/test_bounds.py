"""Every number of a request at the edges of what it may be, and far beyond."""

from __future__ import annotations

import time
from typing import Any

import httpx
import msgspec
import pytest

from llada_core.params import SamplingParams
from llada_server.fields import ChatBody, StreamOptions

from .conftest import MakeContext, client_of

pytestmark = pytest.mark.anyio
PATH = "/v1/chat/completions"
SCHEMAS = {
    name: rule
    for cls in (ChatBody, SamplingParams)
    for name, rule in msgspec.json.schema(cls)["$defs"][cls.__name__]["properties"].items()
}
"""JSON Schema of the fields of a chat."""
EDGES = ["-1", "0", "1", "2147483648", "9223372036854775808", "1" + "0" * 400, "NaN", "Infinity", "1e999"]
KINDS = ["true", '"1"', "null", "4.0", "[]", "{}", "-0.0", "1e-320"]


def bounds(rule: dict[str, Any]) -> list[str]:
    """The values at a field's bounds and beside them."""
    found = []
    for each in [rule, *rule.get("anyOf", [])]:
        for key in ("minimum", "maximum", "exclusiveMinimum"):
            if key in each:
                step = 1 if each.get("type") == "integer" else 0.001
                found += [repr(each[key] + step * way) for way in (-1, 0, 1)]
    return found


def is_number(rule: dict[str, Any]) -> bool:
    kinds = {each.get("type") for each in [rule, *rule.get("anyOf", [])]}
    return not kinds.isdisjoint({"integer", "number"})


NUMBERS = sorted(name for name, rule in SCHEMAS.items() if is_number(rule))


@pytest.mark.parametrize("name", NUMBERS)
async def test_every_number(http: httpx.AsyncClient, name: str) -> None:
    for value in (*bounds(SCHEMAS[name]), *EDGES, *KINDS):
        raw = f'{{"messages": [{{"role": "user", "content": "x"}}], "max_tokens": 4, "{name}": {value}}}'
        begun = time.process_time()
        reply = await http.post(PATH, content=raw, headers={"content-type": "application/json"})
        assert time.process_time() - begun < 0.5
        assert reply.status_code in (200, 400), (value, reply.text)
        if reply.status_code == 400:
            assert reply.json()["error"]["type"] == "invalid_request_error"
            assert len(reply.content) < 2048


def test_the_numbers_are_those_that_there_are() -> None:
    assert {"n", "max_tokens", "temperature", "top_p", "top_k", "seed", "steps", "cfg_scale"} <= set(NUMBERS)
    assert len(StreamOptions.__struct_fields__) == 4, "none of them a number"


@pytest.mark.parametrize(
    "content", ["{{ 7 * 7 }}", "{% for x in range(10**9) %}x{% endfor %}", "{{ ''.__class__ }}"]
)
async def test_templates_in_messages_are_text(http: httpx.AsyncClient, content: str) -> None:
    reply = await http.post("/tokenize", json={"messages": [{"role": "user", "content": content}]})
    text = (await http.post("/detokenize", json={"tokens": reply.json()["tokens"]})).json()["prompt"]
    assert content in text


async def test_a_megabyte_of_text_is_refused_quickly(make_context: MakeContext) -> None:
    async with client_of(make_context()) as http:
        begun = time.process_time()
        reply = await http.post(PATH, json={"messages": [{"role": "user", "content": "a" * 1_000_000}]})
    assert reply.json()["error"]["code"] == "context_length_exceeded"
    assert time.process_time() - begun < 5
