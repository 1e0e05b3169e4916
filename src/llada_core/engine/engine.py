"""The engine: many requests through one model, a step at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import torch

from ..algorithm import DenoisingAlgorithm, GenerationAlgorithm
from ..canvas import Canvas
from ..errors import (
    AlgorithmError,
    ContextLengthError,
    LladaError,
    OutOfMemoryError,
    ParameterError,
    UnavailableError,
)
from ..facts import ModelFacts
from ..kv_cache import Extent, KVPool
from ..registry import GenerationRegistry, default_registry
from .committer import Committer
from .config import EngineConfig
from .decide import fault_in
from .events import Change, Event, Failed, Preview
from .memory import pool_tokens
from .proxy import ModelProxy
from .request import Request, check_fits
from .row import Row, region_width
from .runner import Outcome, Runner
from .scheduler import Scheduler, take_turns
from .state import RowState, state_bytes
from .stats import EngineStats
from .whole_loop import WholeLoopRow, check_arguments
from .whole_loop_pool import WholeLoopPool

__all__ = ["Engine", "EngineConfig"]

WHOLE_LOOP = "(whole loop)"
"""The turn that all whole-loop algorithms share."""


class Engine:
    """Runs requests on one model. Not safe to be called from several threads at once.

    `add` queues a request, each `step` runs one forward for those whose turn it is and says what happened. What a
    request yields depends on nothing but itself.
    """

    def __init__(
        self,
        model: Any,
        *,
        registry: GenerationRegistry | None = None,
        config: EngineConfig | None = None,
    ) -> None:
        """
        Args:
            model: a LLaDA model, or a `ForeignModel`.
            registry: where names of algorithms and rules are looked up; None: that of this process.

        Raises:
            LladaError: no memory is left for keys and values.
        """
        self.model = model
        self.facts: ModelFacts = model.facts
        self.config = config or EngineConfig()
        self._registry = registry
        self._device = torch.device(model.device)
        self._pool = self._make_pool(self._wanted_tokens())
        self._runner = Runner(model, self.facts, self._pool, self._device)
        self._scheduler = Scheduler()
        self._rows: dict[str, Row] = {}
        self._whole = WholeLoopPool(self.config, self._runner, self._make_proxy, self._device)
        self._committers: dict[int, Committer] = {}
        self._algorithms: dict[str, GenerationAlgorithm] = {}
        self._state_used = 0
        self._serial = 0
        self._counts: Counter[str] = Counter()
        self._failed: list[Event] = []

    @property
    def registry(self) -> GenerationRegistry:
        """Where names are looked up."""
        if self._registry is None:
            self._registry = default_registry()
        return self._registry

    # Requests in and out

    def add(self, request: Request, *, algorithm: GenerationAlgorithm | None = None) -> None:
        """Queue a request.

        Args:
            algorithm: an instance to use under the request's algorithm name, instead of the registry's.

        Raises:
            ParameterError, ContextLengthError: it can never run: its id is taken, its canvas fits neither the
                model's context nor the key/value pool.
            UnknownNameError, UnavailableError: the algorithm or the rule.
        """
        if request.id in self._rows or request.id in self._whole or request.id in self._scheduler:
            raise ParameterError("id", f"a request {request.id!r} is running already")
        check_fits(request, self.facts)
        found = algorithm if algorithm is not None else self.registry.get(request.algorithm)
        if found is None:
            self.registry.resolve(request.algorithm)
            raise UnavailableError(f"algorithm {request.algorithm!r} cannot be made")
        if isinstance(found, DenoisingAlgorithm):
            self._check_room(request, found)
        else:
            check_arguments(found, request.params)
        self._algorithms[request.id] = found
        self._scheduler.add(request)

    def cancel(self, request_id: str) -> bool:
        """Give a request up at once, without an event; False if there is none of this id."""
        found = self._scheduler.remove(request_id) or self._whole.cancel(request_id)
        row = self._rows.get(request_id)
        if row is not None:
            self._release(row)
            found = True
        if found:
            self._algorithms.pop(request_id, None)
            self._counts["cancelled"] += 1
        return found

    def has_work(self) -> bool:
        """Whether a step would do something, now or once a whole-loop algorithm calls."""
        return bool(self._rows) or bool(self._scheduler.waiting()) or self._whole.busy

    def stats(self) -> EngineStats:
        """Counters as of now."""
        waiting = self._scheduler.waiting()
        return EngineStats(
            max_rows=self.config.max_rows,
            running=len(self._rows) + len(self._whole),
            waiting=sum(waiting.values()),
            waiting_by_algorithm=waiting,
            kv_tokens=self._pool.slots if self._pool is not None else 0,
            kv_tokens_used=self._pool.used if self._pool is not None else 0,
            **self._counts,
        )

    # Running

    @torch.inference_mode()
    def step(self) -> list[Event]:
        """Let waiting requests in, run one forward, and report.

        With nothing but whole-loop algorithms it may wait some milliseconds for one of them to call the model.
        """
        self._admit()
        events, self._failed = self._failed, []
        ready = {row.request.algorithm for row in self._rows.values()}
        if self._whole.gather(alone=not ready):
            ready.add(WHOLE_LOOP)
        name = self._scheduler.choose(ready)
        if name is None:
            return events
        start = time.perf_counter()
        if name == WHOLE_LOOP:
            events += self._whole.tick(self._counts)
        else:
            events += self._tick([row for row in self._rows.values() if row.request.algorithm == name])
        self._scheduler.charge(name, time.perf_counter() - start)
        return events

    def _tick(self, candidates: list[Row]) -> list[Event]:
        rows = list(take_turns(candidates, self.config.max_batched_tokens))
        self._counts["ticks"] += 1
        self._counts["rows"] += len(rows)
        self._counts["forwards"] += len(rows)
        try:
            outcomes = self._runner.run(rows)
        except torch.OutOfMemoryError:
            return self._out_of_memory(rows)
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
            error = fault_in(
                outcome.tokens, before, self.facts.vocab_size, self.facts.mask_id, row.committer.name
            )
            if error is None:
                self._counts["tokens"] += int((before < 0).sum() - (outcome.tokens < 0).sum())
                row.canvas.store(outcome.start, outcome.tokens)
                events += _preview(row, outcome, before)
        if error is not None:
            return [*events, self._fail(row, error)]
        row.advance()
        if row.done:
            self._release(row)
            self._counts["finished"] += 1
            return [*events, *row.finish()]
        events += row.new_commits()
        try:
            row.plan()
        except LladaError as problem:
            events.append(self._fail(row, problem))
        return events

    def _out_of_memory(self, rows: Sequence[Row]) -> list[Event]:
        """Fail the newest request of a forward that did not fit; the others try again without it."""
        torch.cuda.empty_cache()
        newest = max(rows, key=lambda row: row.serial)
        message = f"out of memory on {self._device} with {len(rows)} requests in one forward; try again later"
        return [self._fail(newest, OutOfMemoryError(message))]

    # Admission

    def _admit(self) -> None:
        running = Counter(row.request.algorithm for row in self._rows.values())
        running.update(self._whole.by_algorithm())
        self._scheduler.admit(running, self._start)

    def _start(self, request: Request) -> bool:
        """Let a request run; False if it has to wait for room."""
        if len(self._rows) + len(self._whole) >= self.config.max_rows:
            return False
        algorithm = self._algorithms[request.id]
        if not isinstance(algorithm, DenoisingAlgorithm):
            if not self._whole.start(request, algorithm, self.facts):
                return False
            del self._algorithms[request.id]
            return True
        committer = self._committer(request, algorithm)
        bytes_needed = self._state_bytes(request, committer)
        if self._state_used + bytes_needed > self.config.state_bytes:
            return False
        extents = self._reserve(request, algorithm)
        if extents is None:
            return False
        del self._algorithms[request.id]
        self._state_used += bytes_needed
        self._run(request, algorithm, committer, extents)
        return True

    def _run(
        self,
        request: Request,
        algorithm: DenoisingAlgorithm,
        committer: Committer,
        extents: tuple[Extent, ...],
    ) -> None:
        params, facts = request.params, self.facts
        canvas = Canvas(request.prompt, params.gen_length, params.block_length, facts.mask_id, request.suffix)
        width = region_width(committer, params.gen_length, params.block_length)
        row = Row(
            request=request,
            algorithm=algorithm,
            committer=committer,
            canvas=canvas,
            end_ids=facts.end_ids,
            serial=self._serial,
            extents=extents,
            state=RowState(
                lambda: committer.init_state(width, facts, self._device), committer.state_scope == "block"
            ),
        )
        self._serial += 1
        self._rows[request.id] = row
        try:
            row.plan()
        except LladaError as error:
            self._failed.append(self._fail(row, error))

    def _reserve(self, request: Request, algorithm: DenoisingAlgorithm) -> tuple[Extent, ...] | None:
        """The extents of a request, none if its algorithm keeps nothing; None while there is no room."""
        if algorithm.needs_cache is False or self._pool is None:
            return ()
        extents: list[Extent] = []
        for _ in range(2 if request.params.cfg_scale > 0 else 1):
            extent = self._pool.reserve(request.canvas_length)
            if extent is None:
                for other in extents:
                    self._pool.release(other)
                return None
            extents.append(extent)
        return tuple(extents)

    def _check_room(self, request: Request, algorithm: DenoisingAlgorithm) -> None:
        """Refuse what can never be let in."""
        committer = self._committer(request, algorithm)
        if self._pool is None:
            if algorithm.needs_cache:
                raise UnavailableError(
                    f"algorithm {request.algorithm!r} keeps keys and values between forwards, and this model "
                    "only returns logits; load it with llada_core, or choose an algorithm without a cache, "
                    "such as basic"
                )
        elif algorithm.needs_cache is not False:
            copies = 2 if request.params.cfg_scale > 0 else 1
            if copies * request.canvas_length > self._pool.slots:
                twice = " twice, for guidance," if copies == 2 else ""
                raise ContextLengthError(
                    "max_tokens",
                    f"a canvas of {request.canvas_length} tokens (prompt and generated blocks){twice} does "
                    f"not fit the key/value pool of {self._pool.slots} tokens",
                )
        needed = self._state_bytes(request, committer)
        if needed > self.config.state_bytes:
            raise ContextLengthError(
                "max_tokens",
                f"{committer.name} needs {needed} bytes of state for this request, and the engine has "
                f"{self.config.state_bytes}",
            )

    def _state_bytes(self, request: Request, committer: Committer) -> int:
        params = request.params
        width = region_width(committer, params.gen_length, params.block_length)
        return state_bytes(committer, width, self.facts, self._device)

    def _committer(self, request: Request, algorithm: DenoisingAlgorithm) -> Committer:
        source = algorithm if algorithm.owns_step() else self.registry.get_rule(request.params.rule)
        return self._committers.setdefault(id(source), Committer(source))

    # Ends

    def _fail(self, row: Row, error: LladaError) -> Event:
        self._release(row)
        self._counts["failed"] += 1
        return Failed(request_id=row.request.id, code=error.code, message=str(error), field=error.field)

    def _release(self, row: Row) -> None:
        if self._rows.pop(row.request.id, None) is None:
            return
        self._state_used -= self._state_bytes(row.request, row.committer)
        for extent in row.extents:
            assert self._pool is not None
            self._pool.release(extent)

    # Memory

    def _wanted_tokens(self) -> int:
        if not self.facts.cached:
            return 0
        if self.config.kv_tokens is not None:
            return self.config.kv_tokens
        return 2 * self.config.max_rows * self.facts.context_length

    def _make_pool(self, wanted: int) -> KVPool | None:
        if not self.facts.cached:
            return None
        shape, dtype = self.model.kv_shape, self.model.dtype
        return KVPool(shape, pool_tokens(wanted, shape, dtype, self._device), dtype, self._device)

    def grow_pool(self, tokens: int) -> None:
        """Make room for canvases of `tokens` positions in all, or as many as fit. Only while nothing runs."""
        if self._pool is None or self._pool.slots >= tokens or self.has_work():
            return
        self._pool = None
        self._runner = Runner(self.model, self.facts, None, self._device)
        self._pool = self._make_pool(tokens)
        self._runner = Runner(self.model, self.facts, self._pool, self._device)

    def _make_proxy(self, answer: Any) -> ModelProxy:
        model = self.model
        return ModelProxy(answer, self.facts, getattr(model, "config", None), self._device, model.dtype)


def run_all(
    engine: Engine, requests: Iterable[Request], algorithm: GenerationAlgorithm | None = None
) -> Iterable[Event]:
    """Add requests and step until all have ended; yields every event."""
    for request in requests:
        engine.add(request, algorithm=algorithm)
    while engine.has_work():
        yield from engine.step()


def _preview(row: Row, outcome: Outcome, before: Any) -> list[Event]:
    """What a step changed on the canvas, for a request that wants to see it."""
    if not row.request.preview or outcome.tokens is None:
        return []
    first = outcome.start - row.canvas.prompt_length
    changes = []
    for n in (outcome.tokens != before).nonzero()[0].tolist():
        token = int(outcome.tokens[n])
        remask = token < 0
        sure = None if remask or outcome.confidence is None else float(outcome.confidence[n])
        changes.append(
            Change(
                first + n,
                row.canvas.mask_id if remask else token,
                sure,
                row.forwards + 1,
                "remask" if remask else "commit",
            )
        )
    return [Preview(row.request.id, changes)] if changes else []
