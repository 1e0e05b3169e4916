"""Sums over GPUs of one machine inside of a kernel that goes over the numbers anyway.

Every GPU lays its part down in memory that the others can read, tells them, waits for their word, and reads
theirs; or, of few rows, writes it to them, each number with a mark by which they see that it has come, and
nobody waits for an answer. So a sum costs no kernel of its own; for small ones that is most of what a
library's sum takes.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import triton
import triton.language as tl


class Meeting(NamedTuple):
    """Where the ranks of a model lay down their parts of up to `rows` rows, in two halves.

    Sums use the halves in turn, so that a part may be overwritten without asking: whoever has been told of
    the sum in between has read it.
    """

    buffers: torch.Tensor | None
    """int64 [size]: the address of each rank's parts, half precision [2, rows, width]."""
    flags: torch.Tensor | None
    """int64 [size]: the address of each rank's int32 [rows, size], in which the others set theirs to 1."""
    words: torch.Tensor | None
    """int64 [size]: the address of each rank's int32 [2, size, few, width], which the others write: a number
    in the low half, and in the high one which sum of its row it belongs to."""
    turns: torch.Tensor | None
    """int32 [2, few]: how many sums of each row there have been, from 0 again after 32,767."""
    rank: int
    size: int
    rows: int
    few: int
    """Up to so many rows are sent number by number: at once, but twice as long."""
    width: int


NOBODY = Meeting(None, None, None, None, rank=0, size=1, rows=0, few=0, width=0)
"""Where there is one rank."""


@triton.jit
def over_ranks(
    part, buffers, flags, first, row, column, width, inside, RANK: tl.constexpr, RANKS: tl.constexpr
):
    """The sum over the ranks of one row of a matrix, added in their order, in float32; `first` is where the
    half in turn begins."""
    at = first + row * width + column
    mine = tl.multiple_of(tl.load(buffers + RANK).to(tl.pointer_type(part.dtype)), 16)
    tl.store(mine + at, part, mask=inside)
    tl.debug_barrier()
    for other in tl.static_range(RANKS):
        if other != RANK:
            told = tl.load(flags + other).to(tl.pointer_type(tl.int32)) + row * RANKS + RANK
            while tl.atomic_cas(told, 0, 1, sem="release", scope="sys") != 0:
                pass
    for other in tl.static_range(RANKS):
        if other != RANK:
            heard = tl.load(flags + RANK).to(tl.pointer_type(tl.int32)) + row * RANKS + other
            while tl.atomic_cas(heard, 1, 0, sem="acquire", scope="sys") != 1:
                pass
    tl.debug_barrier()
    total = tl.zeros_like(part).to(tl.float32)
    for other in tl.static_range(RANKS):
        if other == RANK:
            total += part.to(tl.float32)
        else:
            # Said to be aligned, for it would be read two bytes at a time.
            theirs = tl.multiple_of(tl.load(buffers + other).to(tl.pointer_type(part.dtype)), 16)
            total += tl.load(theirs + at, mask=inside, other=0.0, cache_modifier=".cg").to(tl.float32)
    return total.to(part.dtype)


@triton.jit
def over_ranks_at_once(
    part, words, turns, turn, half, few, row, column, width, inside, RANK: tl.constexpr, RANKS: tl.constexpr
):
    """The same for few rows, where `half` is in turn, and `turn` was read of `turns` for this row."""
    turn = (turn + 1) & 0x7FFF
    bits = part.to(tl.int16, bitcast=True).to(tl.int32) & 0xFFFF
    at = row * width + column
    for other in tl.static_range(RANKS):
        if other != RANK:
            theirs = tl.multiple_of(tl.load(words + other).to(tl.pointer_type(tl.int32)), 16)
            tl.store(theirs + (half * RANKS + RANK) * few * width + at, bits | (turn << 16), mask=inside)
    mine = tl.multiple_of(tl.load(words + RANK).to(tl.pointer_type(tl.int32)), 16)
    total = tl.zeros_like(part).to(tl.float32)
    for other in tl.static_range(RANKS):
        if other == RANK:
            total += part.to(tl.float32)
        else:
            sent = mine + (half * RANKS + other) * few * width + at
            word = tl.load(sent, mask=inside, other=turn << 16, volatile=True)
            while tl.max((word >> 16) ^ turn, 0) != 0:
                word = tl.load(sent, mask=inside, other=turn << 16, volatile=True)
            total += (word & 0xFFFF).to(tl.int16).to(part.dtype, bitcast=True).to(tl.float32)
    tl.store(turns + half * few + row, turn)  # all threads have met since they read it
    return total.to(part.dtype)
