"""A real server whose model runs on two ranks: the same replies; a killed rank takes the engine with it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llada_core.session import Session

from .serving import QUESTION, ServerProcess, serving, text_of
from .test_engine_process import engine_pid, read_stream, ready, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks up children in /proc")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(log, "--tensor-parallel", "2", "--device", "cpu") as process:
        yield process
        ranks = pids(process)
        assert process.stop() == 0
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in ranks))


def pids(server: ServerProcess) -> list[int]:
    """Of the engine's process, and of the other rank's."""
    engine = engine_pid(server)
    others = Path(f"/proc/{engine}/task/{engine}/children").read_text().split()
    return [engine, *map(int, others)]


def test_the_replies_are_those_of_one_rank(server: ServerProcess) -> None:
    session = Session.load("demo", device="cpu")
    for algorithm in ("dual_cache", "basic"):
        reply = server.ask(generation_algorithm=algorithm, threshold=0.9, max_tokens=32)
        alone = session.reply(QUESTION, algorithm=algorithm, threshold=0.9, max_tokens=32)
        assert (text_of(reply), reply["llada"]["nfe"]) == (alone.text, alone.nfe)


def test_a_killed_rank_ends_the_engine_and_both_start_again(server: ServerProcess) -> None:
    expected, before = text_of(server.ask(max_tokens=32)), pids(server)
    assert len(before) == 2
    begun = threading.Event()
    with ThreadPoolExecutor() as pool:
        stream = pool.submit(read_stream, server, begun)
        assert begun.wait(60)
        os.kill(before[1], signal.SIGKILL)
        events = stream.result()
    assert events[-2]["error"]["code"] == "engine_dead"
    assert "rank 1 of 2 was killed by signal 9" in events[-2]["error"]["message"]
    until(lambda: ready(server) == 200, 250)
    assert not set(before) & set(pids(server))
    assert text_of(server.ask(max_tokens=32)) == expected
    assert server.get("/health")["engine_restarts"] == 1
