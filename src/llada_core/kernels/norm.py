"""Residual sum and root mean square norm in one pass."""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from llada_core.kernels.early import after_the_last, begins_early
from llada_core.kernels.meeting import NOBODY, Meeting, over_ranks, over_ranks_at_once
from llada_core.kernels.scaled import Scaled, times


# One kernel for both halves, which is then there before ranks wait for each other.
@triton.jit(do_not_specialize=["half", "most", "few"])
def _add_norm(
    x,
    delta,
    units,
    scale,
    weight,
    total,
    normed,
    scales,
    buffers,
    flags,
    words,
    turns,
    half,
    most,
    few,
    eps,
    width,
    RANK: tl.constexpr,
    RANKS: tl.constexpr,
    AT_ONCE: tl.constexpr,
    PARTS: tl.constexpr,
    SCALED: tl.constexpr,
    FP8: tl.constexpr,
    BLOCK: tl.constexpr,
    EARLY: tl.constexpr,
):
    after_the_last(EARLY)
    row, rows = tl.program_id(0).to(tl.int64), tl.num_programs(0)
    column = tl.arange(0, BLOCK)
    inside = column < width
    if AT_ONCE:
        turn = tl.load(turns + half * few + row)
    value = tl.load(x + row * width + column, mask=inside, other=0.0)
    if PARTS:
        more = tl.load(delta + row * width + column, mask=inside, other=0.0)
        for part in tl.static_range(1, PARTS):
            more += tl.load(delta + (part * rows + row) * width + column, mask=inside, other=0.0)
        more = more.to(value.dtype)
        if SCALED:
            more = times(more, tl.load(units + row), tl.load(scale + column, mask=inside, other=0.0))
        if AT_ONCE:
            more = over_ranks_at_once(
                more, words, turns, turn, half, few, row, column, width, inside, RANK, RANKS
            )
        elif RANKS > 1:
            first = half * most * width
            more = over_ranks(more, buffers, flags, first, row, column, width, inside, RANK, RANKS)
        value = value + more
        tl.store(total + row * width + column, value, mask=inside)
    wide = value.to(tl.float32)
    shrink = tl.rsqrt(tl.sum(wide * wide, 0) / width + eps)
    result = (wide * shrink).to(value.dtype) * tl.load(weight + column, mask=inside, other=0.0)
    if FP8:
        result = result.to(tl.float32)
        unit = tl.maximum(tl.max(tl.abs(result), 0) / 448.0, 1e-12)
        tl.store(scales + row, unit)
        result = result / unit
    tl.store(normed + row * width + column, result.to(normed.dtype.element_ty), mask=inside)


def add_norm(
    x: torch.Tensor, delta: Scaled | None, weight: torch.Tensor, eps: float, *, fp8: bool = False,
    meeting: Meeting | None = None, half: int = 0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:  # fmt: skip
    """`x + delta`, its norm times `weight`, and for `fp8` the unit of each row of the norm.

    `x` and `delta` [tokens, width], `weight` [width]. With `fp8` the norm is float8 e4m3 in units of float32
    [tokens, 1]. The norm is `model.layers.RMSNorm`. With a `meeting`, `delta` is this rank's part of a sum
    over the ranks, and `half` says which half of their memory is in turn.
    """
    x, delta = x.contiguous(), delta if delta is None else delta.contiguous()
    tokens, width = x.shape
    total = x if delta is None else torch.empty_like(x)
    normed = torch.empty_like(x, dtype=torch.float8_e4m3fn if fp8 else x.dtype)
    scales = x.new_empty((tokens, 1), dtype=torch.float32) if fp8 else None
    block = triton.next_power_of_2(width)
    added = delta or Scaled(x)
    met = meeting or NOBODY
    early = begins_early(tokens, x.device)
    _add_norm[(tokens,)](
        x, *added, weight, total, normed, scales,
        met.buffers, met.flags, met.words, met.turns, half, met.rows, met.few, eps, width,
        RANK=met.rank, RANKS=met.size, AT_ONCE=tokens <= met.few, PARTS=0 if delta is None else added.parts,
        SCALED=added.scaled, FP8=fp8, BLOCK=block, EARLY=early,
        num_warps=8 if block >= 2048 else 4, launch_pdl=early,
    )  # fmt: skip
    return total, normed, scales
