"""A real server process, for tests that speak to it over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

SERVE = ("-m", "llada_core.cli", "serve")
"""What Python is given to start `llada serve`."""
PATIENCE = 280.0
"""Seconds that a server may take to be ready, on a busy machine."""
QUESTION = "What is 17 plus 25?"
"""The demo checkpoint answers 42."""


def environment(*sites: Path, **variables: str) -> dict[str, str]:
    """Variables for a process that sees what lies in the folders `sites` as installed."""
    paths = [*map(str, sites), os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(filter(None, paths))
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": path} | variables


class ServerProcess:
    """A launched server with the demo checkpoint, its address, and what it wrote to its log."""

    def __init__(
        self,
        log: Path,
        *arguments: str,
        command: Sequence[str] = SERVE,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        port: int | None = None,
    ) -> None:
        """
        Args:
            log: where its output goes.
            port: None: a free one.
            arguments: options of the command beside `--port`.
            env: None: this process's, one thread for numbers.
        """
        with socket.create_server(("127.0.0.1", port or 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command, *arguments, "--port", str(self.port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd or log.parent,
                env=env or environment(),
            )

    def wait_until_ready(self) -> None:
        """Return once it takes requests; one that stops or takes too long fails the test with its log."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready in time:\n{self.log.read_text()}")

    def stop(self) -> int:
        """End it as a signal does; its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def post(self, **fields: Any) -> httpx.Response:
        """A chat request; `fields` beside a question, or in its place."""
        body = {"messages": [{"role": "user", "content": QUESTION}], **fields}
        return httpx.post(f"{self.url}/v1/chat/completions", json=body, timeout=120)

    def ask(self, **fields: Any) -> dict[str, Any]:
        """The body of a reply, which is 200."""
        reply = self.post(**fields)
        assert reply.status_code == 200, reply.text
        body: dict[str, Any] = reply.json()
        return body

    def get(self, path: str) -> dict[str, Any]:
        """The body of another endpoint, which is 200."""
        reply = httpx.get(self.url + path, timeout=60)
        assert reply.status_code == 200
        body: dict[str, Any] = reply.json()
        return body


def text_of(body: dict[str, Any]) -> str:
    """What the first choice of a reply says."""
    content: str = body["choices"][0]["message"]["content"]
    return content


@contextmanager
def serving(log: Path, *arguments: str, **options: Any) -> Iterator[ServerProcess]:
    """A server that is ready, stopped at the end; arguments as for `ServerProcess`."""
    process = ServerProcess(log, *arguments, **options)
    try:
        process.wait_until_ready()
        yield process
    finally:
        process.stop()
