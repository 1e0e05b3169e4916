"""Attention over packed rows: the choice of a backend, and what the backends share.

A backend is planned once a forward, from the rows' lengths and slots, and then called once a layer.
"""

from __future__ import annotations

from typing import Protocol

import torch

from llada_core.model.attention_sdpa import SdpaAttention
from llada_core.model.attention_varlen import VarlenAttention
from llada_core.model.packed import Packed

HALF = (torch.float16, torch.bfloat16)


class Attention(Protocol):
    """Bidirectional attention of one forward; a row sees its own tokens or its slots, never another row."""

    def attend(self, layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """Write what the forward keeps of `k` and `v` to layer `layer` of the pool, then attend.

        `q` [tokens, heads, head_dim], `k` and `v` [tokens, kv_heads, head_dim]. Returns
        [tokens, heads * head_dim].
        """
        ...


def plan_attention(packed: Packed, dtype: torch.dtype, head_dim: int) -> Attention:
    """The backend for one forward: flash attention over packed rows where there is one, else groups.

    Flash attention takes half precision on CUDA and heads whose width is a multiple of 8, at most 256, and no
    bias.
    """
    flash = packed.tokens.is_cuda and dtype in HALF and head_dim % 8 == 0 and head_dim <= 256
    if flash and packed.bias is None:
        return VarlenAttention(packed)
    return SdpaAttention(packed)
