"""Many engines behind HTTP servers, event by event. Engines take turns and choose rows as real ones do."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy
from times import Times

from llada_server.replicas.routing import Load, ranked

CHOICES = 8
"""Engines that the router compares where there are many more; all of a thousand would take long."""

SLICE = 0.002
"""Seconds that a system gives a core to one process before the next one has its turn."""


@dataclass(frozen=True)
class Work:
    """What every request asks for."""

    prompt: tuple[int, int] = (256, 256)
    """Shortest and longest prompt; in between evenly."""
    gen_length: int = 256
    block_length: int = 32
    steps_per_block: int = 8
    algorithms: tuple[str, ...] = ("dual_cache",)

    @property
    def blocks(self) -> int:
        """Blocks of a request."""
        return -(-self.gen_length // self.block_length)


@dataclass(frozen=True)
class Site:
    """What there is."""

    times: Times
    engines: int = 1
    max_rows: int = 32
    max_tokens: int = 16384
    """Of one packed forward."""
    kinds_apart: bool = True
    """Whether refreshes and block steps are separate forwards; on a CPU they are not."""
    ingresses: int = 1
    request_cost: float = 0.0
    """Seconds of an HTTP server for a request, and for each event of its stream."""
    event_cost: float = 0.0
    replica_cost: float = 0.0
    """Seconds of computing beside the engine for each event, which only those that share its cores notice."""
    between: float = 0.0
    """Seconds from one forward of an engine to the next in which it waits for its turn, and needs no core."""
    cores: int | None = None
    """Where engines and HTTP servers share cores, as on one machine without a GPU."""
    background: float = 0.0
    """Of those cores, how many are busy with what is for no request: Ray looking after its own."""


@dataclass(eq=False)
class Row:
    """One request."""

    algorithm: str
    canvas: int
    arrived: float
    ingress: int
    block: int = 0
    step: int = 0
    last_tick: int = 0


@dataclass
class Seen:
    """What came of it."""

    tokens: int = 0
    finished: int = 0
    latencies: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    """Seconds to the first block."""
    busy: Counter[str] = field(default_factory=Counter)
    """Seconds of engines with block steps and refreshes, and of HTTP servers."""
    ticks: int = 0
    rows: int = 0
    seconds: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Of all engines."""
        return self.tokens / self.seconds


class Simulation:
    """Clients that each ask again as soon as they have their reply."""

    def __init__(self, site: Site, work: Work, clients: int, *, requests: int | None = None, seed: int = 0):
        """
        Args:
            requests: how many there are in all; None: without end.
        """
        self.site, self.work = site, work
        self._env = simpy.Environment()
        self._random = random.Random(seed)
        self._left = requests
        self._sent = 0
        self.seen = Seen()
        self._engines = [Engine(self) for _ in range(site.engines)]
        self._ingresses = [simpy.Resource(self._env) for _ in range(site.ingresses)]
        self._cores = simpy.Resource(self._env, site.cores) if site.cores else None
        self._clients = [self._env.process(self._client(number)) for number in range(clients)]
        if site.background:
            self._env.process(self._look_after())

    def run(self, seconds: float | None = None, warm_up: float = 0.0) -> Seen:
        """What happened in `seconds` after `warm_up`, or until all requests are done."""
        if warm_up:
            self._env.run(until=warm_up)
            self.seen.__init__()  # type: ignore[misc]
        began = self._env.now
        self._env.run(until=self._env.all_of(self._clients) if seconds is None else began + seconds)
        self.seen.seconds = self._env.now - began
        return self.seen

    def _client(self, number: int) -> Generator[Any, Any, None]:
        ingress = number % self.site.ingresses
        if self._left is None:
            yield self._env.timeout(self._random.random())  # or all of them would keep step for ever
        while self._left is None or self._left > 0:
            if self._left is not None:
                self._left -= 1
            self._sent += 1
            low, high = self.work.prompt
            row = Row(
                self.work.algorithms[self._sent % len(self.work.algorithms)],
                self._random.randint(low, high) + self.work.blocks * self.work.block_length,
                self._env.now,
                ingress,
            )
            yield from self.serve(ingress, self.site.request_cost)
            done = self._choose(row.algorithm).add(row)
            yield done
            self.seen.finished += 1
            self.seen.latencies.append(self._env.now - row.arrived)

    def _look_after(self) -> Generator[Any, Any, None]:
        share = self.site.background
        while True:
            yield from self.compute(SLICE)
            yield self._env.timeout(SLICE * (1 - share) / share)

    def _choose(self, algorithm: str) -> Engine:
        engines = self._engines
        if len(engines) > CHOICES:
            engines = self._random.sample(engines, CHOICES)
        return ranked([(each, each.load()) for each in engines], algorithm, self.site.max_rows)[0]

    def serve(self, ingress: int, seconds: float) -> Generator[Any, Any, None]:
        """Keep an HTTP server busy."""
        if seconds:
            with self._ingresses[ingress].request() as turn:
                yield turn
                self.seen.busy["ingress"] += seconds
                yield from self.compute(seconds)

    def compute(self, seconds: float) -> Generator[Any, Any, None]:
        """Let time pass, on a core where those are shared."""
        if self._cores is None:
            yield self._env.timeout(seconds)
            return
        while seconds > 0:
            with self._cores.request() as core:
                yield core
                yield self._env.timeout(min(seconds, SLICE))
            seconds -= SLICE

    @property
    def env(self) -> simpy.Environment:
        """The clock."""
        return self._env


