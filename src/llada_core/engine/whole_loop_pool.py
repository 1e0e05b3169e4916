"""The whole-loop requests of an engine: their threads, and the forwards that answer them together."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch

from ..algorithm import GenerationAlgorithm
from ..errors import AlgorithmError, LladaError, OutOfMemoryError
from ..facts import ModelFacts
from .calls import logits_of, pack_calls
from .config import EngineConfig
from .events import Event, Failed
from .plugin_code import is_out_of_memory
from .proxy import ModelProxy
from .request import Request
from .runner import Model
from .scheduler import take_turns
from .whole_loop import WholeLoopRow

COMPANY = 0.002
"""Seconds that a parked call waits for others to park, so that they share a forward."""
PATIENCE = 0.05
"""Seconds that a step waits where there is nothing else to do."""


class WholeLoopPool:
    """At most `whole_loop_threads` threads, those of given-up requests included until they end."""

    def __init__(
        self,
        model: Model,
        config: EngineConfig,
        make_proxy: Callable[[Any], ModelProxy],
        device: torch.device,
    ) -> None:
        self._model = model
        self._config = config
        self._make_proxy = make_proxy
        self._device = device
        self._changed = threading.Condition()
        self._rows: dict[str, WholeLoopRow] = {}
        self._given_up: list[WholeLoopRow] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, request_id: str) -> bool:
        return request_id in self._rows

    @property
    def threads(self) -> bool:
        """Whether code of a request may be running now, be it one that was given up."""
        self._given_up = [row for row in self._given_up if row.alive]
        return bool(self._rows or self._given_up)

    def by_algorithm(self) -> Counter[str]:
        """Running requests by algorithm."""
        return Counter(row.request.algorithm for row in self._rows.values())

    def start(self, request: Request, algorithm: GenerationAlgorithm, facts: ModelFacts) -> bool:
        """Run a request in a thread of its own; False while all threads are taken, or too many positions."""
        self._given_up = [row for row in self._given_up if row.alive]
        if len(self._rows) + len(self._given_up) >= self._config.whole_loop_threads:
            for row in self._given_up:
                row.interrupt()
            return False
        positions = sum(_positions(row.request) for row in self._rows.values()) + _positions(request)
        if self._rows and positions > self._config.whole_loop_tokens:
            return False
        self._rows[request.id] = WholeLoopRow(request, algorithm, facts, self._make_proxy, self._changed)
        return True

    def cancel(self, request_id: str) -> bool:
        """Give a request up; its thread ends at its next call of the model."""
        row = self._rows.pop(request_id, None)
        if row is None:
            return False
        self._give_up(row)
        return True

    def gather(self, alone: bool) -> bool:
        """Whether a call waits for an answer or a loop has ended; waits a little for that.

        `alone` says that the engine has nothing else to do.
        """
        if not self._rows:
            return False
        rows = list(self._rows.values())
        with self._changed:
            if alone:
                self._changed.wait_for(lambda: any(row.waits for row in rows), PATIENCE)
            if any(row.waits for row in rows):
                self._changed.wait_for(lambda: all(row.waits for row in rows), COMPANY)
        return any(row.waits for row in rows) or any(self._silent(row) for row in rows)

    def tick(self, counts: Counter[str]) -> list[Event]:
        """Answer the parked calls with one forward, and report the loops that have ended."""
        events: list[Event] = []
        for row in [row for row in self._rows.values() if row.ended]:
            del self._rows[row.request.id]
            try:
                events += row.finish()
                counts["finished"] += 1
                counts["tokens"] += row.request.params.gen_length
            except LladaError as error:
                events.append(_failed(row, error, counts))
        for row in [row for row in self._rows.values() if self._silent(row)]:
            limit = self._config.whole_loop_silence
            row.interrupt()
            message = f"{row.request.algorithm} did not call the model for {limit:g} s"
            events.append(self._fail(row, AlgorithmError(message), counts))
        parked = [row for row in self._rows.values() if row.call is not None]
        rows = list(take_turns(parked, self._config.max_batched_tokens))
        if rows:
            events += self._answer(rows, counts)
        return events

    def _answer(self, rows: list[WholeLoopRow], counts: Counter[str]) -> list[Event]:
        events = [event for row in rows for event in row.preview()]
        counts["ticks"] += 1
        counts["rows"] += len(rows)
        counts["forwards"] += len(rows)
        calls = [row.call for row in rows if row.call is not None]
        packed = pack_calls(calls)
        try:
            logits = list(logits_of(calls, packed, self._model.hidden(packed), self._model.head))
        except LladaError as error:  # the model cannot compute what was asked
            return [*events, *(self._fail(row, error, counts) for row in rows)]
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            torch.cuda.empty_cache()
            message = f"out of memory on {self._device} with {len(rows)} requests in one forward"
            return [*events, self._fail(rows[-1], OutOfMemoryError(message), counts)]
        for row, answer in zip(rows, logits, strict=True):
            row.last_tick = counts["ticks"]
            row.answer(answer)
        return events

    def _silent(self, row: WholeLoopRow) -> bool:
        return not row.waits and time.monotonic() - row.since > self._config.whole_loop_silence

    def _fail(self, row: WholeLoopRow, error: LladaError, counts: Counter[str]) -> Event:
        del self._rows[row.request.id]
        self._give_up(row)
        return _failed(row, error, counts)

    def _give_up(self, row: WholeLoopRow) -> None:
        row.stop()
        self._given_up.append(row)


def _positions(request: Request) -> int:
    return request.copies * request.canvas_length


def _failed(row: WholeLoopRow, error: LladaError, counts: Counter[str]) -> Event:
    counts["failed"] += 1
    return Failed(request_id=row.request.id, code=error.code, message=str(error), field=error.field)
