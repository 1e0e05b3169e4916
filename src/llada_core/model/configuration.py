"""`config.json` of a LLaDA checkpoint: the published keys; every option not implemented here is refused."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from transformers import PreTrainedConfig

from llada_core.errors import CheckpointError

logger = logging.getLogger(__name__)

IMPLEMENTED: dict[str, tuple[Any, ...]] = {
    "block_type": ("llama",),
    "block_group_size": (1, None),
    "activation_type": ("silu",),
    "layer_norm_type": ("rms",),
    "layer_norm_with_affine": (True,),
    "rope": (True,),
    "rope_full_precision": (True,),
    "alibi": (False, None),
    "attention_layer_norm": (False, None),
    "input_emb_norm": (False, None),
    "scale_logits": (False, None),
    "include_bias": (False,),
    "include_qkv_bias": (False, None),
    "bias_for_layer_norm": (False, None),
    "rope_scaling": (None,),
    "rope_parameters": (None,),
    "sliding_window": (None,),
    "quantization_config": (None,),
}
"""The options that change the arithmetic, and the values under which it is the one implemented here."""

SIZES = (
    "d_model",
    "n_heads",
    "n_kv_heads",
    "n_layers",
    "mlp_hidden_size",
    "vocab_size",
    "embedding_size",
    "max_sequence_length",
)

INERT = frozenset(
    {
        "alibi_bias_max",
        "attention_dropout",
        "attention_layer_norm_with_affine",
        "auto_map",
        "embedding_dropout",
        "eot_token_id",
        "flash_attention",
        "init_cutoff_factor",
        "init_device",
        "init_fn",
        "init_std",
        "model_type",
        "multi_query_attention",
        "name_or_path",
        "precision",
        "residual_dropout",
        "tie_word_embeddings",
        "tokenizer_class",
        "torch_dtype",
        "use_cache",
    }
)
"""Published keys without a say in inference: initialisation, dropout, kernels; and those read elsewhere."""


class LLaDAConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """Shape and constants of one LLaDA checkpoint, under the names that its `config.json` uses.

    The defaults are LLaDA-8B's. An option whose value would need other arithmetic than this package's is a
    `CheckpointError` naming key and value.
    """

    model_type = "llada"
    attribute_map: ClassVar[dict[str, str]] = {
        "hidden_size": "d_model",
        "num_attention_heads": "n_heads",
        "num_key_value_heads": "n_kv_heads",
        "num_hidden_layers": "n_layers",
        "intermediate_size": "mlp_hidden_size",
        "max_position_embeddings": "max_sequence_length",
    }

    d_model: int = 4096
    n_heads: int = 32
    n_kv_heads: int | None = None
    """Fewer than `n_heads`: grouped queries. None: as many as heads, or one with `multi_query_attention`."""
    n_layers: int = 32
    mlp_ratio: int = 4
    mlp_hidden_size: int | None = None
    """Width of the gated unit; None means `mlp_ratio * d_model`."""
    vocab_size: int = 126464
    embedding_size: int | None = None
    """Rows of the embedding and of the output projection; None means `vocab_size`."""
    max_sequence_length: int = 4096
    rope_theta: float = 500000.0
    rms_norm_eps: float = 1e-5
    weight_tying: bool = False
    """Whether the output projection is the embedding; the checkpoint then has no `ff_out` but the blocks'."""
    mask_token_id: int | None = None
    eos_token_id: int | list[int] | None = None
    bos_token_id: int | None = None
    pad_token_id: int | None = None
    block_type: str = "llama"
    block_group_size: int | None = 1
    activation_type: str = "silu"
    layer_norm_type: str = "rms"
    layer_norm_with_affine: bool = True
    rope: bool = True
    rope_full_precision: bool = True
    alibi: bool | None = False
    attention_layer_norm: bool | None = False
    input_emb_norm: bool | None = False
    scale_logits: bool | None = False
    include_bias: bool = False
    include_qkv_bias: bool | None = False
    bias_for_layer_norm: bool | None = False

    def __post_init__(self, **kwargs: Any) -> None:
        for key, allowed in IMPLEMENTED.items():
            value = kwargs.get(key, getattr(self, key, None))
            if value not in allowed:
                raise CheckpointError(
                    f"config.json: {key} = {value!r} is not implemented; expected {allowed[0]!r}. "
                    "This package computes the published LLaDA architecture only."
                )
        self._fill_sizes(kwargs.get("multi_query_attention"))
        self._check_sizes()
        known = set(IMPLEMENTED) | INERT | set(self.attribute_map) | set(vars(PreTrainedConfig()))
        for key in kwargs.keys() - known:
            if kwargs[key] and not key.startswith("_"):
                logger.warning(
                    "config.json: %s = %r is not an option of LLaDA; it has no effect", key, kwargs[key]
                )
        super().__post_init__(**kwargs)  # type: ignore[no-untyped-call]

    def _fill_sizes(self, multi_query: bool | None) -> None:
        if self.n_kv_heads is None:
            self.n_kv_heads = 1 if multi_query else self.n_heads
        elif multi_query is not None and multi_query != (self.n_kv_heads == 1):
            raise CheckpointError(
                f"config.json: multi_query_attention = {multi_query!r} and n_kv_heads = {self.n_kv_heads} "
                "contradict each other"
            )
        if self.mlp_hidden_size is None:
            self.mlp_hidden_size = self.mlp_ratio * self.d_model
        if self.embedding_size is None:
            self.embedding_size = self.vocab_size

    def _check_sizes(self) -> None:
        for key in SIZES:
            value = getattr(self, key)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise CheckpointError(f"config.json: {key} = {value!r}; expected a positive integer")
        for key in ("rope_theta", "rms_norm_eps"):
            value = getattr(self, key)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
                raise CheckpointError(f"config.json: {key} = {value!r}; expected a positive number")
        if self.d_model % self.n_heads or self.head_dim % 2:
            raise CheckpointError(
                f"config.json: d_model = {self.d_model} does not split into n_heads = {self.n_heads} "
                "heads of even width"
            )
        if self.n_heads % self.kv_heads:
            raise CheckpointError(
                f"config.json: n_heads = {self.n_heads} is not a multiple of n_kv_heads = {self.n_kv_heads}"
            )
        if self.logits_width < self.vocab_size:
            raise CheckpointError(
                f"config.json: embedding_size = {self.embedding_size} is below vocab_size = {self.vocab_size}"
            )

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.d_model // self.n_heads

    @property
    def kv_heads(self) -> int:
        """Heads of keys and values."""
        return self.n_kv_heads or self.n_heads

    @property
    def mlp_width(self) -> int:
        """Width of the gated unit."""
        return self.mlp_hidden_size or self.mlp_ratio * self.d_model

    @property
    def logits_width(self) -> int:
        """Width of the logits: rows of the embedding, which may exceed `vocab_size`."""
        return self.embedding_size or self.vocab_size
