"""LLaDA as a transformers model whose forward is packed: rows end to end, no padding, explicit positions."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM, PreTrainedModel
from transformers.modeling_outputs import MaskedLMOutput

from llada_core.checkpoints import build_facts, read_config
from llada_core.errors import CheckpointError, LladaError
from llada_core.facts import ModelFacts
from llada_core.kernels import triton_here
from llada_core.model.attention import HALF, plan_attention
from llada_core.model.checkpoint import check_checkpoint, llada_config, published_shapes
from llada_core.model.configuration import LLaDAConfig
from llada_core.model.conversion import register_conversion
from llada_core.model.layers import Transformer
from llada_core.model.packed import BlockWindows, Packed
from llada_core.model.rotary import rotary_angles
from llada_core.model.shard import WHOLE, Shard

if TYPE_CHECKING:
    from llada_core.model.fused import FusedForward
    from llada_core.model.projection import Quantization


class LLaDAForMaskedDiffusion(PreTrainedModel):  # type: ignore[no-untyped-call]
    """A bidirectional transformer that predicts the token at every position, unshifted (Nie et al., 2025).

    `hidden` and `head` are the two calls that an engine makes; `forward` is the Hugging Face form of both.
    """

    config_class = LLaDAConfig
    config: LLaDAConfig
    _no_split_modules = ["Block"]
    _supports_sdpa = True

    def __init__(self, config: LLaDAConfig, shard: Shard = WHOLE) -> None:
        super().__init__(config)
        self.shard = shard
        self.model = nn.ModuleDict({"transformer": Transformer(config, shard)})
        self.facts: ModelFacts = build_facts(config.to_dict())
        self.fused: FusedForward | None = None
        """The same forward for CUDA, once `accelerate` has made it."""
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: Any, *args: Any, **kwargs: Any) -> Self:
        """As the library's, from safetensors only, and a local folder's headers are checked first.

        Raises:
            CheckpointError: the folder does not hold exactly the tensors that its configuration asks for.
        """
        if not kwargs.setdefault("use_safetensors", True):
            raise CheckpointError("use_safetensors=False: pickled weights are never opened")
        folder = Path(pretrained_model_name_or_path or "", kwargs.get("subfolder") or "")
        if pretrained_model_name_or_path and folder.is_dir():
            config = kwargs.get("config")
            raw = read_config(folder)
            check_checkpoint(folder, config if isinstance(config, LLaDAConfig) else llada_config(folder, raw))
        model: Self = super().from_pretrained(pretrained_model_name_or_path, *args, **kwargs)
        return model

    @property
    def transformer(self) -> Transformer:
        """The layers."""
        module = self.model["transformer"]
        assert isinstance(module, Transformer)
        return module

    @property
    def kv_shape(self) -> tuple[int, int, int]:
        """(n_layers, n_kv_heads, head_dim): the shape of the keys, and of the values, of one token."""
        return self.config.n_layers, self.shard.share(self.config.kv_heads), self.config.head_dim

    @property
    def logits_width(self) -> int:
        """Logits of a position: as many as the vocabulary has entries, or a rank's share of them."""
        return self.shard.share(self.config.logits_width)

    @property
    def parameters_in_all(self) -> int:
        """Numbers in all weights, quantized ones too."""
        return sum(prod(shape) for shape in published_shapes(self.config).values())

    def get_input_embeddings(self) -> nn.Module:
        """The token embedding."""
        return self.transformer.wte

    def get_output_embeddings(self) -> nn.Module:
        """The output projection: the embedding itself where weights are tied."""
        return self.transformer.ff_out or self.transformer.wte

    def accelerate(self, *, invariant: bool = False, quantization: Quantization | None = None) -> bool:
        """Compute by the fused forward from now on, if there is one here; see `model.fused`.

        The weights must not move or change afterwards, and with `quantization` the model can no longer be
        saved.
        """
        if has_fused(self):
            from llada_core.model.fused import FusedForward

            self.fused = FusedForward(self, invariant=invariant, quantization=quantization)
        return self.fused is not None

    def hidden(self, packed: Packed) -> torch.Tensor:
        """Hidden states [n, d_model] of the wanted tokens before the final norm; writes keys/values as
        `packed.kv` says."""
        kv = packed.kv
        if kv is None or kv.restore is None:
            return self._hidden(packed)
        saved = kv.keys[:, kv.restore], kv.values[:, kv.restore]
        hidden = self._hidden(packed)
        kv.keys[:, kv.restore], kv.values[:, kv.restore] = saved
        return hidden

    def _hidden(self, packed: Packed) -> torch.Tensor:
        if self.fused is not None:
            if packed.bias is None:
                return self.fused.hidden(packed)
            if self.fused.quantized:
                raise LladaError("an attention bias needs weights that are not quantized")
        transformer = self.transformer
        x: torch.Tensor = transformer.wte(packed.tokens)
        cos, sin = rotary_angles(packed.positions, self.config.head_dim, self.config.rope_theta)
        attention = plan_attention(packed, x.dtype, self.config.head_dim)
        for layer, block in enumerate(transformer.layers()):
            attended = attention.attend(layer, *block.project(x, cos, sin))
            if packed.wanted is not None and layer == self.config.n_layers - 1:
                x, attended = x[packed.wanted], attended[packed.wanted]
                if not len(x):
                    return x
            x = block.merge(x, attended)
        return x

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits [n, vocab] of any hidden states [n, d_model]."""
        if self.fused is not None:
            return self.fused.head(hidden)
        return self.transformer.project_out(hidden)

    def block(self, windows: BlockWindows, logits: torch.Tensor, places: torch.Tensor | None = None) -> None:
        """Write the windows' keys and values to the pool, and `logits` [n, vocab] at the n `places`, indices
        of tokens; None: at every token."""
        if self.fused is not None:
            self.fused.block(windows, logits, places)
            return
        logits.copy_(self.head(self.hidden(replace(windows.packed(), wanted=places))))

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        attention_bias: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
    ) -> MaskedLMOutput:
        """Logits [batch, length, vocab] of `input_ids` [batch, length].

        Args:
            attention_mask: [batch, length]; positions where it is 0 are left out of the forward: nothing
                attends to them and their logits are 0.
            attention_bias: [batch, length, length] from query to key, bool (True: seen) or float (added to
                the scores).
            position_ids: int64 [batch, length]; None: from 0 over the whole row, padding included.
        """
        batch, length = input_ids.shape
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        if attention_mask.shape != input_ids.shape:
            raise ValueError(
                f"attention_mask: expected the shape of input_ids, {tuple(input_ids.shape)}, "
                f"got {tuple(attention_mask.shape)}"
            )
        attended = attention_mask != 0
        if position_ids is not None and int(position_ids.max()) >= self.facts.context_length:
            raise ValueError(f"position_ids: the model's context has {self.facts.context_length} positions")
        if position_ids is None:
            position_ids = torch.arange(length, device=input_ids.device).expand(batch, length)
        lengths = tuple(attended.sum(1).tolist())
        bias = None
        if attention_bias is not None:
            bias = tuple(row[seen][:, seen] for row, seen in zip(attention_bias, attended, strict=True))
        logits = self.head(
            self.hidden(Packed(input_ids[attended], position_ids[attended], lengths, bias=bias))
        )
        if sum(lengths) == batch * length:
            return MaskedLMOutput(logits=logits.view(batch, length, -1))
        padded = logits.new_zeros(batch, length, logits.shape[-1])
        padded[attended] = logits
        return MaskedLMOutput(logits=padded)


def has_fused(model: LLaDAForMaskedDiffusion) -> bool:
    """Whether the fused forward can compute this model here: CUDA, Triton, half precision, and sizes that its
    kernels take."""
    width, share = model.config.head_dim, model.shard.share
    return (
        model.device.type == "cuda"
        and model.dtype in HALF
        and triton_here()
        and width in (32, 64, 128, 256)
        and model.config.d_model % 16 == 0
        and share(model.config.mlp_width) % 16 == 0
    )


def register() -> None:
    """Make the Auto classes build this class for `model_type: "llada"`; calling it again changes nothing."""
    register_conversion()
    AutoConfig.register("llada", LLaDAConfig, exist_ok=True)
    AutoModel.register(LLaDAConfig, LLaDAForMaskedDiffusion, exist_ok=True)
    AutoModelForMaskedLM.register(LLaDAConfig, LLaDAForMaskedDiffusion, exist_ok=True)
