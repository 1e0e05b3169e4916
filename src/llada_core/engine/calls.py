"""Calls of the model by whole-loop algorithms: packed into one forward, its logits dealt out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch

from ..model.packed import Packed


class Call(NamedTuple):
    """One call, checked, with its tensors on the model's device."""

    ids: torch.Tensor
    """int64 [batch, length]."""
    mask: torch.Tensor | None = None
    """bool [batch, length]; positions where it is False are not computed."""
    bias: torch.Tensor | None = None
    """[batch, length, length] from query to key, bool (True: seen) or float (added to the scores)."""
    positions: torch.Tensor | None = None
    """int64 [batch, length]; None: counted from 0."""

    def clone(self) -> Call:
        """A copy that its maker cannot write to."""
        return Call(*(None if tensor is None else tensor.clone() for tensor in self))  # type: ignore[arg-type]

    def computed(self, row: int) -> torch.Tensor:
        """int64 indices of what is computed of a row."""
        if self.mask is None:
            return torch.arange(self.ids.shape[1], device=self.ids.device)
        return self.mask[row].nonzero()[:, 0]


def pack_calls(calls: Sequence[Call]) -> Packed:
    """All rows of all calls end to end; positions that an attention mask leaves out are not there."""
    tokens, positions, lengths = [], [], []
    biases: list[torch.Tensor | None] = []
    for call in calls:
        for n, line in enumerate(call.ids):
            where = call.computed(n)
            tokens.append(line[where])
            positions.append(where if call.positions is None else call.positions[n, where])
            lengths.append(len(where))
            biases.append(None if call.bias is None else call.bias[n][where][:, where])
    biased = any(bias is not None for bias in biases)
    return Packed(
        torch.cat(tokens), torch.cat(positions), tuple(lengths), bias=tuple(biases) if biased else None
    )


def unpack_logits(calls: Sequence[Call], packed: Packed, logits: torch.Tensor) -> list[torch.Tensor]:
    """Logits [batch, length, vocab] of each call, 0 where nothing was computed."""
    parts = iter(torch.split(logits, list(packed.lengths)))
    found = []
    for call in calls:
        full = logits.new_zeros(*call.ids.shape, logits.shape[1])
        for n in range(len(call.ids)):
            full[n, call.computed(n)] = next(parts)
        found.append(full)
    return found
