"""An engine's process without a model: its requests count, or do what their parameters say."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from llada_core.engine.events import Commit, Event, Finished
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.errors import CheckpointError, ContextLengthError
from llada_server.engine_client import EngineInfo
from llada_server.engine_messages import Start
from llada_server.engine_process import EngineProcess, main

MAX_ROWS = 2


class CountingEngine:
    """Commits a token a row a step; `MAX_ROWS` rows run at once."""

    device_works = True

    def __init__(self, on_start: Callable[[str], object]) -> None:
        self.on_start = on_start
        self.waiting: list[Request] = []
        self.rows: dict[str, tuple[Request, int]] = {}
        engines.append(self)

    def add(self, request: Request) -> None:
        what = request.algorithm_params.do
        if what == "refuse":
            raise ContextLengthError("max_tokens", "too long for the pool")
        if what == "fault":
            raise ZeroDivisionError("in a plugin")
        if what == "break the device":
            self.device_works = False
            raise RuntimeError("unspecified launch failure")
        if what == "die when added":
            os.kill(os.getpid(), signal.SIGKILL)
        self.waiting.append(request)

    def cancel(self, request_id: str) -> bool:
        return self.rows.pop(request_id, None) is not None

    def has_work(self) -> bool:
        return bool(self.rows or self.waiting)

    def stats(self) -> EngineStats:
        return EngineStats(max_rows=MAX_ROWS, running=len(self.rows), waiting=len(self.waiting))

    def step(self) -> list[Event]:
        while self.waiting and len(self.rows) < MAX_ROWS:
            request = self.waiting.pop(0)
            self.rows[request.id] = (request, 0)
            self.on_start(request.id)
        return [event for request, done in list(self.rows.values()) for event in self._row(request, done)]

    def _row(self, request: Request, done: int) -> list[Event]:
        time.sleep(request.algorithm_params.pace)
        what = request.algorithm_params.do
        if what == "raise":
            raise RuntimeError("device lost in /opt/llada/kernel.py")
        if what == "hang":
            time.sleep(600)
        self.rows[request.id] = (request, done + 1)
        events: list[Event] = [Commit(request.id, done, [done])]
        if done + 1 == request.params.gen_length:
            del self.rows[request.id]
            ending = Finished(
                request_id=request.id,
                tokens=list(range(done + 1)),
                reason="length",
                nfe=done + 1,
                forwards_per_block=[done + 1],
                prompt_tokens=len(request.prompt),
            )
            events.append(ending)
        return events


def make_build(start: Start, registry: object, process: EngineProcess) -> Callable[[], object]:
    """`start.folder` says how loading goes."""

    def build() -> tuple[CountingEngine, EngineInfo]:
        if start.folder == "broken":
            raise CheckpointError("model.safetensors: no tensor wte")
        if start.folder == "too large":
            os.kill(os.getpid(), signal.SIGKILL)
        return CountingEngine(process.started), EngineInfo(device="cpu", dtype="float32")

    return build


engines: list[CountingEngine] = []


def check_device(device: str) -> None:
    """As CUDA does, tell an earlier error again."""
    if not engines[0].device_works:
        raise RuntimeError("unspecified launch failure")


if __name__ == "__main__":
    main(make_build, check_device)  # type: ignore[arg-type]