class Engine:
    """One engine: it admits, chooses whose turn it is, and lets a forward pass."""

    def __init__(self, simulation: Simulation) -> None:
        self._all = simulation
        self._site = simulation.site
        self._waiting: deque[Row] = deque()
        self._rows: list[Row] = []
        self._done: dict[Row, simpy.Event] = {}
        self._counts: Counter[str] = Counter()
        self._charged: Counter[str] = Counter()
        self._tick = 0
        self._wake = simulation.env.event()
        simulation.env.process(self._run())

    def load(self) -> Load:
        """As the router sees it."""
        return Load(self._counts, len(self._waiting) + len(self._rows))

    def add(self, row: Row) -> simpy.Event:
        """Queue a request; the event comes with its last tokens at the client."""
        self._waiting.append(row)
        self._counts[row.algorithm] += 1
        done = self._done[row] = self._all.env.event()
        if not self._wake.triggered:
            self._wake.succeed()
        return done

    def _run(self) -> Generator[Any, Any, None]:
        env = self._all.env
        while True:
            while self._waiting and len(self._rows) < self._site.max_rows:
                self._rows.append(self._waiting.popleft())
            if not self._rows:
                self._wake = env.event()
                yield self._wake
                continue
            rows = self._together()
            refresh = [row for row in rows if row.step == 0]
            seconds = self._seconds(refresh, len(rows) - len(refresh))
            self._tick += 1
            seen = self._all.seen
            seen.ticks += 1
            seen.rows += len(rows)
            seen.busy["refresh" if refresh else "block"] += seconds
            self._charged[rows[0].algorithm] += seconds  # type: ignore[assignment]
            yield from self._all.compute(seconds)
            if self._site.between:
                yield env.timeout(self._site.between)
            for row in rows:
                self._advance(row)

    def _together(self) -> list[Row]:
        """The algorithm that was served least; of its rows the kind with the one that waited longest."""
        present = {row.algorithm for row in self._rows}
        chosen = min(sorted(present), key=lambda name: self._charged[name])
        rows = [row for row in self._rows if row.algorithm == chosen]
        if not self._site.kinds_apart:
            return rows
        kinds = [[row for row in rows if row.step == 0], [row for row in rows if row.step]]
        kinds = [kind for kind in kinds if kind]
        best = min(kinds, key=lambda kind: min(row.last_tick for row in kind))
        return self._fitting(best) if best[0].step == 0 else best

    def _fitting(self, rows: list[Row]) -> list[Row]:
        """As many canvases as one forward takes, those that waited longest first."""
        taken: list[Row] = []
        tokens = 0
        for row in sorted(rows, key=lambda row: row.last_tick):
            if taken and tokens + row.canvas > self._site.max_tokens:
                break
            taken.append(row)
            tokens += row.canvas
        return taken

    def _seconds(self, refresh: list[Row], blocks: int) -> float:
        times, tokens = self._site.times, sum(row.canvas for row in refresh)
        if not refresh:
            return times.block(blocks)
        return times.canvas(tokens + blocks * self._all.work.block_length)

    def _advance(self, row: Row) -> None:
        work, all_ = self._all.work, self._all
        row.last_tick = self._tick
        row.step += 1
        if row.step < work.steps_per_block:
            return
        row.step, row.block = 0, row.block + 1
        last = row.block == work.blocks
        all_.env.process(self._deliver(row, self._done.pop(row) if last else None))
        if last:
            self._rows.remove(row)
            self._counts[row.algorithm] -= 1

    def _deliver(self, row: Row, done: simpy.Event | None) -> Generator[Any, Any, None]:
        first = row.block == 1
        if self._site.replica_cost:
            yield from self._all.compute(self._site.replica_cost)
        yield from self._all.serve(row.ingress, self._site.event_cost)
        seen = self._all.seen
        seen.tokens += self._all.work.block_length
        if first:
            seen.firsts.append(self._all.env.now - row.arrived)
        if done is not None:
            done.succeed()
