"""How far a model's logits are from the same weights in float32."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import torch

from ..model.attention_sdpa import SdpaAttention
from ..model.packed import Packed
from ..model.rotary import rotary_angles

EVERY = 37
"""Logits of every so manieth position are compared."""


def rows_of(model: Any, rows: int, length: int) -> Packed:
    """`rows` packed rows of random tokens."""
    chance = torch.Generator().manual_seed(1)
    ids = torch.randint(0, model.facts.vocab_size, (rows * length,), generator=chance).to(model.device)
    positions = torch.arange(length, device=model.device).repeat(rows)
    return Packed(ids, positions, (length,) * rows)


@torch.inference_mode()
def logits(model: Any, packed: Packed) -> torch.Tensor:
    """Of every `EVERY`th position."""
    found: torch.Tensor = model.head(model.hidden(packed)[::EVERY])
    return found


@torch.inference_mode()
def exact_logits(model: Any, packed: Packed) -> torch.Tensor:
    """The same in float32, one layer's weights widened at a time; the model must hold them unquantized."""
    layers = model.transformer
    x = layers.wte(packed.tokens).float()
    angles = rotary_angles(packed.positions, model.config.head_dim, model.config.rope_theta)
    attention = SdpaAttention(packed)
    for n, block in enumerate(layers.layers()):
        wide = deepcopy(block).float()
        x = wide.merge(x, attention.attend(n, *wide.project(x, *angles)))
    normed = deepcopy(layers.ln_f).float()(x[::EVERY])
    head = layers.wte if layers.ff_out is None else layers.ff_out
    found: torch.Tensor = normed @ head.weight.float().T
    return found


def relative_error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """The largest of a row: norm of the difference over the norm."""
    pairs: Iterable[tuple[torch.Tensor, torch.Tensor]] = zip(found, wanted, strict=True)
    return max(float((a.double() - b.double()).norm() / b.double().norm()) for a, b in pairs)
