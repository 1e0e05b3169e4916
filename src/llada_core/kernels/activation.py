"""The gated activation in one pass, and float8 activations."""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from llada_core.kernels.early import after_the_last, begins_early
from llada_core.kernels.scaled import Scaled, times


@triton.jit
def _gated(fused, units, scale, row, column, width, inside, SCALED: tl.constexpr):
    """silu(gate) * up at some columns of a row."""
    at = row * 2 * width + column
    gate = tl.load(fused + at, mask=inside, other=0.0)
    up = tl.load(fused + at + width, mask=inside, other=0.0)
    if SCALED:
        unit = tl.load(units + row)
        gate = times(gate, unit, tl.load(scale + column, mask=inside, other=0.0))
        up = times(up, unit, tl.load(scale + width + column, mask=inside, other=0.0))
    wide = gate.to(tl.float32)
    return (wide / (1 + tl.exp(-wide))).to(gate.dtype) * up


@triton.jit
def _silu_mul(
    fused, units, scale, out, width, SCALED: tl.constexpr, BLOCK: tl.constexpr, EARLY: tl.constexpr
):  # fmt: skip
    after_the_last(EARLY)
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < width
    value = _gated(fused, units, scale, row, column, width, inside, SCALED)
    tl.store(out + row * width + column, value, mask=inside)


@triton.jit
def _to_fp8(
    x, units, scale, out, scales, width,
    GATED: tl.constexpr, SCALED: tl.constexpr, BLOCK: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    after_the_last(EARLY)
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, BLOCK)
    inside = column < width
    if GATED:
        value = _gated(x, units, scale, row, column, width, inside, SCALED)
    else:
        value = tl.load(x + row * width + column, mask=inside, other=0.0)
        if SCALED:
            value = times(value, tl.load(units + row), tl.load(scale + column, mask=inside, other=0.0))
    value = value.to(tl.float32)
    unit = tl.maximum(tl.max(tl.abs(value), 0) / 448.0, 1e-12)
    tl.store(scales + row, unit)
    tl.store(out + row * width + column, (value / unit).to(out.dtype.element_ty), mask=inside)


def silu_mul(fused: Scaled) -> torch.Tensor:
    """silu(gate) * up, [tokens, width], of `fused` [tokens, 2 * width]: the gates, then the ups."""
    fused = fused.contiguous()
    tokens, width = fused.values.shape[0], fused.values.shape[1] // 2
    out = fused.values.new_empty((tokens, width))
    block = min(triton.next_power_of_2(width), 1024)
    grid = (tokens, triton.cdiv(width, block))
    early = begins_early(tokens, out.device)
    _silu_mul[grid](
        *fused, out, width, SCALED=fused.scaled, BLOCK=block, EARLY=early, num_warps=4, launch_pdl=early
    )
    return out


def to_fp8(x: Scaled, *, gated: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """`x` [tokens, width] as float8 e4m3 in units of float32 [tokens, 1]; `gated`: of `silu_mul(x)`."""
    x = x.contiguous()
    tokens, width = x.values.shape[0], x.values.shape[1] // (2 if gated else 1)
    out = x.values.new_empty((tokens, width), dtype=torch.float8_e4m3fn)
    scales = x.values.new_empty((tokens, 1), dtype=torch.float32)
    block = triton.next_power_of_2(width)
    warps = 16 if block >= 8192 else 8 if block >= 2048 else 4
    early = begins_early(tokens, out.device)
    _to_fp8[(tokens,)](
        *x, out, scales, width, GATED=gated, SCALED=x.scaled, BLOCK=block, EARLY=early,
        num_warps=warps, launch_pdl=early,
    )  # fmt: skip
    return out, scales
