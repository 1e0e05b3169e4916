"""Everything that can go wrong answers in OpenAI's shape, and tells nothing about the machine."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from llada_core.errors import ContextLengthError
from llada_server.context import Context
from llada_server.errors import from_code, scrub

from .conftest import MakeContext, client_of
from .fake_engine import Fake, FakeEngine

pytestmark = pytest.mark.anyio

URL = "/v1/chat/completions"
JSON = {"content-type": "application/json"}
HI = {"messages": [{"role": "user", "content": "Hi"}]}


class BentParams(msgspec.Struct, frozen=True):
    """Parameters of an algorithm that is installed and not used."""

    bend: int = 1


def error_of(reply: httpx.Response, status: int) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    body = reply.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert reply.headers["x-request-id"]
    error: dict[str, Any] = body["error"]
    return error


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b'{"messages": "\xff"}',
        b"[" * 100_000,
        b'{"messages":' + b"[" * 100_000,
        b'{"temperature": NaN}',
        b'{"temperature": 1e999}',
        b'{"a": "\\ud800"}',
        b"null",
        b"[]",
        b'"text"',
    ],
)
async def test_bodies_that_are_no_json_object(http: httpx.AsyncClient, raw: bytes) -> None:
    error = error_of(await http.post(URL, content=raw, headers=JSON), 400)
    assert error["code"] == "invalid_json"


@pytest.mark.parametrize("field", ["max_tokens", "seed", "top_k", "n", "temperature", "unheard_of"])
async def test_numbers_of_thousands_of_digits(http: httpx.AsyncClient, field: str) -> None:
    raw = b'{"messages":[{"role":"user","content":"x"}],"%s":%s}' % (field.encode(), b"9" * 5000)
    reply = await http.post(URL, content=raw, headers=JSON)
    assert reply.status_code in (200, 400)
    assert len(reply.content) < 4000


async def test_body_of_too_many_fields(http: httpx.AsyncClient) -> None:
    error_of(await http.post(URL, json=HI | {f"field_{i}": 1 for i in range(300)}), 400)


async def test_body_that_is_too_large(make_context: MakeContext) -> None:
    async with client_of(make_context(max_body_bytes=1000)) as http:
        error = error_of(await http.post(URL, json=HI | {"user": "x" * 1000}), 413)
    assert error["code"] == "request_too_large"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_other_content_types(http: httpx.AsyncClient, media_type: str) -> None:
    reply = await http.post(URL, content=b"{}", headers={"content-type": media_type})
    assert error_of(reply, 415)["code"] == "unsupported_media_type"


async def test_content_type_may_carry_a_charset(http: httpx.AsyncClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    reply = await http.post(URL, content=b'{"messages":[{"role":"user","content":"x"}]}', headers=headers)
    assert reply.status_code == 200


async def test_unknown_path(http: httpx.AsyncClient) -> None:
    assert error_of(await http.get("/v1/nope"), 404)["type"] == "not_found_error"


async def test_wrong_method(http: httpx.AsyncClient) -> None:
    reply = await http.get(URL)
    assert error_of(reply, 405)["code"] == "method_not_allowed"
    assert "POST" in reply.headers["allow"]


async def test_unknown_model_lists_the_served_ones(http: httpx.AsyncClient) -> None:
    error = error_of(await http.post(URL, json=HI | {"model": "gpt-9"}), 404)
    assert error["code"] == "model_not_found"
    assert error["param"] == "model"
    assert "org/model, model" in error["message"]


async def test_unknown_algorithm_suggests_near_ones(http: httpx.AsyncClient) -> None:
    error = error_of(await http.post(URL, json=HI | {"generation_algorithm": "dual_cach"}), 400)
    assert error["code"] == "unknown_algorithm"
    assert error["param"] == "generation_algorithm"
    assert "did you mean 'dual_cache'" in error["message"]


async def test_unavailable_algorithm_says_why(http: httpx.AsyncClient) -> None:
    error = error_of(await http.post(URL, json=HI | {"algorithm": "broken"}), 400)
    assert error["code"] == "algorithm_unavailable"
    assert error["param"] == "algorithm"
    assert "needs foo>=2, found in <path>" in error["message"]
    assert "pip install 'foo>=2'" in error["message"]


async def test_unknown_unmasking_rule(http: httpx.AsyncClient) -> None:
    error = error_of(await http.post(URL, json=HI | {"unmasking": "treshold"}), 400)
    assert error["param"] == "unmasking"
    assert "did you mean 'threshold'" in error["message"]


@pytest.mark.parametrize(
    ("body", "param"),
    [({"bend": 2}, "bend"), ({"algorithm_params": {"bend": 2}}, "algorithm_params.bend")],
)
async def test_a_parameter_of_an_algorithm_that_is_not_used(
    context: Context, http: httpx.AsyncClient, body: dict[str, Any], param: str
) -> None:
    """Although "bend" is two edits away from "seed"."""
    context.registry.register(Fake("curved"), params=BentParams)
    error = error_of(await http.post(URL, json=HI | body), 400)
    assert error["param"] == param
    assert error["message"] == (
        f"{param}: a parameter of the algorithm 'curved', which this request does not use; "
        'add "generation_algorithm": "curved"'
    )
    used = await http.post(URL, json=HI | body | {"generation_algorithm": "curved"})
    assert used.status_code == 200


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
async def test_prompt_and_reply_longer_than_the_context(http: httpx.AsyncClient, field: str) -> None:
    body = {"messages": [{"role": "user", "content": "x" * 500}], field: 32}
    error = error_of(await http.post(URL, json=body), 400)
    assert error["code"] == "context_length_exceeded"
    assert error["param"] == field
    assert "538" in error["message"]
    assert "512" in error["message"]


@pytest.mark.parametrize(
    ("message", "param"),
    [
        ("Hi", "messages[1]"),
        ({"content": "x"}, "messages[1].role"),
        ({"role": "pirate", "content": "x"}, "messages[1].role"),
        ({"role": "user"}, "messages[1].content"),
        ({"role": "user", "content": None}, "messages[1].content"),
        ({"role": "user", "content": 7}, "messages[1].content"),
        ({"role": "user", "content": ["x"]}, "messages[1].content[0]"),
        ({"role": "user", "content": [{"type": "text"}]}, "messages[1].content[0].text"),
        ({"role": "user", "content": [{"type": "text", "text": "x"}] * 257}, "messages[1].content"),
    ],
)
async def test_malformed_messages(http: httpx.AsyncClient, message: Any, param: str) -> None:
    body = {"messages": [{"role": "user", "content": "fine"}, message]}
    error = error_of(await http.post(URL, json=body), 400)
    assert error["param"] == param


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]},
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
        {"role": "assistant", "content": "x", "tool_calls": [{"id": "1"}]},
    ],
)
async def test_messages_that_are_not_text(http: httpx.AsyncClient, message: Any) -> None:
    error = error_of(await http.post(URL, json={"messages": [message]}), 400)
    assert error["code"] == "unsupported_parameter"
    assert error["param"].startswith("messages[0]")


async def test_too_many_messages(http: httpx.AsyncClient) -> None:
    error = error_of(await http.post(URL, json={"messages": HI["messages"] * 2049}), 400)
    assert "2049" in error["message"]


async def test_stream_options_without_stream(http: httpx.AsyncClient) -> None:
    error = error_of(await http.post(URL, json=HI | {"stream_options": {"include_usage": True}}), 400)
    assert error["param"] == "stream_options"


async def test_engine_refuses_before_a_stream_starts(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.refuse = ContextLengthError("max_tokens", "canvas of 400 positions, but the pool holds 256")
    error = error_of(await http.post(URL, json=HI | {"stream": True}), 400)
    assert error["code"] == "context_length_exceeded"
    assert "400" in error["message"]
    assert "256" in error["message"]


async def test_unexpected_errors_tell_nothing(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.refuse = RuntimeError("secret in /opt/llada/engine.py")
    error = error_of(await http.post(URL, json=HI), 500)
    assert error["code"] == "internal_error"
    assert "secret" not in error["message"]


async def test_failed_request_is_not_to_be_sent_again(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.fail = ("algorithm_error", "dual_cache: step 3 raised ValueError")
    reply = await http.post(URL, json=HI)
    assert error_of(reply, 500)["code"] == "algorithm_error"
    assert reply.headers["x-should-retry"] == "false"


@pytest.mark.parametrize(("state", "code"), [("starting", "not_ready"), ("failed", "engine_dead")])
async def test_no_engine(http: httpx.AsyncClient, engine: FakeEngine, state: Any, code: str) -> None:
    engine.state = state
    reply = await http.post(URL, json=HI)
    assert error_of(reply, 503)["code"] == code
    assert reply.headers["retry-after"] == "5"


async def test_no_new_requests_while_draining(context: Context, http: httpx.AsyncClient) -> None:
    context.draining = True
    assert error_of(await http.post(URL, json=HI), 503)["code"] == "draining"


async def test_full_queue(make_context: MakeContext) -> None:
    async with client_of(make_context(max_rows=2, max_queue=1)) as http:
        reply = await http.post(URL, json=HI | {"n": 4})
        assert (await http.post(URL, json=HI | {"n": 3})).status_code == 200
    assert error_of(reply, 429)["code"] == "queue_full"
    assert int(reply.headers["retry-after"]) >= 1


async def test_request_that_takes_too_long(make_context: MakeContext, engine: FakeEngine) -> None:
    engine.go.clear()
    context = make_context(request_timeout=0.05)
    async with client_of(context) as http:
        error = error_of(await http.post(URL, json=HI), 504)
    assert error["code"] == "request_deadline"
    assert engine.cancelled == [engine.requests[0].id]
    assert context.gate.open == 0


async def test_request_that_the_engine_never_takes(
    make_context: MakeContext, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a plugin hangs in the engine's thread."""

    async def never(request: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(engine, "submit", never)
    context = make_context(request_timeout=0.05)
    async with client_of(context) as http:
        error = error_of(await http.post(URL, json=HI), 504)
    assert error["code"] == "request_deadline"
    assert context.gate.open == 0


async def test_failed_choice_gives_up_the_others(http: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.fail = ("nan_logits", "not finite")
    await http.post(URL, json=HI | {"n": 2})
    assert len(engine.cancelled) == 1


@pytest.mark.parametrize("path", ["/opt/llada/x.py", "C:\\Users\\x\\y.py", "/home/me/m (1)/z"])
def test_paths_are_scrubbed(path: str) -> None:
    assert path not in scrub(f"cannot read {path}\nTraceback: more")
    assert "Traceback" not in scrub(f"cannot read {path}\nTraceback: more")


@pytest.mark.parametrize("text", ["GSAI-ML/LLaDA-8B-Instruct", "and/or", "1/2", "steps // blocks"])
def test_other_slashes_stay(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("unknown_algorithm", 400),
        ("ambiguous_algorithm", 400),
        ("unknown_unmasking_rule", 400),
        ("algorithm_unavailable", 400),
        ("algorithm_disabled", 503),
        ("engine_dead", 503),
        ("out_of_memory", 500),
        ("something_new", 500),
    ],
)
def test_status_of_codes(code: str, status: int) -> None:
    assert from_code(code, "x").status == status
