"""`ModelFacts` of a configuration alone, for a model that was not loaded from a folder."""

from __future__ import annotations

from llada_core.errors import CheckpointError
from llada_core.facts import ModelFacts
from llada_core.model.configuration import LLaDAConfig


def facts_from_config(config: LLaDAConfig) -> ModelFacts:
    """Facts without a tokenizer: ids as the configuration names them."""
    if config.mask_token_id is None:
        raise CheckpointError(
            "config.json: mask_token_id is missing; LLaDA cannot denoise without its mask token's id"
        )
    ends = config.eos_token_id
    return ModelFacts(
        mask_id=config.mask_token_id,
        end_ids=() if ends is None else (ends,) if isinstance(ends, int) else tuple(ends),
        bos_id=config.bos_token_id,
        context_length=config.max_sequence_length,
        vocab_size=config.logits_width,
        n_layers=config.n_layers,
    )
