"""Rotary position embedding in float32, rotate-half layout (Su et al., 2021, eq. 34)."""

from __future__ import annotations

import torch


def rotary_angles(positions: torch.Tensor, head_dim: int, theta: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosine and sine of `position * theta^(-2j / head_dim)`, each float32 [tokens, 1, head_dim / 2].

    `positions` is int64 [tokens], absolute.
    """
    exponents = torch.arange(0, head_dim, 2, device=positions.device, dtype=torch.float32) / head_dim
    angles = positions.to(torch.float32)[:, None, None] * (1.0 / theta**exponents)
    return angles.cos(), angles.sin()


def rotate(heads: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """`heads` [tokens, heads, head_dim] turned by its angles; computed in float32, returned as it came."""
    first, second = heads.to(torch.float32).chunk(2, dim=-1)
    rotated = torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)
    return rotated.to(heads.dtype)
