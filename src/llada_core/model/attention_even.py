"""Attention of equally long rows, each over itself alone, by cuDNN.

Twice as fast as packed flash attention (benchmarks/results), but each new shape takes long to prepare: for
shapes that come again.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

BACKENDS = [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]
"""The first that takes the shapes is used."""


class EvenAttention:
    """The attention of one shape of forward."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def read(self, layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """[tokens, heads * head_dim]; `q` [tokens, heads, head_dim], `k` and `v` [tokens, kv_heads,
        head_dim], whatever the layer."""
        grouped = q.shape[1] != k.shape[1]
        q, k, v = (part.view(self.rows, -1, *part.shape[1:]).transpose(1, 2) for part in (q, k, v))
        with sdpa_kernel(BACKENDS, set_priority=True):
            attended = F.scaled_dot_product_attention(q, k, v, enable_gqa=grouped)
        return attended.transpose(1, 2).flatten(0, 1).flatten(1)
