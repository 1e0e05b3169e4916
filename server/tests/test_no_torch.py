"""The HTTP side runs without torch: only the engine's thread imports it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import asyncio, sys
import httpx
import llada_server.app, llada_server.cli, llada_server.launcher, llada_server.server, llada_server.startup
from llada_core.facts import ModelFacts
from llada_core.registry import GenerationRegistry
from llada_server.context import Context
from llada_server.in_process import InProcessEngine
from llada_server.settings import Settings

class Client(InProcessEngine):
    state = "ready"

def never():
    raise AssertionError("built an engine")

registry = GenerationRegistry()
registry.load_plugins()
facts = ModelFacts(mask_id=1, context_length=64, vocab_size=64)
context = Context(Client(never), Settings(), registry=registry, tokenizer=None, facts=facts, names=("m",))

async def main():
    transport = httpx.ASGITransport(app=llada_server.app.create_app(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        bad = await http.post("/v1/chat/completions", json={"messages": [], "steps": 0})
        assert bad.status_code == 400, bad.text
        hi = [{"role": "user", "content": "Hi"}]
        bad = await http.post("/v1/chat/completions", json={"messages": hi, "generation_algorithm": "nope"})
        assert bad.status_code == 400, bad.text
        assert (await http.get("/generation/algorithms")).status_code == 200

asyncio.run(main())
print("torch" in sys.modules)
"""


def test_http_side_imports_no_torch() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False"
