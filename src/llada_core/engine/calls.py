"""Calls of the model by whole-loop algorithms: packed into one forward, each with logits of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


def logits_of(
    calls: Sequence[Call], packed: Packed, hidden: torch.Tensor, head: Callable[[torch.Tensor], torch.Tensor]
) -> Iterator[torch.Tensor]:
    """Logits [batch, length, vocab] of each call, 0 where nothing was computed.

    Args:
        packed: the calls as `pack_calls` gives them.
        hidden: [tokens, d_model] of all of them.
        head: logits [n, vocab] of hidden states [n, d_model].
    """
    lengths = iter(packed.lengths)
    first = 0
    for call in calls:
        own = [next(lengths) for _ in call.ids]
        logits = head(hidden[first : first + sum(own)])
        first += sum(own)
        if call.mask is None:
            yield logits.view(*call.ids.shape, -1)
            continue
        full = logits.new_zeros(*call.ids.shape, logits.shape[1])
        for n, part in enumerate(torch.split(logits, own)):
            full[n, call.computed(n)] = part
        yield full
