"""Keys that change under load: no request with a good key fails, and a withdrawn one is refused."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest
from acceptance.soak.load_client import ask
from tests.serving import PATIENCE, QUESTION, ServerProcess

pytestmark = pytest.mark.timeout(1200)
BODY = {"messages": [{"role": "user", "content": QUESTION}], "max_tokens": 4}
ROUNDS = 10


async def rotate(address: tuple[str, int], file: Path) -> Counter[int | None]:
    found: Counter[int | None] = Counter()
    stop = asyncio.Event()

    async def client() -> None:
        while not stop.is_set():
            found[await ask(address, BODY, "whole", "steady")] += 1

    clients = [asyncio.create_task(client()) for _ in range(8)]
    for n in range(ROUNDS):
        file.write_text(f"steady\nkey-{n}\n")
        await asyncio.sleep(1.5)
        assert await ask(address, BODY, "whole", f"key-{n}") == 200
        assert await ask(address, BODY, "whole", f"key-{n - 1}") == 401
    stop.set()
    await asyncio.gather(*clients)
    return found


def test_rotation(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("steady\n")
    server = ServerProcess(tmp_path / "log", "--api-key-file", str(file))
    try:
        server.wait_until_ready()
        host, port = server.url.removeprefix("http://").split(":")
        begun = time.monotonic()
        found = asyncio.run(rotate((host, int(port)), file))
        assert time.monotonic() - begun < PATIENCE
        print(found)
        assert set(found) == {200}
        assert "steady" not in server.log.read_text()
    finally:
        server.stop()
