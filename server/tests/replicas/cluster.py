"""A cluster of Ray on this machine with `llada deploy` on it, and what tests do to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

STARTING = 500.0
"""Seconds in which all of it has to be there; on two busy cores it takes minutes."""


class Cluster:
    """`llada deploy` in a process of its own, and its replicas' processes."""

    def __init__(self, folder: Path, *options: str) -> None:
        # Paths of sockets may not be long, and pytest's are.
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {
            "OMP_NUM_THREADS": "1",
            "RAY_TMPDIR": str(folder),
            "RAY_worker_niceness": "0",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_raylet_start_wait_time_s": "300",
            "RAY_worker_register_timeout_seconds": "300",
        }
        self._log = (folder / "deploy.log").open("wb")
        self._process = self._llada(*options)

    def _llada(self, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "llada_core.cli", "deploy", "--port", str(self.port), *options]
        return subprocess.Popen(command, env=self._environment, stdout=self._log, stderr=subprocess.STDOUT)

    def wait_until_ready(self, seconds: float = STARTING) -> None:
        """Return once requests are answered, by all replicas."""
        self.wait_for(lambda: self._process.poll() is not None or self._is_complete(), seconds)
        assert self._process.poll() is None, self.said()

    def _is_complete(self) -> bool:
        return "ready on" in self.said() and self.is_ready()

    def is_ready(self) -> bool:
        """Whether requests are answered."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def wait_for(self, what: Callable[[], Any], seconds: float = 200.0) -> None:
        """Return once `what` is true."""
        deadline = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < deadline, f"too late; {self.said()}"
            time.sleep(0.2)

    def update(self, *options: str) -> None:
        """Deploy again, with other options, on the cluster that runs."""
        done = self._llada("--address", "auto", *options)
        assert done.wait(STARTING) == 0, self.said()

    def said(self) -> str:
        """The end of the log."""
        return (self.folder / "deploy.log").read_text()[-3000:]

    def engines(self) -> list[int]:
        """Process ids of the engine replicas."""
        return self._replicas("engines")

    def ingresses(self) -> list[int]:
        """Process ids of the HTTP replicas."""
        return self._replicas("http")

    def _replicas(self, deployment: str) -> list[int]:
        mark = f"ServeReplica:llada:{deployment}"
        return [pid for pid, command in self.commands().items() if mark in command]

    def commands(self) -> dict[int, str]:
        """What runs in this cluster, by process id."""
        return {pid: _read(pid, "cmdline").decode(errors="replace") for pid in self._processes()}

    def _processes(self) -> list[int]:
        """All processes of this cluster."""
        mark = f"RAY_TMPDIR={self.folder}".encode()
        found = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
        return [pid for pid in found if mark in _read(pid, "environ").split(b"\0")]

    def stop(self, seconds: float = 200.0) -> int:
        """Stop as Ctrl-C does; the exit code. What still runs after `seconds` is killed."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        finally:
            self._process.kill()
            for pid in self._processes():
                os.kill(pid, signal.SIGKILL)
            self._log.close()


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
