"""Matrix products whose rows do not depend on each other, to the bit.

cuBLAS picks another kernel, and with it another order of adding up, for another number of tokens. Here every
output is one sum over `K` in steps of fixed size. For a few tokens, where the product only reads weights,
this is also the faster one (H100: benchmarks/results).
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from llada_core.kernels.card import stages_that_fit

FEW = 32
"""Up to so many tokens the product is bound by reading the weights."""
FEW_WIDE = 65536
"""From this width of the output on (a vocabulary), wider tiles read better."""


@triton.jit
def _matmul(
    x, weight, scale, out, tokens, width, depth,
    TOKENS: tl.constexpr, WIDTH: tl.constexpr, DEPTH: tl.constexpr, SCALED: tl.constexpr,
):  # fmt: skip
    m = tl.program_id(1) * TOKENS + tl.arange(0, TOKENS)
    n = tl.program_id(0) * WIDTH + tl.arange(0, WIDTH)
    k = tl.arange(0, DEPTH)
    here, there = (m < tokens)[:, None], (n < width)[:, None]
    left = x + m.to(tl.int64)[:, None] * depth + k[None]
    right = weight + n.to(tl.int64)[:, None] * depth + k[None]
    sums = tl.zeros((TOKENS, WIDTH), tl.float32)
    for _ in range(0, depth, DEPTH):
        a = tl.load(left, mask=here, other=0.0)
        b = tl.load(right, mask=there, other=0)
        sums = tl.dot(a, tl.trans(b.to(a.dtype)), sums)
        left += DEPTH
        right += DEPTH
    if SCALED:
        sums = sums * tl.load(scale + n, mask=n < width, other=0.0)[None]
    to = out + m.to(tl.int64)[:, None] * width + n[None]
    tl.store(to, sums.to(out.dtype.element_ty), mask=here & (n < width)[None])


def _few(width: int, depth: int, integers: bool) -> tuple[int, int, int]:
    """Columns and depth of a tile, and stages, for few tokens: what read fastest on an H100."""
    if width >= FEW_WIDE:
        return 128, 128, 3
    if integers:
        return (64, 256, 3) if width >= 16384 else (128, 256, 3) if width >= 8192 else (32, 128, 5)
    if width >= 16384:
        return 64, 128, 3
    return (32, 256, 5) if width < 8192 else (32, 128, 4)


def matmul(
    x: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor | None = None, *, invariant: bool = False,
    out: torch.Tensor | None = None,
) -> torch.Tensor:  # fmt: skip
    """`x @ weight.T`, times `scale` a column: [tokens, width].

    Args:
        x: [tokens, depth], half precision; depth is a multiple of 16.
        weight: [width, depth], of the same dtype or int8.
        scale: float32 [width].
        invariant: the same tile sizes for any number of tokens.
        out: where the result goes.
    """
    x, weight = x.contiguous(), weight.contiguous()
    tokens, depth = x.shape
    width = weight.shape[0]
    if out is None:
        out = x.new_empty((tokens, width))
    if invariant or tokens > FEW:
        sizes = (64, 128, 64) if invariant or tokens <= 64 else (128, 128, 64)
        warps, stages = (4, 4) if sizes[0] == 64 else (8, 3)
    else:
        wide, deep, stages = _few(width, depth, weight.dtype == torch.int8)
        sizes, warps = (max(16, triton.next_power_of_2(tokens)), wide, deep), 4
    block_m, block_n, block_k = sizes
    while depth % block_k:
        block_k //= 2
    tile = block_k * (block_m * x.element_size() + block_n * weight.element_size())
    stages = stages_that_fit(stages, tile, 0, x.device)
    grid = (triton.cdiv(width, block_n), triton.cdiv(tokens, block_m))
    _matmul[grid](
        x, weight, scale, out, tokens, width, depth,
        TOKENS=block_m, WIDTH=block_n, DEPTH=block_k, SCALED=scale is not None,
        num_warps=warps, num_stages=stages,
    )  # fmt: skip
    return out
