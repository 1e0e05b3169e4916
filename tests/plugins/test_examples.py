"""The examples, run as their first lines say."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1"}


def run(name: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server with the demo checkpoint; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "llada_core.cli", "serve", "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
        )
    try:
        deadline = time.monotonic() + 280
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(60)


def test_programmatic() -> None:
    available, *replies = run("programmatic.py")
    assert available.startswith("Available algorithms: [")
    assert [reply.split(" (")[0] for reply in replies] == ["basic", "prefix_cache", "dual_cache"]
    assert all("42" in reply for reply in replies)


def test_client(server: str) -> None:
    lines = run("client.py", server)
    for answer, name in zip(lines[:3], ("basic", "prefix_cache", "dual_cache"), strict=True):
        assert answer.startswith(f"{name} (16 forwards): ")
        assert "42" in answer
    assert len(" ".join(lines[3:]).split()) > 5


@pytest.mark.parametrize("name", ["programmatic.py", "client.py"])
def test_an_example_fits_one_screen(name: str) -> None:
    assert len((EXAMPLES / name).read_text().splitlines()) <= 60
