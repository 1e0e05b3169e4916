"""Structured output over HTTP: what a request becomes, and what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from llada_core.engine.events import Commit, Failed, Finished
from llada_core.errors import ParameterError
from llada_core.structure import Structure
from llada_server.context import Context

from .fake_engine import END, FakeChecker, FakeEngine

pytestmark = pytest.mark.anyio

MESSAGES = [{"role": "user", "content": "Hi"}]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


async def post(http: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await http.post("/v1/chat/completions", json={"messages": MESSAGES} | fields)


async def refused(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    reply = await post(http, **fields)
    assert reply.status_code == 400, reply.text
    error: dict[str, Any] = reply.json()["error"]
    return error


@pytest.mark.parametrize(
    ("fields", "structure"),
    [
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}},
            Structure.json_schema(SCHEMA),
        ),
        ({"response_format": {"type": "json_object"}}, Structure.json_object()),
        ({"structured_outputs": {"json": SCHEMA}}, Structure.json_schema(SCHEMA)),
        ({"structured_outputs": {"choice": ["yes", "no"]}}, Structure.choice(["yes", "no"])),
        ({"structured_outputs": {"regex": "a+b"}}, Structure.regex("a+b")),
        ({"response_format": {"type": "text"}}, None),
        ({}, None),
    ],
)
async def test_what_the_engine_is_asked(
    http: httpx.AsyncClient, engine: FakeEngine, context: Context, fields: Any, structure: Structure | None
) -> None:
    assert (await post(http, max_tokens=40, n=2, **fields)).status_code == 200
    assert isinstance(context.checker, FakeChecker)
    assert context.checker.asked == ([] if structure is None else [structure])
    assert [request.structure for request in engine.requests] == [structure] * 2
    assert [request.max_tokens for request in engine.requests] == [0 if structure is None else 40] * 2
    assert engine.requests[0].params.gen_length == 64


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"schema": {"properties": {"a": {"not": {}}}}},
                }
            },
            "response_format.json_schema.schema",
            "#/properties/a/not: not supported",
        ),
        ({"structured_outputs": {"json": {}, "choice": ["a"]}}, "structured_outputs", "expected one of json"),
        (
            {"structured_outputs": {"grammar": "x"}},
            "structured_outputs.grammar",
            "not supported; there are json",
        ),
        ({"guided_json": {}}, "guided_json", "its name is `structured_outputs` now"),
        (
            {"response_format": {"type": "json_object"}, "structured_outputs": {"regex": "a"}},
            "structured_outputs",
            "contradicts response_format",
        ),
        (
            {"response_format": {"type": "json_object"}, "stop": "x"},
            "stop",
            "not together with structured output",
        ),
        ({"response_format": {"type": "json_object"}, "ignore_eos": True}, "ignore_eos", "not together with"),
        ({"structured_outputs": {"regex": "a" * 9000}}, "structured_outputs.regex", "1 to 4096 characters"),
    ],
)
async def test_errors_name_the_part(http: httpx.AsyncClient, fields: Any, param: str, words: str) -> None:
    error = await refused(http, **fields)
    assert error["param"] == param
    assert words in error["message"]


async def test_grammars_that_cannot_be_made_and_texts_without_room_are_refused(
    http: httpx.AsyncClient, context: Context
) -> None:
    assert isinstance(context.checker, FakeChecker)
    asked = {"structured_outputs": {"regex": "(a"}}
    context.checker.refuse = ParameterError("regex", "no grammar can be made of it: unclosed group")
    error = await refused(http, **asked)
    assert error["param"] == "structured_outputs.regex"
    assert "unclosed group" in error["message"]
    context.checker.refuse, context.checker.shortest = None, 30
    error = await refused(http, max_completion_tokens=29, **asked)
    assert error["param"] == "max_completion_tokens"
    assert "29 tokens are too few for structured_outputs.regex" in error["message"]
    context.checker.shortest = None
    assert (await post(http, max_tokens=1, **asked)).status_code == 200


async def test_a_suffix_or_holes_have_no_grammar(http: httpx.AsyncClient) -> None:
    asked = {"structured_outputs": {"regex": "a"}}
    reply = await http.post("/v1/completions", json={"prompt": "a", "suffix": "b"} | asked)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "suffix")
    reply = await http.post("/v1/infill", json={"template": [{"hole": {}}]} | asked)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "structured_outputs")


@pytest.mark.parametrize("reason", ["stop", "length"])
async def test_the_engine_says_whether_a_text_that_fills_its_room_is_complete(
    http: httpx.AsyncClient, engine: FakeEngine, reason: str
) -> None:
    async def events(request: Any) -> Any:
        tokens = [*b"42", END, END]
        yield Commit(request.id, 0, tokens)
        yield Finished(
            request_id=request.id,
            tokens=tokens,
            reason=reason,
            nfe=1,
            forwards_per_block=[1],
            prompt_tokens=0,
        )

    engine._events = events  # type: ignore[method-assign]
    body = (await post(http, max_tokens=2, structured_outputs={"regex": "[0-9]+"})).json()
    assert body["choices"][0]["message"]["content"] == "42"
    assert body["choices"][0]["finish_reason"] == reason


async def test_what_the_engine_says_of_a_structure_names_the_field_that_was_sent(
    http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    async def events(request: Any) -> Any:
        yield Failed(
            request_id=request.id, code="invalid_parameter", message="structure: no", field="structure"
        )

    engine._events = events  # type: ignore[method-assign]
    error = await refused(http, structured_outputs={"regex": "[0-9]+"})
    assert (error["param"], error["message"]) == ("structured_outputs.regex", "structured_outputs.regex: no")
