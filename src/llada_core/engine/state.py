"""Algorithm state: structs of tensors [rows, ...] that the engine makes, gathers, stores and frees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from ..algorithm import DenoisingAlgorithm
from ..canvas import Ids
from ..errors import AlgorithmError, LladaError
from ..facts import ModelFacts
from ..unmasking import UnmaskingRule
from .committer import Committer


class RowState:
    """The state of one row: a place in a batch of states, so that an unchanged batch is used again as it
    is."""

    def __init__(self, make: Callable[[], Any], per_block: bool) -> None:
        """`make` gives the fresh state of one row, or None; `per_block` starts anew at each block."""
        self._make = make
        self._per_block = per_block
        self._fresh = True
        self._batch: Any = None
        self._index = 0

    def enter_block(self) -> None:
        """A new block begins."""
        if self._per_block:
            self._fresh = True

    def store(self, batch: Any, index: int) -> None:
        """The row's new state is row `index` of `batch`."""
        self._batch, self._index = batch, index

    def marked(self, start: int) -> Ids | None:
        """Canvas positions that the field `window` (bool [rows, width]) marks; `start` is the region's first.

        Raises:
            AlgorithmError: the state has no such field.
        """
        batch, index = self.place()
        window = getattr(batch, "window", None)
        if not isinstance(window, torch.Tensor) or window.dtype != torch.bool:
            raise AlgorithmError("Window.STATE needs a state with a bool tensor `window` [rows, width]")
        return np.flatnonzero(window[index].cpu().numpy()) + start

    def place(self) -> tuple[Any, int]:
        """The batch that holds this row's state, and its index there."""
        if self._fresh:
            self._batch, self._index, self._fresh = self._make(), 0, False
        return self._batch, self._index


def gather(states: Sequence[RowState]) -> Any:
    """The states of some rows as one struct of tensors [rows, ...]; None if they have none."""
    places = [state.place() for state in states]
    first = places[0][0]
    if first is None:
        return None
    rows = len(places)
    if len(first[0]) == rows and all(batch is first and at == n for n, (batch, at) in enumerate(places)):
        return first
    fields = (torch.stack([batch[n][at] for batch, at in places]) for n in range(len(first)))
    return type(first)(*fields)


def check_state(new: Any, old: Any, who: str) -> None:
    """Refuse a state that is not shaped like the one before.

    Raises:
        AlgorithmError
    """
    if old is None or type(new) is not type(old):
        raise AlgorithmError(f"{who}: Update.state must be what init_state returns, got {type(new).__name__}")
    for name, a, b in zip(type(old)._fields, new, old, strict=True):
        if type(a) is not torch.Tensor or any(getattr(a, f) != getattr(b, f) for f in STAYS):
            got = f"{a.dtype} {tuple(a.shape)}" if isinstance(a, torch.Tensor) else type(a).__name__
            raise AlgorithmError(
                f"{who}: state.{name} must stay {b.dtype} {tuple(b.shape)} on {b.device}, got {got}"
            )


STAYS = ("shape", "dtype", "device", "layout")
"""What of a tensor of state a step may not change."""


def state_bytes(committer: Committer, width: int, facts: ModelFacts, device: torch.device) -> int:
    """Bytes that the state of one row takes; found out once a width, for that may be much.

    On the device without memory, `meta`, so that a state that is too large for any machine is only counted;
    where `init_state` computes with numbers, which `meta` does not have, on `device`.

    Raises:
        LladaError: `init_state` fails.
    """
    if type(committer.source).init_state in STATELESS:
        return 0
    if width not in committer.state_bytes:
        try:
            state = committer.init_state(width, facts, torch.device("meta"))
        except LladaError:
            state = committer.init_state(width, facts, device)
        fields = () if state is None else state
        committer.state_bytes[width] = sum(field.numel() * field.element_size() for field in fields)
    return committer.state_bytes[width]


STATELESS = (DenoisingAlgorithm.init_state, UnmaskingRule.init_state)
"""What classes without state inherit."""
