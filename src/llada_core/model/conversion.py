"""How published tensors become fused ones at load, and published ones again at save."""

from __future__ import annotations

from typing import Any

import torch
from transformers.conversion_mapping import register_checkpoint_conversion_mapping
from transformers.core_model_loading import Concatenate, ConversionOps, WeightConverter


class FuseHeads(Concatenate):
    """Query, key and value rows into one matrix. Keys and values may have fewer heads than queries."""

    @property
    def reverse_op(self) -> ConversionOps:
        """The operation that `save_pretrained` applies."""
        return SplitHeads()


class SplitHeads(ConversionOps):
    """The fused matrix back into query, key and value rows, of the sizes that the configuration gives."""

    @torch.no_grad()
    def convert(
        self,
        input_dict: dict[str, Any],
        source_patterns: list[str],
        target_patterns: list[str],
        **kwargs: Any,
    ) -> dict[str, Any]:
        """One fused tensor in, three out, under `target_patterns` in order."""
        (fused,) = input_dict.values()
        fused = fused[0] if isinstance(fused, list) else fused
        config = kwargs["config"]
        heads = (config.n_heads, config.kv_heads, config.kv_heads)
        parts = torch.split(fused, [config.head_dim * n for n in heads])
        return {name: part.contiguous() for name, part in zip(target_patterns, parts, strict=True)}

    @property
    def reverse_op(self) -> ConversionOps:
        """The operation that loading applies."""
        return FuseHeads()


def register_conversion() -> None:
    """Have transformers fuse LLaDA's tensors at load; calling it again changes nothing."""
    mapping: list[Any] = [
        WeightConverter(["q_proj.weight", "k_proj.weight", "v_proj.weight"], "qkv.weight", [FuseHeads()]),
        WeightConverter(["ff_proj.weight", "up_proj.weight"], "gate_up.weight", [Concatenate()]),
    ]
    register_checkpoint_conversion_mapping("llada", mapping, overwrite=True)
