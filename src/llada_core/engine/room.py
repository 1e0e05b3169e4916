"""Where running requests have their keys, values and state, and whether another one fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from ..algorithm import DenoisingAlgorithm
from ..errors import ContextLengthError, UnavailableError
from ..kv_cache import Extent, KVPool
from .buckets import logits_positions
from .committer import Committer
from .config import EngineConfig
from .memory import pool_tokens, working_bytes
from .request import Request
from .row import region_width
from .state import state_bytes

HELD_ANSWERS = 2
"""Logits that a script holds at once: it lets go of its last ones when it gets the next."""


@dataclass(frozen=True)
class Place:
    """What one running request owns."""

    extents: tuple[Extent, ...]
    """Slots of the row, and of its unguided twin; empty if the algorithm keeps nothing."""
    state_bytes: int


class Room:
    """The key/value pool of a model and the budget for state. A request gets all that it will need, or
    waits."""

    def __init__(
        self, model: Any, config: EngineConfig, device: torch.device, whole_loops: Callable[[], bool]
    ) -> None:
        """
        Args:
            whole_loops: tells whether some algorithm may ask for all logits of its canvases.

        Raises:
            LladaError: no memory is left for keys and values.
        """
        self._model = model
        self._config = config
        self._device = device
        self._whole_loops = whole_loops
        self._state_used = 0
        self._working = self._working_bytes()
        wanted = config.kv_tokens
        if wanted is None:
            wanted = 2 * config.max_rows * model.facts.context_length
        self.pool: KVPool | None = self._make_pool(wanted) if model.facts.cached else None

    @property
    def slots(self) -> int:
        """Size of the pool in canvas positions."""
        return 0 if self.pool is None else self.pool.slots

    @property
    def used(self) -> int:
        """Canvas positions that belong to running requests."""
        return 0 if self.pool is None else self.pool.used

    def check(self, request: Request, algorithm: DenoisingAlgorithm, committer: Committer) -> None:
        """Refuse what can never be let in.

        Raises:
            UnavailableError: the algorithm needs a cache that the model does not have.
            ContextLengthError: its canvas is larger than the pool, or its state than the budget.
        """
        if self.pool is None:
            if algorithm.needs_cache:
                raise UnavailableError(
                    f"algorithm {request.algorithm!r} keeps keys and values between forwards, and this model "
                    "only returns logits; load it with llada_core, or choose an algorithm without a cache, "
                    "such as basic"
                )
        elif algorithm.needs_cache is not False and request.copies * request.canvas_length > self.slots:
            twice = " twice, for guidance," if request.copies == 2 else ""
            raise ContextLengthError(
                "max_tokens",
                f"a canvas of {request.canvas_length} tokens (prompt and generated blocks){twice} does "
                f"not fit the key/value pool of {self.slots} tokens",
            )
        needed = self._state_bytes(request, committer)
        if needed > self._config.state_bytes:
            raise ContextLengthError(
                "max_tokens",
                f"{committer.name} needs {needed} bytes of state for this request, and the engine has "
                f"{self._config.state_bytes}",
            )

    def take(self, request: Request, algorithm: DenoisingAlgorithm, committer: Committer) -> Place | None:
        """A place for a request that `check` has let pass; None while there is none."""
        needed = self._state_bytes(request, committer)
        if self._state_used + needed > self._config.state_bytes:
            return None
        extents: list[Extent] = []
        if self.pool is not None and algorithm.needs_cache is not False:
            for _ in range(request.copies):
                extent = self.pool.reserve(request.canvas_length)
                if extent is None:
                    self._release(extents)
                    return None
                extents.append(extent)
        self._state_used += needed
        return Place(tuple(extents), needed)

    def give_back(self, place: Place) -> None:
        """Free what a request owned."""
        self._state_used -= place.state_bytes
        self._release(place.extents)

    def may_grow(self, tokens: int) -> bool:
        """Whether the pool is smaller than `tokens` and nothing is taken."""
        return self.pool is not None and self.pool.slots < tokens and not self.pool.used

    def grow(self, tokens: int) -> None:
        """Make room for canvases of `tokens` positions in all, or as many as fit; see `may_grow`."""
        self.pool = None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        self.pool = self._make_pool(tokens)

    def _make_pool(self, tokens: int) -> KVPool:
        if split := getattr(self._model, "make_pool", None):
            pool: KVPool = split(tokens, self._working)
            return pool
        shape, dtype = self._model.kv_shape, self._model.dtype
        fits = pool_tokens(tokens, shape, dtype, self._device, self._working)
        return KVPool(shape, fits, dtype, self._device)

    def _working_bytes(self) -> int | None:
        """What forwards take beside the pool, where it can be measured: activations, and logits that stay:
        those of blocks, and those that whole-loop algorithms hold."""
        if getattr(self._model, "fused", None) is None:
            return None
        config, model = self._config, self._model
        tokens = min(config.max_batched_tokens, config.max_rows * model.facts.context_length)
        positions = logits_positions(config.max_rows)
        held = HELD_ANSWERS * config.whole_loop_tokens if self._whole_loops() else 0
        stay: int = (positions + held) * model.logits_width * model.dtype.itemsize
        return stay + working_bytes(model, tokens, positions, self._device)

    def _state_bytes(self, request: Request, committer: Committer) -> int:
        width = region_width(committer, request.params.gen_length, request.params.block_length)
        return state_bytes(committer, width, self._model.facts, self._device)

    def _release(self, extents: list[Extent] | tuple[Extent, ...]) -> None:
        for extent in extents:
            if self.pool is not None:
                self.pool.release(extent)
