"""One run of the engine's process, seen from the server: started, listened to, watched, and surely ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Sequence

import msgspec

from .engine_messages import (
    LENGTH,
    Beat,
    Close,
    Crashed,
    FromEngine,
    NotLoaded,
    Ready,
    Start,
    ToEngine,
    frame,
    read_from_engine,
)

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "llada_server.engine_process")
BUFFER = 1 << 20
SPINS = "1000"
"""How often a thread of OpenMP looks for work before it sleeps, unless the environment says so. By default it
looks for as long as threads are no more than cores, in the way of whoever computes too: a browser, say."""
GRACE = 1.0
"""Seconds in which a socket is read empty once its process has ended, and one ends that has closed it."""


class EngineChild:
    """Starts a process and hands what it says to `receive`, on the event loop."""

    def __init__(
        self, start: Start, receive: Callable[[FromEngine], object], command: Sequence[str] = COMMAND
    ) -> None:
        self._start = start
        self._receive = receive
        self._command = command
        self._writer: asyncio.StreamWriter | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._moves = 0
        self._progress = -1
        self._ready = False
        self._said: str | None = None
        self.moved_at: float | None = None
        """When it was last seen to get on or to have nothing to do, on the monotonic clock."""
        self.idle = True

    @property
    def ended_by(self) -> int | None:
        """The signal that ended the process; None: it runs, or ended otherwise."""
        code = self._process.returncode if self._process else None
        return -code if code is not None and code < 0 else None

    @property
    def pid(self) -> int | None:
        """Id of the process; None before it is started and after it has ended."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def send(self, message: ToEngine) -> None:
        """Send a message; one to a process that has ended is lost."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(frame(message))

    async def close(self, patience: float) -> None:
        """Ask it to end, and wait for that for at most `patience` seconds."""
        self.send(Close())
        await self.gone(patience)

    async def gone(self, patience: float | None = None) -> None:
        """Return once the process has ended, which may take a moment after it was killed."""
        if self._process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._process.wait()

    async def run(self) -> str:
        """Start the process and stay with it until it has ended or hangs; then it is killed at the latest.

        Returns:
            How it ended, for a message.

        Raises:
            OSError: it cannot be started.
        """
        here, there = socket.socketpair()
        number = str(there.fileno())
        try:
            with there:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, number, str(os.getpid()), stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=(there.fileno(),), env={"GOMP_SPINCOUNT": SPINS, **os.environ},
                )  # fmt: skip
            reader, self._writer = await asyncio.open_unix_connection(sock=here, limit=BUFFER)
        except BaseException:
            here.close()
            self._kill()
            raise
        self.send(self._start)
        reading = asyncio.create_task(self._read(reader))
        exiting = asyncio.create_task(self._process.wait())
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait((reading, exiting, watching), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                return f"no progress for {self._start.settings.silence_limit:g} s"
            await asyncio.wait((reading, exiting), timeout=GRACE)
            return self._said or how_it_ended(self._process.returncode)
        finally:
            for task in (reading, exiting, watching):
                task.cancel()
            self._writer.close()
            self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Hand on every message until there are no more."""
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(LENGTH), "big")
                self._take(read_from_engine(await reader.readexactly(size)))
        except (asyncio.IncompleteReadError, OSError):
            pass
        except msgspec.DecodeError as error:
            self._said = "it sent what nobody understands"
            log.error("the engine's process sent what nobody understands: %s", error)

    def _take(self, message: FromEngine) -> None:
        if isinstance(message, Beat):
            self._feel(message)
        else:
            self._move()
        if isinstance(message, Ready):
            self._ready = True
        elif isinstance(message, NotLoaded):
            self._said = message.message
        elif isinstance(message, Crashed):
            self._said = f"internal error: {message.error}"
        try:
            self._receive(message)
        except Exception:  # a fault here must not look like one of the engine
            log.exception("a message of the engine could not be taken")

    def _feel(self, beat: Beat) -> None:
        self.idle = not beat.busy
        if self.idle or beat.progress != self._progress:
            self._progress = beat.progress
            self._move(beat.seconds)

    def _move(self, ago: float = 0.0) -> None:
        self._moves += 1
        self.moved_at = time.monotonic() - ago

    async def _watch(self) -> None:
        """Return once it has not got on for too long. Loading may take its time."""
        settings = self._start.settings
        quiet = 0.0
        while quiet < settings.silence_limit:
            moves, before = self._moves, time.monotonic()
            await asyncio.sleep(settings.heartbeat)
            # If this process was held up itself, it has not listened either.
            waited = min(time.monotonic() - before, 2 * settings.heartbeat)
            quiet = quiet + waited if self._ready and self._moves == moves else 0.0
        log.error("the engine's process %s does not get on: killed", self.pid)


def how_it_ended(code: int | None) -> str:
    """In words; None: it has closed its socket, and goes on."""
    if code is None:
        return "it does not answer"
    return f"exit code {code}" if code >= 0 else f"killed by signal {-code}"
