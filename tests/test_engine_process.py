"""A real server whose engine is in a process of its own: the same replies, and what a kill does to them."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from llada_core.session import Session

from .serving import QUESTION, ServerProcess, environment, serving, text_of

SETTINGS: list[dict[str, Any]] = [
    {"generation_algorithm": "dual_cache", "threshold": 0.9},
    {"generation_algorithm": "prefix_cache", "steps": 16, "temperature": 0.7, "seed": 3},
    {"generation_algorithm": "basic", "steps": 16, "cfg_scale": 0.5},
]


NO_CONNECTIONS = """
import os, sys
def look(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        os.write(2, repr(("connects to", arguments[1])).encode())
        os._exit(77)
sys.addaudithook(look)
os.write(2, b"connections are watched\\n")
"""
"""Ends a process of Python that connects to an address, on whatever machine."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(NO_CONNECTIONS)
    watched = environment(folder / "site")
    with serving(folder / "log", "--max-rows", "1", env=watched) as process:
        yield process
        pid = engine_pid(process)
        assert Path(f"/proc/{pid}").exists()
        assert process.stop() == 0
        assert not Path(f"/proc/{pid}").exists()


def engine_pid(server: ServerProcess) -> int:
    """Id of the engine's latest process."""
    return int(re.findall(r"the engine runs in process (\d+)", server.log.read_text())[-1])


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ready(server: ServerProcess) -> int:
    return httpx.get(f"{server.url}/health/ready").status_code


def read_stream(server: ServerProcess, begun: threading.Event) -> list[Any]:
    """The events of a long streamed reply."""
    body = {
        "messages": [{"role": "user", "content": QUESTION}],
        "max_tokens": 512,
        "ignore_eos": True,
        "stream": True,
    }
    events = []
    with httpx.stream("POST", f"{server.url}/v1/chat/completions", json=body, timeout=60) as reply:
        for line in reply.iter_lines():
            if line.startswith("data: "):
                events.append(line[6:] if line == "data: [DONE]" else json.loads(line[6:]))
            if len(events) > 1:
                begun.set()
    return events


def test_replies_are_those_of_an_engine_in_this_process(server: ServerProcess) -> None:
    session = Session.load("demo", device="cpu")
    for setting in SETTINGS:
        served = server.ask(max_tokens=32, **setting)
        values = dict(setting)
        reply = session.reply(QUESTION, algorithm=values.pop("generation_algorithm"), max_tokens=32, **values)
        assert (text_of(served), served["llada"]["nfe"]) == (reply.text, reply.nfe)


def test_a_kill_ends_the_running_stream_and_nothing_else(server: ServerProcess) -> None:
    expected = text_of(server.ask(max_tokens=32))
    begun = threading.Event()
    with ThreadPoolExecutor() as pool:
        stream = pool.submit(read_stream, server, begun)
        assert begun.wait(60)
        queued = pool.submit(server.ask, max_tokens=32)
        until(lambda: server.get("/health")["pending_requests"] == 1)
        killed = time.monotonic()
        os.kill(engine_pid(server), signal.SIGKILL)
        events = stream.result()
        assert time.monotonic() - killed < 5
        health = httpx.get(f"{server.url}/health")
        assert (ready(server), health.status_code) == (503, 503)
        assert health.json()["status"] == "restarting"
        assert "killed by signal 9" in health.json()["reason"]
        assert text_of(queued.result()) == expected
    assert events[-2]["error"]["code"] == "engine_dead"
    assert events[-2]["error"]["message"].startswith("the engine stopped (killed by signal 9)")
    assert events[-1] == "[DONE]"
    assert ready(server) == 200
    health = server.get("/health")
    assert (health["engine_restarts"], health["status"]) == (1, "healthy")
    assert health["seconds_since_progress"] < 10


def test_nothing_connects_anywhere(server: ServerProcess) -> None:
    """Neither the server nor its engines, of which there have been two; it would have ended them."""
    for path in ("/v1/models", "/generation/algorithms", "/openapi.json", "/batch/stats", "/version"):
        server.get(path)
    server.ask(max_tokens=4)
    log = server.log.read_text()
    assert "connects to" not in log
    assert log.count("connections are watched") >= 3
