"""The gated activation in one pass, and float8 activations."""

from __future__ import annotations

import torch
import triton
import triton.language as tl


@triton.jit
def _silu_mul(fused, out, width, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < width
    gate = tl.load(fused + row * 2 * width + column, mask=inside, other=0.0)
    up = tl.load(fused + row * 2 * width + width + column, mask=inside, other=0.0)
    wide = gate.to(tl.float32)
    tl.store(out + row * width + column, (wide / (1 + tl.exp(-wide))).to(gate.dtype) * up, mask=inside)


@triton.jit
def _to_fp8(x, out, scales, width, GATED: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, BLOCK)
    inside = column < width
    if GATED:
        gate = tl.load(x + row * 2 * width + column, mask=inside, other=0.0)
        up = tl.load(x + row * 2 * width + width + column, mask=inside, other=0.0)
        wide = gate.to(tl.float32)
        value = ((wide / (1 + tl.exp(-wide))).to(gate.dtype) * up).to(tl.float32)
    else:
        value = tl.load(x + row * width + column, mask=inside, other=0.0).to(tl.float32)
    unit = tl.maximum(tl.max(tl.abs(value), 0) / 448.0, 1e-12)
    tl.store(scales + row, unit)
    tl.store(out + row * width + column, (value / unit).to(out.dtype.element_ty), mask=inside)


def silu_mul(fused: torch.Tensor) -> torch.Tensor:
    """silu(gate) * up, [tokens, width], of `fused` [tokens, 2 * width]: the gates, then the ups."""
    fused = fused.contiguous()
    tokens, width = fused.shape[0], fused.shape[1] // 2
    out = fused.new_empty((tokens, width))
    block = min(triton.next_power_of_2(width), 1024)
    _silu_mul[(tokens, triton.cdiv(width, block))](fused, out, width, BLOCK=block, num_warps=4)
    return out


def to_fp8(x: torch.Tensor, *, gated: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """`x` [tokens, width] as float8 e4m3 in units of float32 [tokens, 1]; `gated`: of `silu_mul(x)`."""
    x = x.contiguous()
    tokens, width = x.shape[0], x.shape[1] // (2 if gated else 1)
    out = x.new_empty((tokens, width), dtype=torch.float8_e4m3fn)
    scales = x.new_empty((tokens, 1), dtype=torch.float32)
    block = triton.next_power_of_2(width)
    warps = 16 if block >= 8192 else 8 if block >= 2048 else 4
    _to_fp8[(tokens,)](x, out, scales, width, GATED=gated, BLOCK=block, num_warps=warps)
    return out, scales
