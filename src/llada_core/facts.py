"""What an algorithm may know about the model it runs on."""

from __future__ import annotations

import msgspec


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of one checkpoint, read from its files, never constants in code."""

    mask_id: int
    """The id that stands for a masked position; the engine never draws it."""
    end_ids: tuple[int, ...] = ()
    """Ids that end a reply: end of text and end of turn. The first one fills what an early stop leaves."""
    bos_id: int | None = None
    context_length: int
    """Most canvas positions, prompt included."""
    vocab_size: int
    """Width of the logits, which may exceed the tokenizer's length."""
    n_layers: int = 0
    cached: bool = True
    """Whether the model can keep keys and values. A foreign module that only returns logits cannot."""
