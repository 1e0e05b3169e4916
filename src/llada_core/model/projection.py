"""Matrix products of the fused forward: weights in half precision, float8 or int8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
import torch.nn.functional as F
from torch import nn

from llada_core.kernels.activation import silu_mul, to_fp8
from llada_core.kernels.matmul import FEW, matmul
from llada_core.kernels.norm import add_norm
from llada_core.kernels.scaled import Scaled

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
        self, eps: float, device: torch.device, *, invariant: bool = False, summed: bool = False
    ) -> None:
        """
        Args:
            invariant: a row of the result has the same bits in any company.
            summed: what comes after attention and the gate is summed over processes, so it has no units.
        """
        self.eps, self.invariant, self.summed = eps, invariant, summed
        self._one = torch.ones((), device=device)

    def after_norm(
        self, x: torch.Tensor, delta: Scaled | None, norm: torch.Tensor, weight: Weight,
        out: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, Scaled]:  # fmt: skip
        """`x + delta`, and the product of its norm."""
        total, normed, units = add_norm(x, delta, norm, self.eps, fp8=weight.fp8)
        return total, self._product(normed, units, weight, x.dtype, out)

    def after_attention(self, attended: torch.Tensor, weight: Weight) -> Scaled:
        """The product of [tokens, width]."""
        if not weight.fp8:
            return self._product(attended, None, weight, attended.dtype)
        return self._product(*to_fp8(Scaled(attended)), weight, attended.dtype, summed=self.summed)

    def after_gate(self, fused: Scaled, weight: Weight) -> Scaled:
        """The product of silu(gate) * up."""
        dtype = fused.values.dtype
        if not weight.fp8:
            return self._product(silu_mul(fused), None, weight, dtype)
        return self._product(*to_fp8(fused, gated=True), weight, dtype, summed=self.summed)

    def _product(
        self, x: torch.Tensor, units: torch.Tensor | None, weight: Weight, dtype: torch.dtype,
        out: torch.Tensor | None = None, *, summed: bool = False,
    ) -> Scaled:  # fmt: skip
        few, right = len(x) <= FEW, weight.values.t()
        if self.invariant or few or (weight.scale is not None and units is None):
            if out is None:
                out = x.new_empty((len(x), len(weight.values)), dtype=dtype)
            invariant = self.invariant
            return Scaled(matmul(x, weight.values, weight.scale, units=units, invariant=invariant, out=out))
        if units is None or weight.scale is None:
            return Scaled(F.linear(x, weight.values) if out is None else torch.mm(x, right, out=out))
        # Fast accumulation rounds by a tenth of what float8 itself does.
        scaled_mm = partial(torch._scaled_mm, x, right, out_dtype=dtype, use_fast_accum=True)
        if summed or out is not None:
            result = scaled_mm(scale_a=units, scale_b=weight.scale[None])
            return Scaled(result if out is None else out.copy_(result))
        return Scaled(scaled_mm(scale_a=self._one, scale_b=self._one), units, weight.scale)


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
