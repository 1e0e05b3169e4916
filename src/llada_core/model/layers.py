"""The layers of LLaDA over a packed `[tokens]` axis. A block is two pure halves around its attention."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import nn

from llada_core.model.configuration import LLaDAConfig
from llada_core.model.rotary import rotate
from llada_core.model.shard import WHOLE, Shard


class RMSNorm(nn.Module):
    """Root mean square normalisation (Zhang and Sennrich, 2019, eq. 4).

    Computed in float32, cast back to the input's dtype, and only then multiplied by the weight.
    """

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`x` [tokens, width] in any floating dtype; the same shape and dtype back."""
        wide = x.to(torch.float32)
        scale = torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)
        return (wide * scale).to(x.dtype) * self.weight


class Block(nn.Module):
    """One transformer layer: `project`, then attention by the caller, then `merge`.

    Queries, keys and values come from one matrix product, gate and up from another. Both halves are free of
    side effects, so that they can be compiled; writing keys and values happens between them. One rank of
    several has its share of the heads and of the gated unit.
    """

    def __init__(self, config: LLaDAConfig, shard: Shard = WHOLE) -> None:
        super().__init__()
        self.heads, self.kv_heads = shard.share(config.n_heads), shard.share(config.kv_heads)
        self.head_dim, self.sum = config.head_dim, shard.sum
        d_model, mlp_width = config.d_model, shard.share(config.mlp_width)
        fused_heads = self.heads + 2 * self.kv_heads
        self.attn_norm = RMSNorm(d_model, config.rms_norm_eps)
        self.qkv = nn.Linear(d_model, fused_heads * config.head_dim, bias=False)
        self.attn_out = nn.Linear(self.heads * config.head_dim, d_model, bias=False)
        self.ff_norm = RMSNorm(d_model, config.rms_norm_eps)
        self.gate_up = nn.Linear(d_model, 2 * mlp_width, bias=False)
        self.ff_out = nn.Linear(mlp_width, d_model, bias=False)

    def project(
        self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Queries [tokens, heads, head_dim], keys and values [tokens, kv_heads, head_dim], rotated."""
        fused = self.qkv(self.attn_norm(x)).unflatten(-1, (-1, self.head_dim))
        turned = rotate(fused[:, : self.heads + self.kv_heads], cos, sin)
        return turned[:, : self.heads], turned[:, self.heads :], fused[:, self.heads + self.kv_heads :]

    def merge(self, x: torch.Tensor, attended: torch.Tensor) -> torch.Tensor:
        """The block's output [tokens, d_model] from its input and the attention's [tokens, heads * width]."""
        x = x + self.sum(self.attn_out(attended))
        gate, up = self.gate_up(self.ff_norm(x)).chunk(2, dim=-1)
        return x + self.sum(self.ff_out(F.silu(gate) * up))


class Transformer(nn.Module):
    """Embedding, blocks, final norm and output projection, under the published tensor names."""

    def __init__(self, config: LLaDAConfig, shard: Shard = WHOLE) -> None:
        super().__init__()
        self.vocabulary = shard.span(config.logits_width)
        """The tokens that logits are computed of."""
        self.wte = nn.Embedding(config.logits_width, config.d_model)
        self.blocks = nn.ModuleList(Block(config, shard) for _ in range(config.n_layers))
        self.ln_f = RMSNorm(config.d_model, config.rms_norm_eps)
        tied = config.weight_tying
        width = shard.share(config.logits_width)
        self.ff_out = None if tied else nn.Linear(config.d_model, width, bias=False)

    def layers(self) -> Iterator[Block]:
        """The blocks, first to last."""
        for block in self.blocks:
            assert isinstance(block, Block)
            yield block

    def project_out(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits [n, vocab] of hidden states [n, d_model]: final norm, then the projection, tied or not."""
        return F.linear(self.ln_f(hidden), self.head_weight)

    @property
    def head_weight(self) -> torch.Tensor:
        """The output projection [vocab, d_model]: rows of the embedding where weights are tied."""
        return self.wte.weight[self.vocabulary] if self.ff_out is None else self.ff_out.weight
