"""The time that no forward can beat: bytes over the bandwidth of a copy, operations over the rate of a matrix
product."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import torch

from ..model.checkpoint import published_shapes
from .clock import median_ms

COPY_BYTES = {"cuda": 2**31, "cpu": 2**27}
PRODUCT = {"cuda": 8192, "cpu": 1024}
"""Rows and columns of the matrices that are multiplied."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a device was measured to do."""

    bytes: float
    """A second, read plus written, by a large copy."""
    operations: float
    """A second, of a large matrix product in the model's dtype."""


def measured_rates(device: torch.device, dtype: torch.dtype) -> Rates:
    """Of this device, now."""
    source = torch.empty(COPY_BYTES[device.type], dtype=torch.uint8, device=device).random_()
    target = torch.empty_like(source)
    size = PRODUCT[device.type]
    a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    copy = median_ms(lambda: target.copy_(source), 10, device)
    product = median_ms(lambda: a @ b, 10, device)
    return Rates(2 * source.numel() / copy * 1e3, 2 * size**3 / product * 1e3)


class Floors:
    """The floors of one model at measured rates."""

    def __init__(
        self, model: Any, rates: Rates, *, weight_bytes: float | None = None, ranks: int = 1
    ) -> None:
        """
        Args:
            weight_bytes: of a weight of the layers, where they are quantized; the output projection is not.
            ranks: devices like this one that compute the model together.
        """
        self.rates = rates
        sizes = {name: prod(shape) for name, shape in published_shapes(model.config).items()}
        size = model.dtype.itemsize
        embedding = sizes["model.transformer.wte.weight"]
        head = sizes.get("model.transformer.ff_out.weight", embedding)
        layers = sum(sizes.values()) - embedding - (0 if model.config.weight_tying else head)
        self._weights = (layers + head) / ranks
        self._bytes = (layers * (size if weight_bytes is None else weight_bytes) + head * size) / ranks
        kv_layers, kv_heads, width = model.kv_shape
        self._key = 2 * kv_layers * kv_heads * width * size

    def forward(self, tokens: int, keys: int) -> float:
        """Milliseconds of a forward over `tokens` tokens that reads `keys` keys and values from the pool."""
        return max(self.memory(keys), self.arithmetic(tokens))

    def memory(self, keys: int) -> float:
        """Of reading every weight but the embedding once, and the keys and values."""
        return float((self._bytes + keys * self._key) / self.rates.bytes * 1e3)

    def arithmetic(self, tokens: int) -> float:
        """Of two operations a weight and token."""
        return float(2 * self._weights * tokens / self.rates.operations * 1e3)
