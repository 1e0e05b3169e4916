"""Matrix products of the fused forward: weights in half precision, float8 or int8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import nn

from llada_core.kernels.activation import silu_mul, to_fp8
from llada_core.kernels.matmul import FEW, matmul
from llada_core.kernels.norm import add_norm

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

    def __init__(self, eps: float, *, invariant: bool = False) -> None:
        """`invariant`: a row of the result has the same bits in any company."""
        self.eps, self.invariant = eps, invariant

    def after_norm(
        self, x: torch.Tensor, delta: torch.Tensor | None, norm: torch.Tensor, weight: Weight,
        out: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
        """`x + delta`, and the product of its norm."""
        total, normed, units = add_norm(x, delta, norm, self.eps, fp8=weight.fp8)
        return total, self._product(normed, units, weight, x.dtype, out)

    def after_attention(self, attended: torch.Tensor, weight: Weight) -> torch.Tensor:
        """The product of [tokens, width]."""
        if not weight.fp8:
            return self._product(attended, None, weight, attended.dtype)
        return self._product(*to_fp8(attended), weight, attended.dtype)

    def after_gate(self, fused: torch.Tensor, weight: Weight) -> torch.Tensor:
        """The product of silu(gate) * up."""
        if not weight.fp8:
            return self._product(silu_mul(fused), None, weight, fused.dtype)
        return self._product(*to_fp8(fused, gated=True), weight, fused.dtype)

    def _product(
        self, x: torch.Tensor, units: torch.Tensor | None, weight: Weight, dtype: torch.dtype,
        out: torch.Tensor | None = None,
    ) -> torch.Tensor:  # fmt: skip
        few = len(x) <= FEW
        if units is not None and not few and not self.invariant:
            assert weight.scale is not None
            result = torch._scaled_mm(
                x, weight.values.t(), scale_a=units, scale_b=weight.scale[None], out_dtype=dtype
            )
            return result if out is None else out.copy_(result)
        if self.invariant or weight.scale is not None or few:
            if out is None:
                out = x.new_empty((len(x), len(weight.values)), dtype=dtype)
            return matmul(x, weight.values, weight.scale, units=units, invariant=self.invariant, out=out)
        if out is not None:
            return torch.mm(x, weight.values.t(), out=out)
        return F.linear(x, weight.values)


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
