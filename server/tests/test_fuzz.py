"""Bodies that nobody meant to send: whatever arrives, the answer is a reply or an error in OpenAI's shape."""

from __future__ import annotations

import asyncio
import json
import os
import random
from typing import Any

import httpx
import pytest

from llada_server.fields import CHAT, COMPLETIONS, INFILL

pytestmark = pytest.mark.anyio

ENDPOINTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}, sorted(CHAT.known)),
    ("/v1/completions", {"prompt": "Hi"}, sorted(COMPLETIONS.known)),
    ("/v1/infill", {"template": [{"hole": {}}]}, [*sorted(INFILL.known), *["template"] * 9]),
    ("/v1/tokenize", {"prompt": "a"}, ["prompt", "messages", "model", "add_special_tokens"]),
    ("/v1/detokenize", {"tokens": [1]}, ["tokens", "model"]),
]
SCALARS = [
    None,
    True,
    False,
    0,
    -1,
    3,
    2**63,
    -(2**63),
    10**30,
    0.5,
    1e308,
    "",
    "basic",
    "a" * 300,
    "\0\uffff🙂",
]
NAMES = ["a", "hole", "max_tokens", "type", "text", "role", "content"]
BODIES = int(os.environ.get("FUZZ_BODIES", "2000")) // len(ENDPOINTS)
"""Bodies for each endpoint; `nox -s fuzz` sends ten times as many."""
PIECES = [b"\xff", b"\xed\xa0\x80", b'"', b"\\", b"{", b"\0", b"[", b"\\ud800", b"9" * 400, b"1e999", b"NaN"]


def value(source: random.Random, depth: int = 0) -> Any:
    kind = source.randrange(4) if depth < 3 else 0
    if kind == 2:
        return [value(source, depth + 1) for _ in range(source.randrange(4))]
    if kind == 3:
        return {source.choice(NAMES): value(source, depth + 1) for _ in range(source.randrange(4))}
    return source.choice(SCALARS)


def broken(source: random.Random, raw: bytes) -> bytes:
    for _ in range(source.randrange(4)):
        at = source.randrange(len(raw) + 1)
        raw = raw[:at] + source.choice([*PIECES, b""]) + raw[at + source.randrange(3) :]
    return raw


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint[0])
async def test_no_body_is_a_fault_of_the_server(http: httpx.AsyncClient, endpoint: Any) -> None:
    path, body, names = endpoint
    source = random.Random(path)
    seen = set()
    for _ in range(BODIES):
        extra = {source.choice(names): value(source) for _ in range(source.randrange(3))}
        raw = json.dumps(body | extra).encode()
        if source.random() < 0.4:
            raw = broken(source, raw)
        async with asyncio.timeout(1):
            reply = await http.post(path, content=raw, headers={"content-type": "application/json"})
        seen.add(reply.status_code)
        assert reply.status_code in (200, 400, 404), (raw, reply.text)
        if reply.status_code != 200:
            assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
            assert len(reply.content) < 4000
    assert {200, 400} <= seen
