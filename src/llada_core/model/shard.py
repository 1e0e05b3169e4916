"""Which part of a model a rank holds, where several compute it together.

Heads, the gated unit and the vocabulary are split; embedding, norms and hidden states are whole on every
rank. The outputs of attention and of the gated unit are parts of a sum over the ranks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from llada_core.errors import ParameterError
from llada_core.model.configuration import LLaDAConfig

if TYPE_CHECKING:
    from llada_core.kernels.meeting import Meeting


def alone(part: torch.Tensor) -> torch.Tensor:
    """The sum where there is one rank."""
    return part


def nowhere(_width: int, _dtype: torch.dtype) -> None:
    """Where one rank meets the others."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Rank `rank` of `size`."""

    rank: int = 0
    size: int = 1
    sum: Callable[[torch.Tensor], torch.Tensor] = alone
    """The sum of a tensor over all ranks, the same bits on each; the tensor itself may be overwritten."""
    meet: Callable[[int, torch.dtype], Meeting | None] = nowhere
    """Where rows of a width and type are summed by who reads them; None: nowhere. All ranks ask at once."""

    def share(self, whole: int) -> int:
        """How much of `whole` equal things a rank holds."""
        return whole // self.size

    def span(self, whole: int) -> slice:
        """Which of them this one holds."""
        part = self.share(whole)
        return slice(self.rank * part, (self.rank + 1) * part)


WHOLE = Shard()


def check_split(config: LLaDAConfig, size: int) -> None:
    """Refuse a number of ranks that a model cannot be split over.

    Raises:
        ParameterError: naming what does not split.
    """
    sizes = {
        "n_heads": config.n_heads,
        "n_kv_heads": config.kv_heads,
        "mlp_hidden_size": config.mlp_width,
        "embedding_size": config.logits_width,
    }
    for name, whole in sizes.items():
        if whole % size:
            raise ParameterError(
                "tensor_parallel", f"{size} ranks cannot share this model: its {name} is {whole}"
            )
