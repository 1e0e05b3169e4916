"""LLaDA's forward on CUDA in half precision: what lies between the matrix products is fused.

Two forms of one forward. `hidden` takes packed rows of any lengths. `block` takes equally long block windows
whose other keys and values are in the pool; it reads nothing on the host, so that it can be captured as a
CUDA graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from llada_core.kernels.attention import SplitScratch, block_attention, rotate
from llada_core.kernels.scaled import Scaled
from llada_core.model.attention_even import EvenAttention
from llada_core.model.attention_varlen import VarlenAttention
from llada_core.model.packed import BlockWindows, Packed
from llada_core.model.projection import Products, Quantization, Weight, quantize_module, weight_of
from llada_core.model.rotary import rotary_angles

if TYPE_CHECKING:
    from torch import nn

    from llada_core.model.modeling import LLaDAForMaskedDiffusion

SPLIT_ROWS = 2
"""Up to so many rows their keys are split, so that all of the card works on them."""


class FusedForward:
    """The forward of one model, over the model's own weights."""

    def __init__(
        self,
        model: LLaDAForMaskedDiffusion,
        *,
        invariant: bool = False,
        quantization: Quantization | None = None,
    ) -> None:
        """
        Args:
            invariant: a row's numbers have the same bits in any company.
            quantization: what the layers' matrices become; the head and the embedding stay as they are.
        """
        transformer, config = model.transformer, model.config
        share = model.shard.share
        self.heads, self.kv_heads, self.width = share(config.n_heads), share(config.kv_heads), config.d_model
        device = model.device
        meeting = model.shard.meet(self.width, model.dtype)
        self.products = Products(
            config.rms_norm_eps, device, invariant=invariant, shard=model.shard, meeting=meeting
        )
        self.embedding = transformer.wte
        self.last_norm = transformer.ln_f.weight
        self.head_weight = Weight(transformer.head_weight)

        def take(module: nn.Module) -> Weight:
            if quantization is not None and module.weight is not None:
                quantize_module(module, quantization)
            return weight_of(module)

        self.layers = [
            (
                block.attn_norm.weight,
                take(block.qkv),
                take(block.attn_out),
                block.ff_norm.weight,
                take(block.gate_up),
                take(block.ff_out),
            )
            for block in transformer.layers()
        ]
        self.quantized = any(
            weight.scale is not None for weight in self.layers[0] if isinstance(weight, Weight)
        )
        positions = torch.arange(model.facts.context_length, device=device)
        cos, sin = rotary_angles(positions, config.head_dim, config.rope_theta)
        self.angles = cos[:, 0].contiguous(), sin[:, 0].contiguous()
        self.scratch = None if invariant else SplitScratch(SPLIT_ROWS, self.heads, config.head_dim, device)

    def hidden(self, packed: Packed) -> torch.Tensor:
        """Hidden states [n, d_model] of the wanted tokens before the final norm."""
        kv = packed.kv
        slots = None if kv is None else kv.slots(len(packed.tokens))
        pool = None if kv is None else (kv.keys, kv.values)
        return self.packed(packed.tokens, packed.positions, slots, pool, self.plan(packed), packed.wanted)

    def plan(self, packed: Packed, *, again: bool = False) -> VarlenAttention | EvenAttention:
        """The attention of a packed forward; reads the numbers on the host.

        Args:
            again: the forward's shape comes again, and its rows attend to themselves alone.
        """
        if again and not self.products.invariant and len(set(packed.lengths)) == 1:
            return EvenAttention(len(packed.lengths))
        return VarlenAttention(packed)

    def packed(
        self,
        tokens: torch.Tensor,
        positions: torch.Tensor,
        slots: torch.Tensor | None,
        pool: tuple[torch.Tensor, torch.Tensor] | None,
        attention: VarlenAttention | EvenAttention,
        wanted: torch.Tensor | None,
    ) -> torch.Tensor:
        """The same from tensors alone: int64 [tokens] each, `slots` as `KVAccess.slots` gives them, `wanted`
        as `Packed.wanted`."""

        def attend(layer: int, qkv: torch.Tensor) -> torch.Tensor:
            kept = None
            if pool is not None and slots is not None:
                kept = pool[0][layer], pool[1][layer], slots
            q, k, v = rotate(qkv, self.angles, positions, self.heads, self.kv_heads, kept)
            return attention.read(layer, q, k, v)

        x, delta = self._run(tokens, attend, wanted)
        return x if delta is None else self.products.add(x, delta, self.last_norm)[0]

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits [n, vocab] of hidden states [n, d_model]."""
        return self.products.after_norm(hidden, None, self.last_norm, self.head_weight)[1]

    def block(self, windows: BlockWindows, logits: torch.Tensor, places: torch.Tensor | None = None) -> None:
        """Write the windows' keys and values to the pool, and `logits` [n, vocab] at the n `places`, indices
        of tokens; None: at every token."""

        def attend(layer: int, qkv: torch.Tensor) -> torch.Tensor:
            keys, values = windows.keys[layer], windows.values[layer]
            scratch = self.scratch if len(windows.slot) <= SPLIT_ROWS else None
            where = windows.slot, windows.length, windows.first
            return block_attention(qkv, keys, values, self.angles, *where, self.heads, scratch)

        x, delta = self._run(windows.tokens, attend, places)
        self.products.after_norm(x, delta, self.last_norm, self.head_weight, logits)

    def _run(
        self,
        tokens: torch.Tensor,
        attend: Callable[[int, torch.Tensor], torch.Tensor],
        wanted: torch.Tensor | None,
    ) -> tuple[torch.Tensor, Scaled | None]:
        """The residual stream of the wanted tokens, and what the last layer adds to it."""
        x: torch.Tensor = self.embedding(tokens)
        delta: Scaled | None = None
        products = self.products
        for layer, (norm, qkv, out, ff_norm, gate_up, ff_out) in enumerate(self.layers):
            x, fused = products.after_norm(x, delta, norm, qkv)
            attended = attend(layer, fused)
            if wanted is not None and layer == len(self.layers) - 1:
                x, attended = x.index_select(0, wanted), attended.index_select(0, wanted)
                if not len(wanted):
                    return x, None
            delta = products.after_attention(attended, out)
            x, gated = products.before_gate(x, delta, ff_norm, gate_up)
            delta = products.after_gate(gated, ff_out)
        return x, delta
