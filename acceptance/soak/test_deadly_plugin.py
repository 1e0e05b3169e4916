"""A plugin whose code ends the engine's process is switched off, and the server stays useful for others."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from tests.serving import QUESTION, serving

pytestmark = pytest.mark.timeout(900)
DEADLY = Path(__file__).parents[2] / "tests" / "fixtures" / "deadly.py"


def test_it_is_switched_off(tmp_path: Path) -> None:
    with serving(tmp_path / "log", "--plugin", str(DEADLY), "--algorithm-deaths", "2") as server:
        expected = server.ask(max_tokens=32)["choices"]
        codes = []
        for _ in range(3):
            server.wait_until_ready()
            reply = server.post(generation_algorithm="deadly", max_tokens=32)
            assert reply.status_code == 503
            codes.append(reply.json()["error"]["code"])
        assert codes == ["engine_dead", "engine_dead", "algorithm_disabled"]
        assert "the engine's process ended 2 times in a row while it ran" in reply.text
        assert int(reply.headers["retry-after"]) > 30
        server.wait_until_ready()
        assert server.ask(max_tokens=32)["choices"] == expected
        assert server.get("/health")["engine_restarts"] == 2
        listed = httpx.get(f"{server.url}/generation/algorithms").json()["switched_off"]
        assert [each["algorithm"] for each in listed] == ["deadly"]
        assert QUESTION not in server.log.read_text()
