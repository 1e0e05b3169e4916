"""The packed forward, as a graph where its shape comes again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch

from ..model.packed import Packed
from .graphs import Graphs

MOST_TOKENS = 4096
"""Larger forwards keep the card busy longer than the host needs to launch them."""
MOST_GRAPHS = 16
MOST_SHAPES = 4096
"""Shapes that are counted before counting starts anew."""
MEETINGS = 2
"""A shape is captured when it comes so often."""
Shape = tuple[tuple[int, ...], bool, int | None]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a captured forward reads, and where its result lies."""

    tokens: torch.Tensor
    positions: torch.Tensor
    slots: torch.Tensor | None
    wanted: torch.Tensor | None
    hidden: torch.Tensor
    attention: Any
    """Its plan, whose tensors the graph reads."""


class PackedForward:
    """Hidden states of packed rows. Graphs hold for rows that attend to themselves alone."""

    def __init__(self, model: Any, device: torch.device) -> None:
        self._model, self._device = model, device
        self._graphs = Graphs(device, MOST_GRAPHS)
        self._inputs: dict[Shape, Inputs] = {}
        self._met: Counter[Shape] = Counter()

    def hidden(self, packed: Packed) -> torch.Tensor:
        """Hidden states [n, d_model] of the wanted tokens, to be used before the next call."""
        kv = packed.kv
        own = packed.bias is None and (kv is None or all(slots is None for slots in kv.read_slots))
        if self._model.fused is None or not own or len(packed.tokens) > MOST_TOKENS:
            return self._eager(packed)
        shape = packed.lengths, kv is not None, None if packed.wanted is None else len(packed.wanted)
        if len(self._met) > MOST_SHAPES:
            self._met.clear()
        self._met[shape] += 1
        if self._met[shape] < MEETINGS:
            return self._eager(packed)
        if shape not in self._graphs:
            self._capture(shape, packed)
        inputs = self._inputs[shape]
        inputs.tokens.copy_(packed.tokens)
        inputs.positions.copy_(packed.positions)
        if kv is not None and inputs.slots is not None:
            inputs.slots.copy_(kv.slots(len(packed.tokens)))
        if packed.wanted is not None and inputs.wanted is not None:
            inputs.wanted.copy_(packed.wanted)
        self._graphs.replay(shape)
        return inputs.hidden

    def forget(self) -> None:
        """Give up what was captured."""
        self._graphs.clear()
        self._inputs.clear()

    def _eager(self, packed: Packed) -> torch.Tensor:
        hidden: torch.Tensor = self._model.hidden(packed)
        return hidden

    def _capture(self, shape: Shape, packed: Packed) -> None:
        fused, kv = self._model.fused, packed.kv
        tokens, positions = packed.tokens.clone(), packed.positions.clone()
        slots = None if kv is None else kv.slots(len(tokens))
        wanted = None if packed.wanted is None else packed.wanted.clone()
        count = len(tokens) if wanted is None else len(wanted)
        hidden = torch.empty((count, fused.width), dtype=self._model.dtype, device=self._device)
        attention = fused.plan(packed, again=True)
        pool = None if kv is None else (kv.keys, kv.values)
        self._inputs = {known: kept for known, kept in self._inputs.items() if known in self._graphs}
        self._inputs[shape] = Inputs(tokens, positions, slots, wanted, hidden, attention)

        def forward() -> None:
            hidden.copy_(fused.packed(tokens, positions, slots, pool, attention, wanted))

        self._graphs.hold(shape, forward)
