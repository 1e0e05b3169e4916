"""A random LLaDA that runs in milliseconds, of any depth."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from ..model import LLaDAConfig, LLaDAForMaskedDiffusion
from ..model.packed import Packed

VOCAB, MASK_ID, END_ID, CONTEXT = 61, 60, 59, 128


@lru_cache(maxsize=8)
def tiny_model(n_layers: int = 2, seed: int = 0, d_model: int = 32) -> LLaDAForMaskedDiffusion:
    """A LLaDA of random float32 weights on the CPU: vocabulary 61, mask id 60, end id 59, context 128.

    With one layer a position's keys and values depend on its own token alone, so an algorithm that reuses
    them must give exactly what it gives without a cache. From two layers on they depend on everything, so it
    must not, unless its cache is never read.
    """
    config = LLaDAConfig(
        d_model=d_model,
        n_heads=2,
        n_layers=n_layers,
        mlp_hidden_size=48,
        vocab_size=VOCAB,
        embedding_size=VOCAB,
        max_sequence_length=CONTEXT,
        rope_theta=10000.0,
        mask_token_id=MASK_ID,
        eos_token_id=END_ID,
    )
    generator = torch.Generator().manual_seed(seed)
    model = LLaDAForMaskedDiffusion(config)
    with torch.no_grad():
        for weight in model.parameters():
            scale = 1.0 if weight.dim() == 1 else 3.0 / weight.shape[-1] ** 0.5
            weight.copy_(torch.randn(weight.shape, generator=generator) * scale)
    model.requires_grad_(False).train(False)
    return model


class Wrapped:
    """A model that counts its forwards, and whose logits carry a bias."""

    def __init__(self, model: LLaDAForMaskedDiffusion, bias: dict[int, float] | None = None) -> None:
        self._model = model
        self._bias = torch.zeros(VOCAB)
        for token, value in (bias or {}).items():
            self._bias[token] = value
        self.forwards = 0
        """Packed forwards so far."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def hidden(self, packed: Packed) -> torch.Tensor:
        """Hidden states of the model."""
        self.forwards += 1
        return self._model.hidden(packed)

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """Its logits, with the bias."""
        return self._model.head(hidden) + self._bias
