"""Two engines on Ray Serve with the demo model, as usual and when things go wrong: `nox -s replicas`."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .cluster import Cluster
from .load import PARAMETERS, Load, Seen, ask

pytestmark = [pytest.mark.replicas, pytest.mark.timeout(1200)]
OPTIONS = ["--max-rows", "4", "--num-cpus", "0.5", "--device", "cpu", "--drain-timeout", "60"]

LOST = ("RemoteProtocolError", "ReadError")
"""How a client sees that its connection has ended."""
DEADLY = Path(__file__).parents[3] / "tests" / "fixtures" / "deadly.py"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="llada"))
    running = Cluster(
        folder,
        *("--replicas", "2", "--ingress-replicas", "2"),
        *("--plugin", str(DEADLY), "--algorithm-deaths", "2"),
        *OPTIONS,
    )
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_two_engines_answer(cluster: Cluster) -> None:
    assert len(cluster.engines()) == 2
    health = httpx.get(f"{cluster.url}/health").json()
    assert (health["status"], health["device"]) == ("healthy", "cpu")
    assert {"basic", "dual_cache", "prefix_cache"} <= set(health["available_generation_algorithms"])
    cluster.wait_for(lambda: _stats(cluster)["max_batch_size"] == 8)
    reply = httpx.post(
        f"{cluster.url}/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "What is 17 plus 25?"}], "max_tokens": 32},
        headers={"x-request-id": "mine"},
        timeout=60,
    )
    assert "42" in reply.json()["choices"][0]["message"]["content"]
    assert set(reply.headers.get_list("x-request-id")) == {"mine"}
    wrong = httpx.post(f"{cluster.url}/v1/chat/completions", json={"messages": [], "steps": 0}, timeout=60)
    assert wrong.status_code == 400


def test_text_streams_as_it_becomes_final(cluster: Cluster) -> None:
    seen = ask(cluster.url, "Tell me a story.", "dual_cache")
    assert seen.right
    assert len([chunk for chunk in seen.chunks if chunk["choices"][0]["delta"].get("content")]) > 2
    assert seen.first is not None
    assert seen.first < seen.ended


def test_who_leaves_stops_the_work(cluster: Cluster) -> None:
    body = {"messages": [{"role": "user", "content": "Tell me a story."}], "stream": True, **PARAMETERS}
    body |= {"max_tokens": 512, "steps": 512}
    with httpx.stream("POST", f"{cluster.url}/v1/chat/completions", json=body, timeout=60) as reply:
        next(reply.iter_lines())
    cancelled = _stats(cluster)["engine"]["cancelled"]
    cluster.wait_for(lambda: _stats(cluster)["engine"]["running"] == 0, 60)
    cluster.wait_for(lambda: _stats(cluster)["engine"]["cancelled"] > cancelled - 1, 60)
    assert _stats(cluster)["open_requests"] == 0


def test_algorithms_are_kept_together(cluster: Cluster) -> None:
    cluster.wait_for(lambda: _open(cluster) == 0)
    algorithms = ("prefix_cache", "dual_cache")
    loads = []
    for number, algorithm in enumerate(algorithms, 1):
        loads.append(Load(cluster.url, 1, [algorithm]))
        cluster.wait_for(lambda wanted=number: _open(cluster) == wanted)
        time.sleep(2)  # HTTP replicas hear of each other's requests after a second
    loads.append(Load(cluster.url, 6, algorithms))
    time.sleep(5)
    before = _stats(cluster)["engine"]
    time.sleep(10)
    after = _stats(cluster)["engine"]
    seen = [each for load in loads for each in load.stop()]
    assert all(each.right for each in seen), [vars(each) for each in seen if not each.right]
    rows = (after["rows"] - before["rows"]) / (after["ticks"] - before["ticks"])
    # Spread at random, an engine's four requests would be two of each, and a forward has one algorithm's.
    assert rows > 3.0, f"{rows:.2f} rows a forward"


def test_a_killed_replica(cluster: Cluster) -> None:
    load = Load(cluster.url, 12)  # more than there are places, so that some wait
    cluster.wait_for(lambda: sum(each.right for each in load.seen) >= 8)
    first, second = cluster.engines()
    killed = time.monotonic()
    os.kill(first, signal.SIGKILL)
    time.sleep(15)
    seen = load.stop()
    lost = [each for each in seen if not each.right]
    assert all(each.error == "engine_dead" and each.text for each in lost), [vars(each) for each in lost]
    assert len(lost) <= 4, "no more than it was streaming"
    assert sum(each.right and each.ended > killed for each in seen) >= 8, "the other one went on"
    cluster.wait_for(lambda: len(cluster.engines()) == 2 and _stats(cluster)["max_batch_size"] == 8, 400)
    assert first not in cluster.engines()
    assert second in cluster.engines()


def test_a_killed_http_replica(cluster: Cluster) -> None:
    cluster.wait_for(lambda: _open(cluster) == 0)
    before = _stats(cluster)["engine"]["cancelled"]
    # As many as there are places, and so long that they run long after the engines give up those of the dead.
    long = Load(cluster.url, 8, max_tokens=512, steps=512)
    long.ask_no_more()
    cluster.wait_for(lambda: _open(cluster) == 8)
    first, second = cluster.ingresses()
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    cluster.wait_for(lambda: long.seen, 10)
    short = [ask(cluster.url, f"What is {number} plus 5?", "dual_cache") for number in range(4)]
    assert all(each.right for each in short), [vars(each) for each in short]
    seen = long.stop()
    lost = [each for each in seen if not each.right]
    assert 1 <= len(lost) <= 7, "some through each"
    assert all(each.error in LOST and each.ended < killed + 10 for each in lost), [
        vars(each) for each in lost
    ]
    cluster.wait_for(lambda: _stats(cluster)["engine"]["cancelled"] == before + len(lost), 60)
    cluster.wait_for(lambda: len(cluster.ingresses()) == 2 and cluster.is_ready(), 400)
    assert first not in cluster.ingresses()
    assert second in cluster.ingresses()
    assert all(each.right for each in run_once(cluster, ["dual_cache"] * 4))


def test_an_algorithm_that_ends_engines_is_switched_off(cluster: Cluster) -> None:
    def deadly() -> str:
        return ask(cluster.url, "Tell me a story.", "deadly").error or ""

    restarts = _health(cluster)["engine_restarts"]
    codes = []
    for number in (1, 2):
        codes.append(deadly())
        cluster.wait_for(lambda wanted=restarts + number: _health(cluster)["engine_restarts"] == wanted)
        cluster.wait_for(lambda: _places(cluster) == 8)
        time.sleep(3)  # until the other HTTP replica has looked too
    assert codes == ["engine_dead"] * 2
    assert {deadly() for _ in range(8)} == {"algorithm_disabled"}, "at each HTTP replica"
    assert all(each.right for each in run_once(cluster, ["dual_cache"] * 4))


def test_a_rolling_update_loses_nothing(cluster: Cluster) -> None:
    before = set(cluster.engines())
    load = Load(cluster.url, 6)
    cluster.wait_for(lambda: load.seen)
    cluster.update("--replicas", "2", *OPTIONS, "--max-batched-tokens", "8192")
    cluster.wait_for(lambda: len(cluster.engines()) == 2 and not before & set(cluster.engines()), 400)
    time.sleep(3)
    seen = load.stop()
    assert all(each.right for each in seen), [vars(each) for each in seen if not each.right]


def test_engines_come_and_go_with_the_queue(cluster: Cluster) -> None:
    scaling = ["--max-replicas", "2", "--upscale-delay", "1", "--downscale-delay", "5"]
    few = Load(cluster.url, 2)
    cluster.update("--replicas", "1", *scaling, *OPTIONS)
    cluster.wait_for(lambda: len(cluster.engines()) == 1, 400)
    many = Load(cluster.url, 12)
    cluster.wait_for(lambda: len(cluster.engines()) == 2 and _stats(cluster)["max_batch_size"] == 8, 400)
    seen = many.stop()
    # The one that goes may have a request of the few, and finishes it first.
    cluster.wait_for(lambda: len(cluster.engines()) == 1, 400)
    seen += few.stop()
    assert all(each.right for each in seen), [vars(each) for each in seen if not each.right]


def test_stopping_finishes_what_is_open(cluster: Cluster) -> None:
    found: list[Seen] = []
    long = {"max_tokens": 512, "steps": 512}  # what engines have is told every other second
    threads = [
        threading.Thread(
            target=lambda: found.append(ask(cluster.url, "Tell me a story.", "dual_cache", **long))
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    cluster.wait_for(lambda: _open(cluster) == 3, 60)
    assert cluster.stop() == 0
    for thread in threads:
        thread.join(60)
    assert [each.right for each in found] == [True] * 3, [vars(each) for each in found]


def run_once(cluster: Cluster, algorithms: list[str], **parameters: Any) -> list[Seen]:
    """A request of each algorithm, one shortly after the other."""
    found: list[Seen] = []
    threads = []

    def run(question: str, algorithm: str) -> None:
        found.append(ask(cluster.url, question, algorithm, **parameters))

    for number, algorithm in enumerate(algorithms):
        threads.append(threading.Thread(target=run, args=(f"What is {number} plus 5?", algorithm)))
        threads[-1].start()
        time.sleep(0.05)
    for thread in threads:
        thread.join(300)
    return found


def _places(cluster: Cluster) -> int:
    """Of all engines that run."""
    found = httpx.get(f"{cluster.url}/batch/stats", timeout=30).json()["engine"]
    return 0 if found is None else int(found["max_rows"])


def _open(cluster: Cluster) -> int:
    """Requests that engines have."""
    engine = _stats(cluster)["engine"]
    return int(engine["running"] + engine["waiting"])


def _health(cluster: Cluster) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{cluster.url}/health", timeout=30).json()
    return found


def _stats(cluster: Cluster) -> dict[str, Any]:
    """Counters of all engines together, a few seconds old."""
    found: dict[str, Any] = httpx.get(f"{cluster.url}/batch/stats", timeout=30).json()
    return found | {"max_batch_size": found["engine"]["max_rows"]}
