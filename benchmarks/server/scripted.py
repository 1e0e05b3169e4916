"""The HTTP side over an engine that computes nothing: what is measured is the server alone.

    python benchmarks/server/scripted.py --port 18123 [--step-ms 2] [--tokens-a-step 4] [--max-rows 64]

Every request gets the same words, some tokens a step, all running requests in the same step, as an engine
in a process of its own reports them. `GET /probe` returns, and starts anew, what a timer of the event loop
has seen: how late it was woken.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time
from collections.abc import Mapping
from itertools import cycle, islice
from typing import Any

import msgspec

from llada_core.algorithm import Availability
from llada_core.checkpoints import read_facts, resolve
from llada_core.engine.events import Commit, Finished, TokenLogprob
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.registry import default_registry
from llada_core.tokenizer import Tokenizer
from llada_server.context import Context
from llada_server.engine_client import EngineInfo, EngineState, EngineVitals
from llada_server.event_queue import EventQueue
from llada_server.listening import bind
from llada_server.open_requests import OpenRequests
from llada_server.server import HttpServer, loop_factory, settle
from llada_server.settings import Settings

WORDS = "The answer is forty two , and it has been checked by adding the numbers once more . "
LONGEST = 1 << 16
"""Tokens of the longest reply."""
PROBE = 0.002
"""Seconds from one look at the clock to the next."""


class ScriptedEngine:
    """An `EngineClient` whose requests run side by side and end after `gen_length` tokens."""

    def __init__(self, tokens: list[int], *, step: float, tokens_a_step: int, max_rows: int) -> None:
        self._tokens = list(islice(cycle(tokens), LONGEST))
        self._step = step
        self._width = tokens_a_step
        self._max_rows = max_rows
        self._open = OpenRequests()
        self._waiting: list[Request] = []
        self._rows: dict[str, tuple[Request, int]] = {}
        self._stepping: asyncio.Task[None] | None = None
        self._work = asyncio.Event()
        self.state: EngineState = "starting"
        self.reason: str | None = None
        self.info: EngineInfo | None = EngineInfo(device="none", dtype="none")
        self.vitals = EngineVitals()
        self.availability: Mapping[str, Availability] = {}

    async def start(self) -> None:
        self._stepping = asyncio.create_task(self._steps())
        self.state = "ready"

    async def submit(self, request: Request) -> EventQueue:
        entry = self._open.add(request)
        self._waiting.append(request)
        self._work.set()
        self._open.answer(request.id, None)
        return entry.events

    async def cancel(self, request_id: str) -> None:
        if self._open.cancel(request_id):
            self._rows.pop(request_id, None)
            self._waiting = [request for request in self._waiting if request.id != request_id]

    async def stats(self) -> EngineStats | None:
        return EngineStats(max_rows=self._max_rows, running=len(self._rows), waiting=len(self._waiting))

    async def abort(self, code: str, message: str) -> None:
        self._rows.clear()
        self._waiting.clear()
        self._open.fail_all(code, message)

    async def close(self) -> None:
        if self._stepping is not None:
            self._stepping.cancel()
        self.state = "closed"

    async def _steps(self) -> None:
        """Steps by the clock: an engine in a process of its own does not wait for a server that is late."""
        while True:
            await self._work.wait()
            due = time.perf_counter()
            while self._rows or self._waiting:
                while due <= time.perf_counter():
                    self._one_step()
                    due += self._step
                # In whole milliseconds, as uvloop's timers count: it takes less than half of one for none,
                # and this would spin until the next step, on the time of the server, which is measured.
                await asyncio.sleep(math.ceil((due - time.perf_counter()) * 1000) / 1000)
            self._work.clear()

    def _one_step(self) -> None:
        while self._waiting and len(self._rows) < self._max_rows:
            request = self._waiting.pop(0)
            self._rows[request.id] = (request, 0)
        for request, done in list(self._rows.values()):
            self._row(request, done)

    def _row(self, request: Request, done: int) -> None:
        length = request.params.gen_length
        tokens = self._tokens[done : min(done + self._width, length)]
        logprobs = None
        if request.logprobs is not None:
            logprobs = [TokenLogprob(-0.5, [(id, -0.5)][: request.logprobs]) for id in tokens]
        self._open.deliver(Commit(request.id, done, tokens, logprobs))
        done += len(tokens)
        self._rows[request.id] = (request, done)
        if done == length:
            del self._rows[request.id]
            self._open.deliver(
                Finished(
                    request_id=request.id,
                    tokens=self._tokens[:length],
                    reason="length",
                    nfe=length,
                    forwards_per_block=[length],
                    prompt_tokens=len(request.prompt),
                )
            )


class Probe:
    """Looks at the clock every few milliseconds, and notes how late it could."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def run(self) -> None:
        while True:
            due = time.perf_counter() + PROBE
            await asyncio.sleep(PROBE)
            self.late.append(time.perf_counter() - due)

    def over(self, app: Any) -> Any:
        """`app`, and the address that tells."""

        async def wrapped(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"] != "/probe":
                await app(scope, receive, send)
                return
            body = msgspec.json.encode({"late": self.late, "cpu": time.process_time()})
            self.late = []
            head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": body})

        return wrapped


async def serve(options: argparse.Namespace) -> int:
    """Until a signal."""
    settings = Settings(
        port=options.port,
        max_rows=options.max_rows,
        max_queue=100_000,
        max_queue_per_algorithm=100_000,
        max_queued_tokens=10**9,
        http_server=options.http_server,
    )
    folder = resolve("demo")
    tokenizer = Tokenizer(folder)
    engine = ScriptedEngine(
        tokenizer.encode(WORDS),
        step=options.step_ms / 1000,
        tokens_a_step=options.tokens_a_step,
        max_rows=options.max_rows,
    )
    context = Context(
        engine,
        settings,
        registry=default_registry(),
        tokenizer=tokenizer,
        facts=read_facts(folder),
        names=("demo",),
    )
    probe = Probe()
    probing = asyncio.create_task(probe.run())
    try:
        server = HttpServer(context, bind(settings), around=probe.over)
        settle()
        return await server.serve()
    finally:
        probing.cancel()


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--step-ms", type=float, default=2.0)
    parser.add_argument("--tokens-a-step", type=int, default=4)
    parser.add_argument("--max-rows", type=int, default=64)
    parser.add_argument("--http-server", choices=["uvicorn", "granian"], default="uvicorn")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        raise SystemExit(runner.run(serve(parser.parse_args())))


if __name__ == "__main__":
    main()
