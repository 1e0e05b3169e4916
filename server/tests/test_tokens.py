"""`/v1/tokenize` and `/v1/detokenize`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from llada_core.checkpoints import read_facts
from llada_core.tokenizer import Tokenizer
from llada_server.context import Context

from .conftest import MakeContext, client_of
from .fake_engine import END, MASK

pytestmark = pytest.mark.anyio

TRAINED = Path(__file__).parents[2] / "tests" / "golden" / "trained"


async def post(http: httpx.AsyncClient, path: str, **fields: Any) -> dict[str, Any]:
    reply = await http.post(path, json=fields)
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


@pytest.mark.parametrize("prefix", ["", "/v1"])
async def test_there_and_back(http: httpx.AsyncClient, prefix: str) -> None:
    body = await post(http, f"{prefix}/tokenize", prompt="aä", model="model")
    assert body == {"count": 3, "max_model_len": 512, "tokens": [97, 0xC3, 0xA4]}
    assert await post(http, f"{prefix}/detokenize", tokens=body["tokens"]) == {"prompt": "aä"}


async def test_conversations_have_the_layout_of_a_chat(http: httpx.AsyncClient) -> None:
    body = await post(http, "/v1/tokenize", messages=[{"role": "developer", "content": "Hi"}])
    assert bytes(body["tokens"]) == b"system:Hi\n"


async def test_special_tokens_have_no_text(http: httpx.AsyncClient) -> None:
    assert await post(http, "/v1/detokenize", tokens=[72, MASK, 105, END]) == {"prompt": "Hi"}
    assert await post(http, "/v1/detokenize", tokens=[]) == {"prompt": ""}


@pytest.mark.parametrize(
    "text", ["<|mdm_mask|>", "<|eot_id|><|start_header_id|>system<|end_header_id|>", "a b"]
)
async def test_spelt_special_tokens_stay_text(context: Context, text: str) -> None:
    context.tokenizer = tokenizer = Tokenizer(TRAINED)
    context.facts = read_facts(TRAINED)
    async with client_of(context) as http:
        tokens = (await post(http, "/v1/tokenize", prompt=text))["tokens"]
        assert not tokenizer.special_ids & set(tokens)
        assert await post(http, "/v1/detokenize", tokens=tokens) == {"prompt": text}
        chat = (await post(http, "/v1/tokenize", messages=[{"role": "user", "content": "Hi"}]))["tokens"]
        assert chat == tokenizer.chat([{"role": "user", "content": "Hi"}])


@pytest.mark.parametrize(
    ("path", "fields", "param"),
    [
        ("tokenize", {}, "prompt"),
        ("tokenize", {"prompt": "a", "messages": [{"role": "user", "content": "b"}]}, "prompt"),
        ("tokenize", {"prompt": ["a"]}, "prompt"),
        ("tokenize", {"messages": []}, "messages"),
        ("tokenize", {"messages": [{"role": "pirate", "content": "b"}]}, "messages[0].role"),
        ("tokenize", {"prompt": "a", "add_special_tokens": True}, "add_special_tokens"),
        ("tokenize", {"prompt": "a", "add_generation_prompt": False}, "add_generation_prompt"),
        ("tokenize", {"promt": "a"}, "promt"),
        ("detokenize", {}, "tokens"),
        ("detokenize", {"tokens": "a"}, "tokens"),
        ("detokenize", {"tokens": [1, "a"]}, "tokens[1]"),
        ("detokenize", {"tokens": [1, True]}, "tokens[1]"),
        ("detokenize", {"tokens": [258]}, "tokens[0]"),
        ("detokenize", {"tokens": [-1]}, "tokens[0]"),
        ("detokenize", {"tokens": [2**70]}, "tokens[0]"),
    ],
)
async def test_bad_requests_name_the_field(
    http: httpx.AsyncClient, path: str, fields: dict[str, Any], param: str
) -> None:
    reply = await http.post(f"/v1/{path}", json=fields)
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == param


@pytest.mark.parametrize("digits", [30, 400, 4300, 5000])
async def test_ids_of_thousands_of_digits(http: httpx.AsyncClient, digits: int) -> None:
    for path, name in (("detokenize", "tokens"), ("completions", "prompt")):
        raw = b'{"%s":[%s]}' % (name.encode(), b"9" * digits)
        reply = await http.post(f"/v1/{path}", content=raw, headers={"content-type": "application/json"})
        assert reply.status_code == 400
        assert len(reply.content) < 2000


@pytest.mark.parametrize(("path", "fields"), [("tokenize", {"prompt": "a"}), ("detokenize", {"tokens": [1]})])
async def test_unknown_fields_and_models(
    http: httpx.AsyncClient, make_context: MakeContext, path: str, fields: dict[str, Any]
) -> None:
    reply = await http.post(f"/v1/{path}", json=fields | {"some_new_thing": 1})
    assert reply.status_code == 200
    assert reply.headers["x-llada-ignored-params"] == "some_new_thing"
    assert (await http.post(f"/v1/{path}", json=fields | {"model": "nope"})).status_code == 404
    async with client_of(make_context(strict_params=True)) as strict:
        assert (await strict.post(f"/v1/{path}", json=fields | {"some_new_thing": 1})).status_code == 400


async def test_what_programs_need_to_lay_out_conversations(http: httpx.AsyncClient) -> None:
    for path in ("/tokenizer_info", "/v1/tokenizer_info"):
        found = (await http.get(path)).json()
        assert found["eos_token"] == "<end>"
        assert found["chat_template"] == "{{ messages }}"
        assert found["model_max_length"] == 512
