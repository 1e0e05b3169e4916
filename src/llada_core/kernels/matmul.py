"""Matrix products whose rows do not depend on each other, to the bit.

cuBLAS picks another kernel, and with it another order of adding up, for another number of tokens. Here every
output is one sum over `K` in steps of fixed size. For a few tokens, where the product only reads weights,
this is also the faster one (H100: benchmarks/results).
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from llada_core.kernels.card import processors, stages_that_fit
from llada_core.kernels.early import after_the_last, begins_early

FEW = 32
"""Up to so many tokens the product is bound by reading the weights."""
FEW_WIDE = 65536
"""From this width of the output on (a vocabulary), wider tiles read better."""


@triton.jit
def _matmul(
    x, units, weight, scale, out, tokens, width, depth, share,
    TOKENS: tl.constexpr, WIDTH: tl.constexpr, DEPTH: tl.constexpr, UNITS: tl.constexpr, SCALED: tl.constexpr,
    TURNED: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    after_the_last(EARLY)
    m = tl.program_id(0) * TOKENS + tl.arange(0, TOKENS)
    n = tl.program_id(1) * WIDTH + tl.arange(0, WIDTH)
    part = tl.program_id(2)
    k = part * share + tl.arange(0, DEPTH)
    here, there = (m < tokens)[:, None], (n < width)[:, None]
    left = x + m.to(tl.int64)[:, None] * depth + k[None]
    right = weight + n.to(tl.int64)[:, None] * depth + k[None]
    # Turned, the weights are the left factor: tensor cores take no fewer than 64 rows from shared memory.
    sums = tl.zeros((WIDTH, TOKENS) if TURNED else (TOKENS, WIDTH), tl.float32)
    for _ in range(0, share, DEPTH):
        a = tl.load(left, mask=here, other=0.0)
        b = tl.load(right, mask=there, other=0.0)
        b = b.to(a.dtype)
        if TURNED:
            sums = tl.dot(b, tl.trans(a), sums, max_num_imprecise_acc=DEPTH)
        else:
            sums = tl.dot(a, tl.trans(b), sums, max_num_imprecise_acc=DEPTH)
        left += DEPTH
        right += DEPTH
    if TURNED:
        sums = tl.trans(sums)
    if UNITS:
        sums = sums * tl.load(units + m, mask=m < tokens, other=0.0)[:, None]
    if SCALED:
        sums = sums * tl.load(scale + n, mask=n < width, other=0.0)[None]
    to = out + (part * tokens + m).to(tl.int64)[:, None] * width + n[None]
    tl.store(to, sums.to(out.dtype.element_ty), mask=here & (n < width)[None])


def _few(width: int, weight: torch.dtype) -> tuple[int, int, int, bool]:
    """Columns and depth of a tile, stages, and whether it is turned, for few tokens: what read fastest on an
    H100."""
    if weight == torch.int8:
        wide, deep, stages = (
            (64, 256, 3) if width >= 16384 else (128, 256, 3) if width >= 8192 else (32, 128, 5)
        )
        return wide, deep, stages, False
    if width >= FEW_WIDE:
        return 128, 128, 3, False
    return 64, 128 * 2 // weight.itemsize, 3 if width >= 8192 else 6, True


def parts_of(tokens: int, weight: torch.Tensor) -> int:
    """How many parts keep a card busy with a few tokens' product: two where there are so few tiles that more
    than half of it would have nothing to read."""
    width, depth = weight.shape
    wide, deep, _, _ = _few(width, weight.dtype)
    tiles = triton.cdiv(width, wide)
    return 2 if tokens <= FEW and 2 * tiles <= processors(weight.device) and depth % (2 * deep) == 0 else 1


def matmul(
    x: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor | None = None, *,
    units: torch.Tensor | None = None, invariant: bool = False, out: torch.Tensor | None = None,
    parts: int = 1,
) -> torch.Tensor:  # fmt: skip
    """`x @ weight.T`, times `scale` a column and `units` a row: [tokens, width].

    Args:
        x: [tokens, depth], half precision, or float8 in `units`; depth is a multiple of 16.
        weight: [width, depth], of the same dtype or int8.
        scale: float32 [width].
        units: float32 [tokens, 1].
        invariant: the same tile sizes for any number of tokens.
        out: where the result goes; needed with `units`.
        parts: into how many the sums are cut (see `parts_of`); with several the result is float32
            [parts, tokens, width], and whoever reads it adds them up.
    """
    x, weight = x.contiguous(), weight.contiguous()
    tokens, depth = x.shape
    width = weight.shape[0]
    if out is None:
        shape, dtype = ((tokens, width), x.dtype) if parts == 1 else ((parts, tokens, width), torch.float32)
        out = x.new_empty(shape, dtype=dtype)
    if invariant or tokens > FEW:
        sizes, turned = (64, 128, 64) if invariant or tokens <= 64 else (128, 128, 64), False
        warps, stages = (4, 4) if sizes[0] == 64 else (8, 3)
    else:
        wide, deep, stages, turned = _few(width, weight.dtype)
        sizes, warps = (max(16, triton.next_power_of_2(tokens)), wide, deep), 4
    block_m, block_n, block_k = sizes
    share = depth // parts
    while share % block_k:
        block_k //= 2
    tile = block_k * (block_m * x.element_size() + block_n * weight.element_size())
    stages = stages_that_fit(stages, tile, 0, x.device)
    grid = (triton.cdiv(tokens, block_m), triton.cdiv(width, block_n), parts)
    early = begins_early(tokens, x.device)
    _matmul[grid](
        x, units, weight, scale, out, tokens, width, depth, share,
        TOKENS=block_m, WIDTH=block_n, DEPTH=block_k, UNITS=units is not None, SCALED=scale is not None,
        TURNED=turned, EARLY=early,
        num_warps=warps, num_stages=stages, launch_pdl=early,
    )  # fmt: skip
    return out
