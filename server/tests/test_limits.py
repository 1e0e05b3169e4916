"""What one request, or one algorithm's queue, may ask for at most, as the operator set it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from .conftest import MakeContext, client_of
from .fake_engine import FakeEngine

pytestmark = pytest.mark.anyio
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}]}
"""Seven tokens: `user:x` and a new line."""
PATH = "/v1/chat/completions"


@pytest.mark.parametrize(
    ("settings", "good", "bad", "param"),
    [
        ({"max_n": 2}, {"n": 2}, {"n": 3}, "n"),
        ({"max_choices": 3}, {"n": 3}, {"n": 4}, "n"),
        ({"max_canvas": 39}, {"max_tokens": 32}, {"max_tokens": 64}, "max_tokens"),
        (
            {"max_forward_tokens": 2 * 39},
            {"max_tokens": 32, "steps": 2},
            {"max_tokens": 32, "steps": 3},
            "steps",
        ),
        ({"max_forward_tokens": 32 * 39}, {"max_tokens": 32}, {"max_tokens": 32, "cfg_scale": 1}, "steps"),
    ],
)
async def test_sizes(
    make_context: MakeContext, settings: dict[str, Any], good: Any, bad: Any, param: str
) -> None:
    async with client_of(make_context(**settings)) as http:
        assert (await http.post(PATH, json=CHAT | good)).status_code == 200
        refused = await http.post(PATH, json=CHAT | bad)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == param


async def test_more_choices_than_the_default(make_context: MakeContext) -> None:
    async with client_of(make_context(max_n=16)) as http:
        reply = await http.post(PATH, json=CHAT | {"n": 16})
    assert len(reply.json()["choices"]) == 16


async def test_queue_of_one_algorithm(make_context: MakeContext, engine: FakeEngine) -> None:
    context = make_context(max_rows=1, max_queue=9, max_queue_per_algorithm=1)
    engine.go.clear()

    def ask(http: httpx.AsyncClient, algorithm: str) -> asyncio.Task[httpx.Response]:
        body = CHAT | {"generation_algorithm": algorithm}
        return asyncio.create_task(http.post(PATH, json=body))

    async with client_of(context) as http:
        running = [ask(http, "basic") for _ in range(2)]
        while context.gate.open < 2:
            await asyncio.sleep(0.005)
        refused = await ask(http, "simple")  # another name of the same
        assert refused.status_code == 429
        assert "'basic'" in refused.json()["error"]["message"]
        assert int(refused.headers["retry-after"]) >= 1
        running.append(ask(http, "dual_cache"))
        while context.gate.open < 3:
            await asyncio.sleep(0.005)
        engine.go.set()
        assert [(await each).status_code for each in running] == [200] * 3
