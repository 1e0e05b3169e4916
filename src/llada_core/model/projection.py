"""Matrix products of the fused forward: weights in half precision, float8 or int8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import nn

from llada_core.kernels.activation import silu_mul, to_fp8
from llada_core.kernels.matmul import FEW, matmul, parts_of
from llada_core.kernels.meeting import Meeting
from llada_core.kernels.norm import add_norm
from llada_core.kernels.scaled import Scaled
from llada_core.model.shard import WHOLE, Shard

Quantization = Literal["fp8", "int8"]


@dataclass(frozen=True, slots=True)
class Weight:
    """A matrix [width, depth], and where it is quantized what its rows are in units of."""

    values: torch.Tensor
    """Half precision, float8 e4m3, or int8."""
    scale: torch.Tensor | None = None
    """float32 [width]."""

    @property
    def fp8(self) -> bool:
        """Whether activations are quantized too."""
        return self.values.dtype == torch.float8_e4m3fn


class Products:
    """`x @ weight.T` for what comes before it: a norm, attention, the gated activation."""

    def __init__(
        self, eps: float, device: torch.device, *, invariant: bool = False, shard: Shard = WHOLE,
        meeting: Meeting | None = None,
    ) -> None:  # fmt: skip
        """
        Args:
            invariant: a row of the result has the same bits in any company.
            shard: what comes after attention and the gate is a part of a sum over the ranks.
            meeting: where few tokens are summed as their norm is computed.
        """
        self.eps, self.invariant, self._shard, self._meeting = eps, invariant, shard, meeting
        self._one = torch.ones((), device=device)

    def after_norm(
        self, x: torch.Tensor, delta: Scaled | None, norm: torch.Tensor, weight: Weight,
        out: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
        """`x + delta`, and the product of its norm."""
        total, normed, units = self.add(x, delta, norm, fp8=weight.fp8)
        return total, self._product(normed, units, weight, x.dtype, out)

    def before_gate(
        self, x: torch.Tensor, delta: Scaled, norm: torch.Tensor, weight: Weight
    ) -> tuple[torch.Tensor, Scaled]:
        """The same for `after_gate`."""
        total, normed, units = self.add(x, delta, norm, fp8=weight.fp8, half=1)
        return total, self._in_units(normed, units, weight, x.dtype)

    def add(
        self, x: torch.Tensor, delta: Scaled | None, norm: torch.Tensor, *, fp8: bool = False, half: int = 0
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """`add_norm`, with `delta` from `after_attention` or `after_gate`, which are in turn."""
        meeting = self._meeting_of(len(x)) if delta is not None else None
        return add_norm(x, delta, norm, self.eps, fp8=fp8, meeting=meeting, half=half)

    def after_attention(self, attended: torch.Tensor, weight: Weight) -> Scaled:
        """The product of [tokens, width]."""
        x, units = to_fp8(Scaled(attended)) if weight.fp8 else (attended, None)
        return self._added(x, units, weight, attended.dtype)

    def after_gate(self, fused: Scaled, weight: Weight) -> Scaled:
        """The product of silu(gate) * up."""
        x, units = to_fp8(fused, gated=True) if weight.fp8 else (silu_mul(fused), None)
        return self._added(x, units, weight, fused.values.dtype)

    def _added(
        self, x: torch.Tensor, units: torch.Tensor | None, weight: Weight, dtype: torch.dtype
    ) -> Scaled:
        if not self.invariant and (parts := parts_of(len(x), weight.values)) > 1:
            part = Scaled(matmul(x, weight.values, weight.scale, units=units, parts=parts))
        else:
            part = self._in_units(x, units, weight, dtype)
        if self._shard.size == 1 or self._meeting_of(len(x)) is not None:
            return part
        return Scaled(self._shard.sum(part.plain(dtype)))

    def _meeting_of(self, tokens: int) -> Meeting | None:
        """Where so many tokens are summed; None: before they get there."""
        return self._meeting if self._meeting is not None and tokens <= self._meeting.rows else None

    def _in_units(
        self, x: torch.Tensor, units: torch.Tensor | None, weight: Weight, dtype: torch.dtype
    ) -> Scaled:
        """The product, its units left to who reads it where that is the faster way."""
        if units is None or weight.scale is None or self.invariant or len(x) <= FEW:
            return Scaled(self._product(x, units, weight, dtype))
        return Scaled(_scaled_mm(x, weight, self._one, self._one, dtype), units, weight.scale)

    def _product(
        self, x: torch.Tensor, units: torch.Tensor | None, weight: Weight, dtype: torch.dtype,
        out: torch.Tensor | None = None,
    ) -> torch.Tensor:  # fmt: skip
        few = len(x) <= FEW
        if self.invariant or few or (weight.scale is not None and units is None):
            if out is None:
                out = x.new_empty((len(x), len(weight.values)), dtype=dtype)
            return matmul(x, weight.values, weight.scale, units=units, invariant=self.invariant, out=out)
        if units is not None and weight.scale is not None:
            result = _scaled_mm(x, weight, units, weight.scale[None], dtype)
            return result if out is None else out.copy_(result)
        if out is not None:
            return torch.mm(x, weight.values.t(), out=out)
        return F.linear(x, weight.values)


def _scaled_mm(
    x: torch.Tensor, weight: Weight, units: torch.Tensor, scale: torch.Tensor, dtype: torch.dtype
) -> torch.Tensor:
    # Fast accumulation rounds by a tenth of what float8 itself does.
    return torch._scaled_mm(
        x, weight.values.t(), scale_a=units, scale_b=scale, out_dtype=dtype, use_fast_accum=True
    )


def quantize(weight: torch.Tensor, kind: Quantization) -> Weight:
    """A matrix [width, depth] with one unit a row: symmetric, its largest entry is the largest number."""
    values, scale = QUANTIZERS[kind](weight.float())
    return Weight(values, scale[:, 0].contiguous())


def quantize_module(module: nn.Module, kind: Quantization) -> None:
    """Replace the weight of a linear layer by its quantized form, which `weight_of` gives."""
    weight = module.weight
    assert isinstance(weight, torch.Tensor)
    module.quantized = quantize(weight, kind)  # type: ignore[assignment]
    module.weight = None  # type: ignore[assignment]


def weight_of(module: nn.Module) -> Weight:
    """The matrix of a linear layer, quantized or not."""
    quantized = getattr(module, "quantized", None)
    if isinstance(quantized, Weight):
        return quantized
    weight = module.weight
    assert isinstance(weight, torch.Tensor)
    return Weight(weight)


def _fp8(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 448
    return (weight / scale).to(torch.float8_e4m3fn), scale


def _int8(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
    return (weight / scale).round().to(torch.int8), scale


QUANTIZERS: dict[str, Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]] = {
    "fp8": _fp8,
    "int8": _int8,
}
