"""Models and cards, and what a forward of theirs cannot be faster than."""

from __future__ import annotations

import math
from dataclasses import dataclass

BLOCK = 32


@dataclass(frozen=True)
class Card:
    """An H100, with the rates measured in benchmarks/results."""

    memory: float = 80e9
    copy: float = 2.97e12
    """Bytes a second."""
    products: float = 766e12
    """Operations a second in bfloat16."""
    link: float = 300e9
    """Bytes a second and direction to the others of its host, through NCCL. Assumed."""
    latency: float = 12e-6
    """Seconds of an all-reduce with little in it. Assumed."""


@dataclass(frozen=True)
class Shape:
    """What decides about memory and time."""

    name: str
    layers: int
    width: int
    kv_width: int
    """Keys and values of a layer and token."""
    dense: float
    """Parameters that every token uses."""
    expert: float = 0.0
    """Parameters of one expert, over all layers."""
    experts: int = 0
    active: int = 0
    """Experts that a token uses."""
    bytes_each: float = 2.0
    """Of a parameter."""

    @property
    def parameters(self) -> float:
        """All of them."""
        return self.dense + self.experts * self.expert

    @property
    def weights(self) -> float:
        """Bytes."""
        return self.parameters * self.bytes_each

    @property
    def kv_token(self) -> float:
        """Bytes of keys and values of one token, in bfloat16."""
        return 2.0 * self.layers * self.kv_width

    def read(self, tokens: int) -> float:
        """Bytes of the weights that a forward of `tokens` touches, experts drawn evenly."""
        if not self.experts:
            return self.weights
        touched = self.experts * (1 - (1 - self.active / self.experts) ** tokens)
        return (self.dense + touched * self.expert) * self.bytes_each

    def operations(self, tokens: int) -> float:
        """Two for each weight that a token uses."""
        return 2.0 * tokens * (self.dense + self.active * self.expert)


LLADA_8B = Shape("LLaDA-8B", layers=32, width=4096, kv_width=2 * 4096, dense=8.02e9)
MIXTURE_100B = Shape(
    "100B mixture",
    layers=32,
    width=4096,
    kv_width=2 * 512,
    dense=3.1e9,
    expert=0.379e9,
    experts=256,
    active=8,
)
"""An assumed one of the size of LLaDA2.0-flash: 100B parameters, 6.1B of them for a token."""


@dataclass(frozen=True)
class Computed:
    """Times from the floors: weights read or products made, whichever takes longer, times what the measured
    model takes over its own floor, plus two all-reduces a layer."""

    shape: Shape
    card: Card
    gpus: int
    """That share a replica."""
    over_floor: float

    def block(self, rows: int) -> float:
        """See `Times`."""
        return self.canvas(rows * BLOCK)

    def canvas(self, tokens: int) -> float:
        """See `Times`."""
        reading = self.shape.read(tokens) / self.gpus / self.card.copy
        computing = self.shape.operations(tokens) / self.gpus / self.card.products
        return max(reading, computing) * self.over_floor + self._reductions(tokens)

    def _reductions(self, tokens: int) -> float:
        if self.gpus == 1:
            return 0.0
        size = 2 * tokens * self.shape.width * 2 * (self.gpus - 1) / self.gpus
        return 2 * self.shape.layers * (self.card.latency + size / self.card.link)


def gpus_for(shape: Shape, card: Card, rows: int, canvas: int) -> int:
    """Fewest GPUs (a power of two, so that heads split evenly) for weights, keys and values and a tenth."""
    needed = (shape.weights + rows * canvas * shape.kv_token) * 1.1
    return 2 ** max(0, math.ceil(math.log2(needed / card.memory)))
