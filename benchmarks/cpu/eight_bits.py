"""Accuracy of a checkpoint whose layers' weights have 8 bits, computed on a CPU with the same numbers.

    python benchmarks/cpu/eight_bits.py none|fp8|int8 [ARGUMENTS of `llada eval`]

Weights are quantized as `--quantization` does it; with fp8 so are activations, a token at a time. The
products are then in float32, where a GPU rounds a little more.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

import llada_core.model
from llada_core.cli import main
from llada_core.model import load_model

LARGEST = {"fp8": 448.0, "int8": 127.0}


def rounded(values: torch.Tensor, kind: str) -> torch.Tensor:
    """Each row as its units times 8-bit numbers."""
    unit = values.abs().amax(-1, keepdim=True).clamp(min=1e-12) / LARGEST[kind]
    if kind == "fp8":
        return (values / unit).to(torch.float8_e4m3fn).float() * unit
    return (values / unit).round() * unit


class EightBits(nn.Module):
    """A linear layer with 8-bit weights, and with fp8 8-bit inputs."""

    def __init__(self, linear: nn.Linear, kind: str) -> None:
        super().__init__()
        self.weight, self.kind = nn.Parameter(rounded(linear.weight, kind), requires_grad=False), kind

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The product of [tokens, depth]."""
        return F.linear(rounded(x, "fp8") if self.kind == "fp8" else x, self.weight)


def quantized(kind: str) -> Any:
    """`load_model`, with the layers' matrices replaced."""

    def load(*arguments: Any, **options: Any) -> Any:
        model = load_model(*arguments, **options)
        for block in model.transformer.layers():
            for name in ("qkv", "attn_out", "gate_up", "ff_out"):
                setattr(block, name, EightBits(getattr(block, name), kind))
        return model

    return load


if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    if kind != "none":
        llada_core.model.load_model = quantized(kind)
    main(["eval", "--device", "cpu", *words])
