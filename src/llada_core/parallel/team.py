"""The processes of the other ranks: started, told what to do, watched, and surely ended."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from ..errors import LladaError
from .commands import Close, Command, Join, Joined
from .group import Group
from .link import Link
from .model import ParallelModel
from .rank import Rank

log = logging.getLogger("llada_core.parallel")

COMMAND = (sys.executable, "-P", "-m", "llada_core.parallel.follower")
GRACE = 5.0
"""Seconds in which a process ends that was asked to, and in which the end of another is noticed."""
LOST = 70
"""Exit code of a rank without the others."""


class TeamError(RuntimeError):
    """A rank has ended, or ranks are no longer at the same place: the model cannot go on."""


class Team:
    """Rank 0's hold on the others. Calls come from one thread at a time."""

    def __init__(
        self,
        size: int,
        device: torch.device,
        build: str,
        options: dict[str, Any],
        on_loss: Callable[[str], object] | None = None,
    ) -> None:
        """Start the ranks, and have each build its part of a model.

        Args:
            size: how many ranks there are, this process among them.
            device: rank 0's; those behind it are the others', where it is a GPU.
            build: `module:function`, called on every rank with its `Group` and `options`.
            options: plain data.
            on_loss: is told, in a thread of its own, why the ranks cannot go on. Where it returns, or is
                None, the call that waits for them raises a `TeamError`; on a GPU, where nothing can end such
                a wait, this process ends.

        Raises:
            LladaError: a rank does not start, or cannot build its part.
        """
        self.size, self._on_loss = size, on_loss
        self.lost: str | None = None
        """Why the ranks cannot go on."""
        self._closing = False
        self._lock, self._noticed = threading.Lock(), threading.Event()
        self._folder = Path(tempfile.mkdtemp(prefix="llada-ranks-"))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._links: list[Link] = []
        self._group: Group | None = None
        self._rank: Rank | None = None
        self._cuda = device.type == "cuda"
        threads = max(1, torch.get_num_threads() // size)
        try:
            for rank in range(1, size):
                self._start(rank)
            for rank, link in enumerate(self._links, 1):
                join = Join(rank, size, str(_device_of(rank, device)), self._store, threads, build, options)
                link.send(join)
            self._await()  # a process that does not come up would be waited for in the group
            if not self._cuda:
                torch.set_num_threads(threads)
            group = self._group = Group(0, size, _device_of(0, device), self._store)
            self._rank = Rank(builder(build)(group, **options), group)
            self._await()
        except BaseException:
            self.close()
            raise
        self.model = ParallelModel(self, self._rank)
        atexit.register(self.close)
        for rank, process in enumerate(self._processes, 1):
            watch = threading.Thread(target=self._watch, args=(rank, process), name="llada-rank", daemon=True)
            watch.start()

    @property
    def pids(self) -> list[int]:
        """Ids of the other ranks' processes."""
        return [process.pid for process in self._processes]

    @contextmanager
    def tell(self, command: Command) -> Iterator[None]:
        """Have the other ranks do what is done within the context.

        Raises:
            TeamError: a rank has ended; or this one failed midway, and the others wait for it in vain.
        """
        if self.lost is not None or self._closing:
            raise TeamError(self.lost or "the ranks have been closed")
        try:
            for link in self._links:
                link.send(command)
            yield
        except BaseException as error:
            self._noticed.wait(GRACE if isinstance(error, (OSError, RuntimeError)) else 0)
            self._lose(f"rank 0 failed within a forward: {type(error).__name__}")
            if isinstance(error, Exception):
                raise TeamError(self.lost) from error
            raise

    def close(self) -> None:
        """End the other ranks; a second time it does nothing."""
        if self._closing:
            return
        self._closing = True
        atexit.unregister(self.close)
        for link in self._links:
            with suppress(OSError):
                link.send(Close())
            link.close()
        if self._rank is not None:
            self._rank.forget()
        complete = self._rank is not None and self.lost is None
        if self._group is not None and (complete or not self._cuda):  # NCCL would wait for who is missing
            self._group.leave()
        for process in self._processes:
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _store(self) -> str:
        return str(self._folder / "store")

    def _start(self, rank: int) -> None:
        here, there = socket.socketpair()
        # Modules are found where they are found here, `build`'s among them.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with there:
            number = there.fileno()
            process = subprocess.Popen(
                [*COMMAND, str(number), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(number,),
                env=environment,
            )
        self._processes.append(process)
        self._links.append(Link(here))

    def _await(self) -> None:
        """Return once every other rank has answered.

        Raises:
            LladaError: one did not, or has an error to tell.
        """
        for rank, link in enumerate(self._links, 1):
            try:
                message = link.receive()
            except (EOFError, OSError):
                raise LladaError(f"rank {rank} of {self.size} ended as it started") from None
            if isinstance(message, Joined) and message.error is not None:
                raise LladaError(f"rank {rank} of {self.size}: {message.error}")

    def _watch(self, rank: int, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self._lose(f"rank {rank} of {self.size} {how}")

    def _lose(self, message: str) -> None:
        with self._lock:
            if self.lost is not None or self._closing:
                return
            self.lost = message
        self._noticed.set()
        log.error("the ranks cannot go on: %s", message)
        for process in self._processes:
            process.kill()
        if self._on_loss is not None:
            self._on_loss(message)
        if self._cuda:
            os._exit(LOST)


def builder(name: str) -> Callable[..., Any]:
    """The function that `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _device_of(rank: int, device: torch.device) -> torch.device:
    return torch.device("cuda", (device.index or 0) + rank) if device.type == "cuda" else device
