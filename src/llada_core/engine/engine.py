"""The engine: many requests through one model, a step at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch

from ..algorithm import DenoisingAlgorithm, GenerationAlgorithm
from ..errors import LladaError, OutOfMemoryError, ParameterError, UnknownNameError
from ..facts import ModelFacts
from ..registry import GenerationRegistry, default_registry
from ..structure.grammars import Grammars
from .buckets import DEFAULT_BLOCK
from .config import EngineConfig
from .decide import fault_in
from .events import Event, Failed
from .likelihood_pool import LikelihoodPool
from .likelihood_request import LikelihoodRequest, Work
from .plugin_code import Guard, is_out_of_memory
from .preview import preview
from .proxy import proxy_of
from .request import Request, check_fits
from .room import Place, Room
from .row import Row
from .row_maker import RowMaker
from .runner import Outcome, Runner
from .scheduler import Scheduler, take_turns
from .stats import EngineStats
from .times import Times
from .whole_loop import check_arguments
from .whole_loop_pool import WholeLoopPool

__all__ = ["Engine", "EngineConfig"]

WHOLE_LOOP = "(whole loop)"
"""The turn that all whole-loop algorithms share."""
LIKELIHOOD = "(likelihood)"
"""The turn of estimates."""


class Engine:
    """Runs requests on one model. Not safe to be called from several threads at once.

    `add` queues a request, each `step` runs one forward for those whose turn it is and says what happened.
    What a request yields depends on nothing but itself.
    """

    def __init__(
        self,
        model: Any,
        *,
        registry: GenerationRegistry | None = None,
        config: EngineConfig | None = None,
        on_start: Callable[[str], object] | None = None,
        grammars: Grammars | None = None,
    ) -> None:
        """
        Args:
            model: a LLaDA model, or a `ForeignModel`.
            registry: where names of algorithms and rules are looked up; None: that of this process.
            grammars: compiles what structured output asks for; None: such requests are refused.
            on_start: is told the id of each request that leaves the queue, before its first forward.

        Raises:
            LladaError: no memory is left for keys and values.
        """
        self.model = model
        self.facts: ModelFacts = model.facts
        self.config = config or EngineConfig()
        self._registry = registry
        self._on_start = on_start
        self._device = torch.device(model.device)
        self._room = Room(model, self.config, self._device, lambda: self.registry.has_whole_loops)
        self._runner = Runner(model, self.facts, self._room.pool, self._device, self.config)
        self._scheduler = Scheduler()
        self._rows: dict[str, Row] = {}
        self._places: dict[str, Place] = {}
        proxy = partial(proxy_of, model, self._device, self.config.max_batched_tokens)
        self._whole = WholeLoopPool(model, self.config, proxy, self._device)
        self._likelihoods = LikelihoodPool(model, self.facts, self.config, self._device)
        self._guard = Guard(self.config.step_limit)
        self._maker = RowMaker(lambda: self.registry, self.facts, self._guard, grammars, self._device)
        self._algorithms: dict[str, GenerationAlgorithm] = {}
        self._counts: Counter[str] = Counter()
        self._times = Times()

    @property
    def registry(self) -> GenerationRegistry:
        """Where names are looked up."""
        if self._registry is None:
            self._registry = default_registry()
        return self._registry

    # Requests in and out

    def add(self, request: Work, *, algorithm: GenerationAlgorithm | None = None) -> None:
        """Queue a request.

        Args:
            algorithm: an instance to use under the request's algorithm name, instead of the registry's.

        Raises:
            ParameterError, ContextLengthError: it can never run: its id is taken, its canvas fits neither the
                model's context nor the key/value pool.
            UnknownNameError, UnavailableError: the algorithm or the rule.
        """
        pools = (self._rows, self._whole, self._scheduler, self._likelihoods)
        if any(request.id in pool for pool in pools):
            raise ParameterError("id", f"a request {request.id!r} is running already")
        if isinstance(request, LikelihoodRequest):
            request.check(self.facts)
            self._likelihoods.add(request)
            if self._on_start is not None:
                self._on_start(request.id)
            return
        self._guard.begin()
        check_fits(request, self.facts)
        found = algorithm if algorithm is not None else self.registry.get(request.algorithm)
        if found is None:
            self.registry.resolve(request.algorithm)  # says what there is
            raise UnknownNameError(f"no algorithm named {request.algorithm!r}")
        if request.structure is not None:
            self._maker.check_structure(request.structure)
        if isinstance(found, DenoisingAlgorithm):
            self._room.check(request, found, self._maker.committer(request, found))
        else:
            check_arguments(found, request)
        self._algorithms[request.id] = found
        self._times.queued(request.id)
        self._scheduler.add(request)

    def cancel(self, request_id: str) -> bool:
        """Give a request up at once, without an event; False if there is none of this id."""
        found = self._scheduler.remove(request_id) or self._whole.cancel(request_id)
        found = found or self._likelihoods.cancel(request_id)
        row = self._rows.get(request_id)
        if row is not None:
            self._release(row)
            found = True
        if found:
            self._algorithms.pop(request_id, None)
            self._times.given_up(request_id)
            self._counts["cancelled"] += 1
        return found

    def has_work(self) -> bool:
        """Whether a step would do something, now or once a whole-loop algorithm calls."""
        return bool(self._rows or self._whole or self._scheduler or self._likelihoods)

    def stats(self) -> EngineStats:
        """Counters as of now."""
        waiting = self._scheduler.waiting()
        return EngineStats(
            max_rows=self.config.max_rows,
            running=len(self._rows) + len(self._whole) + len(self._likelihoods),
            running_by_algorithm=self._running_by_algorithm(),
            waiting=sum(waiting.values()),
            waiting_by_algorithm=waiting,
            kv_tokens=self._room.slots,
            kv_tokens_used=self._room.used,
            step_seconds=self._times.steps(),
            queue_seconds=self._times.waits(),
            **self._counts,
        )

    def grow_pool(self, tokens: int) -> None:
        """Make room for canvases of `tokens` positions in all, or as many as fit; only while nothing runs."""
        if self._room.may_grow(tokens):
            self._runner.use_pool(None)  # so that the old pool is freed before the new one is made
            self._room.grow(tokens)
            self._runner.use_pool(self._room.pool)

    # Running

    def warm_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Capture graphs and build kernels, so that the first requests do not wait for it; only while nothing
        runs. Does nothing where there are none.

        Args:
            progress: is told how many graphs are captured, and of how many.
        """
        if self._runner.blocks is None:
            return
        with torch.inference_mode():
            for done, total in self._runner.blocks.prepare(DEFAULT_BLOCK):
                if progress is not None:
                    progress(done, total)

    @torch.inference_mode()
    def step(self) -> list[Event]:
        """Let waiting requests in, run one forward, and report.

        With nothing but whole-loop algorithms it may wait some milliseconds for one to call the model.
        """
        self._guard.begin()
        try:
            return self._step()
        finally:
            self._guard.end(self._whole.threads)

    def _step(self) -> list[Event]:
        events = self._admit()
        ready = {row.request.algorithm for row in self._rows.values()}
        if self._likelihoods:
            ready.add(LIKELIHOOD)
        if self._whole.gather(alone=not ready):
            ready.add(WHOLE_LOOP)
        # Another request may have the id of one that was cancelled.
        running = [row for row in self._runner.ahead if self._rows.get(row.request.id) is row]
        name = running[0].request.algorithm if running else self._scheduler.choose(ready)
        if name is None:
            return events
        self._guard.put_back()
        start = time.perf_counter()
        if name == WHOLE_LOOP:
            events += self._whole.tick(self._counts)
        elif name == LIKELIHOOD:
            events += self._likelihoods.tick(self._counts)
        else:
            events += self._tick(running or self._next(name))
        seconds = time.perf_counter() - start
        self._scheduler.charge(name, seconds)
        self._times.step(name, seconds)
        return events

    def _next(self, name: str) -> list[Row]:
        """The rows of an algorithm that run in its next tick."""
        candidates = [row for row in self._rows.values() if row.request.algorithm == name]
        return list(take_turns(self._runner.together(candidates), self.config.max_batched_tokens))

    def _tick(self, rows: list[Row]) -> list[Event]:
        alone = len(rows) == len(self._rows) and not (self._whole or self._scheduler or self._likelihoods)
        self._counts["ticks"] += 1
        self._counts["rows"] += len(rows)
        self._counts["forwards"] += len(rows)
        try:
            outcomes = self._runner.run(rows, alone=alone)
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error):
                return self._out_of_memory(rows)
            raise
        events: list[Event] = []
        for outcome in outcomes:
            outcome.row.last_tick = self._counts["ticks"]
            events += self._take(outcome)
        return events

    def _take(self, outcome: Outcome) -> list[Event]:
        """Bring a row up to date with what a tick did to it."""
        row, error = outcome.row, outcome.error
        events: list[Event] = []
        if error is None and outcome.tokens is not None:
            before = row.held(outcome.start, len(outcome.tokens))
            error = fault_in(outcome.tokens, before, self.facts, row.committer.name)
            error = error or row.committer.fault_in(outcome.tokens, before)
            if error is None:
                self._counts["tokens"] += int((before < 0).sum() - (outcome.tokens < 0).sum())
                row.canvas.store(outcome.start, outcome.tokens)
                row.logprobs |= outcome.logprobs or {}
                events += preview(row, outcome, before)
        if error is not None:
            return [*events, self._fail(row, error)]
        try:
            events += row.write_forced()
        except LladaError as fault:
            return [*events, self._fail(row, fault)]
        row.advance()
        return [*events, *self._go_on(row)]

    def _begin(self, row: Row) -> list[Event]:
        """Have a row that was let in write what needs no forward, and plan its first one."""
        if row.guide is None:
            return self._plan(row)
        try:
            events = row.write_forced()
        except LladaError as error:
            return [self._fail(row, error)]
        row.open()
        return [*events, *self._go_on(row)]

    def _go_on(self, row: Row) -> list[Event]:
        """End a row that is done, else plan its next forward."""
        if row.done:
            self._release(row)
            self._counts["finished"] += 1
            return row.finish()
        return [*row.new_commits(), *self._plan(row)]

    def _plan(self, row: Row) -> list[Event]:
        """Have a row plan its next forward; what goes wrong ends it."""
        try:
            row.plan()
        except LladaError as error:
            return [self._fail(row, error)]
        return []

    def _out_of_memory(self, rows: Sequence[Row]) -> list[Event]:
        """Fail the newest request of a forward that did not fit; the others try again without it."""
        torch.cuda.empty_cache()
        newest = max(rows, key=lambda row: row.serial)
        message = f"out of memory on {self._device} with {len(rows)} requests in one forward; try again later"
        return [self._fail(newest, OutOfMemoryError(message))]

    # Admission and ends

    def _admit(self) -> list[Event]:
        started: list[Row] = []
        self._scheduler.admit(self._running_by_algorithm(), lambda request: self._start(request, started))
        return [event for row in started for event in self._begin(row)]

    def _running_by_algorithm(self) -> Counter[str]:
        running = Counter(row.request.algorithm for row in self._rows.values())
        running.update(self._whole.by_algorithm())
        return running

    def _start(self, request: Request, started: list[Row]) -> bool:
        """Let a request run; False if it has to wait for room."""
        if len(self._rows) + len(self._whole) >= self.config.max_rows:
            return False
        algorithm = self._algorithms[request.id]
        if isinstance(algorithm, DenoisingAlgorithm):
            committer = self._maker.committer(request, algorithm)
            place = self._room.take(request, algorithm, committer)
            if place is None:
                return False
            row = self._maker.row(request, algorithm, committer, place)
            self._rows[request.id], self._places[request.id] = row, place
            started.append(row)
        elif not self._whole.start(request, algorithm, self.facts):
            return False
        del self._algorithms[request.id]
        self._times.started(request)
        if self._on_start is not None:
            self._on_start(request.id)
        return True

    def _fail(self, row: Row, error: LladaError) -> Event:
        self._release(row)
        self._counts["failed"] += 1
        return Failed(request_id=row.request.id, code=error.code, message=str(error), field=error.field)

    def _release(self, row: Row) -> None:
        del self._rows[row.request.id]
        self._room.give_back(self._places.pop(row.request.id))
