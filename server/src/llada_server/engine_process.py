"""The process of an engine: `python -m llada_server.engine_process SOCKET PARENT`, started by the server.

SOCKET is the number of an inherited socket, PARENT the id of the process at its other end, which this one
does not outlive.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from llada_core.algorithm import Availability
from llada_core.engine.events import Event, Failed
from llada_core.engine.likelihood_request import Work
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError

from .engine_link import LOST, Link
from .engine_loop import Build, EngineLoop, SyncEngine, take
from .engine_messages import (
    Beat,
    Cancel,
    Close,
    Crashed,
    NotLoaded,
    Ready,
    Refusal,
    Start,
    Started,
    Step,
    Submit,
    Taken,
)
from .errors import scrub
from .loading import check_device, engine_builder, load_plugins, typed
from .logs import configure_logging

if TYPE_CHECKING:
    from llada_core.registry import GenerationRegistry

log = logging.getLogger("llada_server.engine_process")

PR_SET_PDEATHSIG = 1

MakeBuild = Callable[[Start, "GenerationRegistry", "EngineProcess"], Build]
CheckDevice = Callable[[str], object]


class EngineProcess:
    """The engine in this process's main thread; two more threads listen and report that it lives."""

    def __init__(
        self, link: Link, start: Start, registry: GenerationRegistry, check_device: CheckDevice
    ) -> None:
        """`check_device` raises if the device of this name has failed for good."""
        settings = start.settings
        self._check_device = check_device
        self._link = link
        self._registry = registry
        self._loop = EngineLoop(max_rows=settings.max_rows, max_wait_time=settings.max_wait_time)
        self._interval = settings.heartbeat
        self._stats: EngineStats

    def advance(self) -> None:
        """Count progress within a step."""
        self._loop.advance()

    def started(self, request_id: str) -> None:
        """Tell that a request has left the queue."""
        self._link.send(Started(request_id))

    def lost(self, why: str) -> NoReturn:
        """End at once: the model's ranks cannot go on, and the main thread may wait for them for ever."""
        self._link.send(Crashed(why))
        os._exit(1)

    def run(self, build: Build) -> int:
        """Load, then serve until told to stop; the exit code."""
        threading.Thread(target=self._listen, name="llada-listen", daemon=True).start()
        try:
            engine, info = build()
            availability = self._availability(engine)
            self._stats = engine.stats()
        except BaseException as error:
            self._link.send(NotLoaded(_told(error)))
            return 1
        self._device = info.device
        self._link.send(Ready(info, self._stats, availability))
        threading.Thread(target=self._beat, name="llada-beat", daemon=True).start()
        try:
            self._loop.run(engine, partial(self._report, engine))
        except BaseException as error:
            log.exception("the engine stopped")
            self._link.send(Crashed(type(error).__name__))
            return 1
        return 0

    def _availability(self, engine: SyncEngine) -> dict[str, Availability]:
        """Asked here, where the algorithms' modules can be imported at no further cost."""
        found = self._registry.describe(getattr(engine, "facts", None))
        return {info.name: Availability(info.available, info.reason, info.hint) for info in found}

    def _report(self, engine: SyncEngine, events: list[Event], stats: EngineStats) -> None:
        self._stats = stats
        if events or not engine.has_work():
            self._link.send(Step(events, stats))
        if any(isinstance(event, Failed) for event in events):
            self._check_device(self._device)

    def _take(self, request: Work, engine: SyncEngine) -> None:
        error = take(engine, request, partial(typed, self._registry))
        self._link.send(Taken(request.id, None if error is None else Refusal.of(error)))
        if error is not None:
            self._check_device(self._device)

    def _listen(self) -> None:
        while (message := self._link.receive()) is not None:
            if isinstance(message, Submit):
                self._loop.command(partial(self._take, message.request))
            elif isinstance(message, Cancel):
                self._loop.command(partial(_cancel, message.id))
            elif isinstance(message, Close):
                self._loop.close()
        os._exit(LOST)  # whatever the main thread is doing

    def _beat(self) -> None:
        while True:
            time.sleep(self._interval)
            loop = self._loop
            self._link.send(Beat(loop.progress, loop.busy, loop.stuck_for, self._stats))


def real_engine(start: Start, registry: GenerationRegistry, process: EngineProcess) -> Build:
    """Loads what `start` names."""
    return engine_builder(
        start.folder,
        registry,
        start.settings,
        on_start=process.started,
        on_progress=process.advance,
        on_loss=process.lost,
    )


def main(make_build: MakeBuild = real_engine, check_device: CheckDevice = check_device) -> NoReturn:
    """Run until the other end says so, or is gone.

    Args:
        make_build: what makes the engine; for tests.
        check_device: what raises if the device has failed; for tests.
    """
    end_with(int(sys.argv[2]))
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the server, which then drains
        signal.signal(number, signal.SIG_IGN)
    # Without this, the threads that listen and beat would hold up the engine's, or wait for it, by 5 ms.
    sys.setswitchinterval(0.0005)
    link = Link(socket.socket(fileno=int(sys.argv[1])))
    start = link.receive()
    if not isinstance(start, Start):
        sys.exit(LOST)
    sys.path[:] = start.path
    configure_logging("error")  # what there is to say of plugins, the server has said
    try:
        registry = load_plugins([Path(file) for file in start.files])
    except BaseException as error:
        link.send(NotLoaded(_told(error)))
        sys.exit(1)
    configure_logging(start.settings.log_level, start.settings.log_format)
    process = EngineProcess(link, start, registry, check_device)
    code = process.run(make_build(start, registry, process))
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a device that has failed can hang in what Python and torch do at exit


def end_with(parent: int) -> None:
    """Have this process killed when the one that started it ends, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before
            os._exit(LOST)


def _cancel(request_id: str, engine: SyncEngine) -> None:
    engine.cancel(request_id)


def _told(error: BaseException) -> str:
    """One line on why the model cannot be loaded; of errors that nobody foresaw the log has more."""
    if isinstance(error, LladaError):
        return str(error)
    log.error("the model cannot be loaded", exc_info=error)
    return f"{type(error).__name__}: {scrub(str(error))}"


if __name__ == "__main__":
    main()
