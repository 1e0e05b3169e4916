"""The likelihood requests of an engine: samples of several share a forward."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import torch

from ..canvas import Flags, Ids
from ..errors import NonFiniteError, OutOfMemoryError
from ..facts import ModelFacts
from ..model.packed import Packed
from .config import EngineConfig
from .events import Event, Failed
from .likelihood import Estimate
from .likelihood_request import LikelihoodRequest
from .plugin_code import is_out_of_memory
from .runner import Model
from .scheduler import take_turns
from .upload import download, upload

CHUNK = 128
"""Positions whose logits exist at once, in float64 too. They take less than the activations did."""


class LikelihoodPool:
    """Runs them in turns, each with as many samples as a forward has room for."""

    def __init__(self, model: Model, facts: ModelFacts, config: EngineConfig, device: torch.device) -> None:
        self._model = model
        self._mask_id, self._max_tokens, self._device = facts.mask_id, config.max_batched_tokens, device
        self._open: dict[str, Estimate] = {}
        self._serial = 0

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, request_id: str) -> bool:
        return request_id in self._open

    def add(self, request: LikelihoodRequest) -> None:
        """Queue a request, which has been checked."""
        self._open[request.id] = Estimate(request, self._serial)
        self._serial += 1

    def cancel(self, request_id: str) -> bool:
        """Give a request up; False if there is none of this id."""
        return self._open.pop(request_id, None) is not None

    def tick(self, counts: Counter[str]) -> list[Event]:
        """One forward; what ended with it."""
        work = self._work()
        counts["ticks"] += 1
        counts["rows"] += len(work)
        counts["forwards"] += len(work)
        try:
            logs = self._run(work)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            torch.cuda.empty_cache()
            newest = max((estimate for estimate, _ in work), key=lambda estimate: estimate.serial)
            message = f"out of memory on {self._device} with {len(work)} samples in one forward"
            return [self._fail(newest, OutOfMemoryError(message), counts)]
        events: list[Event] = []
        for (estimate, _), found in zip(work, logs, strict=True):
            estimate.last_tick = counts["ticks"]
            if estimate.request.id not in self._open:
                continue
            if not np.isfinite(found).all():
                events.append(
                    self._fail(estimate, NonFiniteError("the model's logits are not finite"), counts)
                )
                continue
            estimate.take(found)
            if estimate.done:
                del self._open[estimate.request.id]
                counts["finished"] += 1
                events.append(estimate.result())
        return events

    def _work(self) -> list[tuple[Estimate, Flags]]:
        """Samples for one forward: those of who waited longest, then of the next."""
        found: list[tuple[Estimate, Flags]] = []
        room = self._max_tokens
        for estimate in take_turns(self._open.values(), self._max_tokens):
            for masked in estimate.left():
                if found and room < len(masked):
                    return found
                room -= len(masked)
                found.append((estimate, masked))
        return found

    def _run(self, work: list[tuple[Estimate, Flags]]) -> list[npt.NDArray[np.float64]]:
        """log p of the true tokens at the masks of each sample."""
        rows = [np.array(estimate.request.tokens, dtype=np.int64) for estimate, _ in work]
        shown = [np.where(masked, self._mask_id, row) for row, (_, masked) in zip(rows, work, strict=True)]
        lengths = tuple(len(row) for row in rows)
        positions: Ids = np.concatenate([np.arange(length) for length in lengths])
        tokens = upload(np.concatenate(shown), self._device)
        masked = np.concatenate([masked for _, masked in work])
        where, truth = upload(np.flatnonzero(masked), self._device), np.concatenate(rows)[masked]
        hidden = self._model.hidden(Packed(tokens, upload(positions, self._device), lengths, wanted=where))
        parts = [
            self._log_p(hidden[first : first + CHUNK], truth[first : first + CHUNK])
            for first in range(0, len(truth), CHUNK)
        ]
        ends = np.cumsum([masked.sum() for _, masked in work])[:-1]
        return np.split(np.concatenate(parts), ends)

    def _log_p(self, hidden: torch.Tensor, truth: Ids) -> npt.NDArray[np.float64]:
        log_p = self._model.head(hidden).double().log_softmax(1)
        return download(log_p.gather(1, upload(truth, self._device)[:, None])[:, 0])

    def _fail(
        self, estimate: Estimate, error: NonFiniteError | OutOfMemoryError, counts: Counter[str]
    ) -> Failed:
        del self._open[estimate.request.id]
        counts["failed"] += 1
        return Failed(request_id=estimate.request.id, code=error.code, message=str(error))
