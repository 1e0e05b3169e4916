"""A plugin whose code ends the engine's process is switched off, and the server stays useful for others."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from tests.serving import QUESTION, serving

pytestmark = pytest.mark.timeout(900)
PLUGIN = """
import os
from llada_core.algorithm import DenoisingAlgorithm
from llada_core.plan import Plan, Progress, Window
from llada_core.registry import register_algorithm

class Deadly(DenoisingAlgorithm):
    name, description = "deadly", "ends its process in its third forward"

    def plan(self, progress: Progress) -> Plan:
        if progress.forwards == 2:
            os._exit(7)
        return Plan(window=Window.CANVAS)

register_algorithm(Deadly())
"""


def test_it_is_switched_off(tmp_path: Path) -> None:
    file = tmp_path / "deadly.py"
    file.write_text(PLUGIN)
    with serving(tmp_path / "log", "--plugin", str(file), "--algorithm-deaths", "2") as server:
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
