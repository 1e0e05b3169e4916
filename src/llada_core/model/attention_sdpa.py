"""Attention by `scaled_dot_product_attention`: one call for all rows of equal query and key length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
import torch.nn.functional as F

from llada_core.model.kv_write import KVWriter
from llada_core.model.packed import Packed


@dataclass(frozen=True, slots=True)
class Strided:
    """Equally long runs at equal distances on the first axis: a view, no copy."""

    start: int
    distance: int
    rows: int
    length: int

    def take(self, source: torch.Tensor) -> torch.Tensor:
        """[rows, heads, length, head_dim] of `source` [n, heads, head_dim]."""
        n, h, d = source.stride()
        size = (self.rows, source.shape[1], self.length, source.shape[2])
        offset = source.storage_offset() + self.start * n
        return source.as_strided(size, (self.distance * n, h, n, d), offset)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Any positions of the first axis: a copy."""

    index: torch.Tensor
    """int64 [rows, length]."""

    def take(self, source: torch.Tensor) -> torch.Tensor:
        """[rows, heads, length, head_dim] of `source` [n, heads, head_dim]."""
        return source[self.index].transpose(1, 2)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows computed by one call."""

    queries: Strided | Gathered
    keys: Strided | Gathered
    pooled: bool
    """Whether `keys` indexes the pool's slots, not the packed tokens."""
    bias: torch.Tensor | None = None
    """Bool or float [rows, 1, length, length]."""


class SdpaAttention:
    """The backend for float32 and for the CPU."""

    def __init__(self, packed: Packed) -> None:
        self.kv = packed.kv
        self.writer = KVWriter(packed.kv) if packed.kv is not None else None
        self.starts = [0, *accumulate(packed.lengths)]
        self.device = packed.tokens.device
        self.groups: list[Group] = []
        order: list[int] = []
        for rows, group in (*self._groups(packed), *self._biased(packed)):
            self.groups.append(group)
            order += rows
        self.unsort = self._unsort(order, packed.lengths)

    def attend(self, layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """See `attention.Attention.attend`."""
        if self.kv is not None and self.writer is not None:
            self.writer.write(layer, k, v)
        outputs = []
        grouped = q.shape[1] != k.shape[1]
        for group in self.groups:
            keys, values = k, v
            if self.kv is not None and group.pooled:
                keys, values = self.kv.keys[layer], self.kv.values[layer]
            bias = group.bias
            attended = F.scaled_dot_product_attention(
                group.queries.take(q),
                group.keys.take(keys),
                group.keys.take(values),
                attn_mask=bias if bias is None or bias.dtype == torch.bool else bias.to(q.dtype),
                enable_gqa=grouped,
            )
            outputs.append(attended.transpose(1, 2).flatten(0, 1).flatten(1))
        if not outputs:
            return q.flatten(1)
        joined = outputs[0] if len(outputs) == 1 else torch.cat(outputs)
        return joined if self.unsort is None else joined[self.unsort]

    def _groups(self, packed: Packed) -> Iterator[tuple[list[int], Group]]:
        """The groups, each with its row numbers in the order in which its output holds them."""
        alike: dict[tuple[int, int, bool], list[int]] = defaultdict(list)
        reads = packed.kv.read_slots if packed.kv is not None else (None,) * len(packed.lengths)
        for row, (length, slots) in enumerate(zip(packed.lengths, reads, strict=True)):
            if length and (packed.bias is None or packed.bias[row] is None):
                alike[length, length if slots is None else len(slots), slots is not None].append(row)
        for (length, _, pooled), rows in alike.items():
            if not pooled:
                span = self._rows(rows, length)
                yield rows, Group(span, span, pooled=False)
            else:
                read = [slots for row in rows if (slots := reads[row]) is not None]
                for part, keys in self._slots(read):
                    members = rows[part]
                    yield members, Group(self._rows(members, length), keys, pooled=True)

    def _biased(self, packed: Packed) -> Iterator[tuple[list[int], Group]]:
        """The groups of the rows that have a bias, by length and kind."""
        alike: dict[tuple[int, torch.dtype], list[tuple[int, torch.Tensor]]] = defaultdict(list)
        for row, bias in enumerate(packed.bias or ()):
            if bias is not None and packed.lengths[row]:
                alike[packed.lengths[row], bias.dtype].append((row, bias))
        for (length, _), members in alike.items():
            rows = [row for row, _ in members]
            span = self._rows(rows, length)
            yield (
                rows,
                Group(span, span, pooled=False, bias=torch.stack([bias for _, bias in members])[:, None]),
            )

    def _rows(self, rows: Sequence[int], length: int) -> Strided | Gathered:
        starts = [self.starts[row] for row in rows]
        if len(rows) == 1 or rows[-1] - rows[0] == len(rows) - 1:
            return Strided(starts[0], length, len(rows), length)
        offsets = torch.arange(length, device=self.device)
        return Gathered(torch.tensor(starts, device=self.device)[:, None] + offsets)

    def _slots(self, slots: list[range | torch.Tensor]) -> Iterator[tuple[slice, Strided | Gathered]]:
        """Split equally long reads into runs that are each one view, or gather them all."""
        length = len(slots[0])
        starts = [s.start for s in slots if isinstance(s, range)]
        if len(starts) < len(slots):
            index = [torch.tensor(s, device=self.device) if isinstance(s, range) else s for s in slots]
            yield slice(0, len(slots)), Gathered(torch.stack(index))
            return
        first = 0
        while first < len(starts):
            stop = first + 1
            distance = max(starts[stop] - starts[first], 0) if stop < len(starts) else 0
            while stop < len(starts) and distance and starts[stop] - starts[stop - 1] == distance:
                stop += 1
            yield slice(first, stop), Strided(starts[first], distance, stop - first, length)
            first = stop

    def _unsort(self, order: list[int], lengths: Sequence[int]) -> torch.Tensor | None:
        """Where each packed token stands in the groups' joined output; None where it already stands there."""
        if order == sorted(order):
            return None
        tokens = torch.cat([torch.arange(self.starts[r], self.starts[r] + lengths[r]) for r in order])
        return tokens.argsort().to(self.device)
