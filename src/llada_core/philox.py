"""Counter-based random numbers: the same bits on every device, whoever the neighbours are.

Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). The key is a request's
seed, the counter is (position, forwards, stream, 0).
"""

from __future__ import annotations

import torch

_WORD = 0xFFFFFFFF
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_WEYL = (0x9E3779B9, 0xBB67AE85)

DRAW_STREAM = 0
"""The engine draws tokens from this stream."""
REMASKING_STREAM = 1
"""Ranks positions under `remasking="random"`."""
RULE_STREAMS = 16
"""Streams that rules and algorithms ask for start here."""

Words = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def philox4x32(counter: Words, key: tuple[torch.Tensor, torch.Tensor]) -> Words:
    """Ten rounds of Philox4x32 over int64 tensors that hold unsigned 32-bit words; shapes broadcast."""
    x0, x1, x2, x3 = counter
    k0, k1 = key
    for _ in range(10):
        low0, low1 = x0 * _MULTIPLIERS[0], x2 * _MULTIPLIERS[1]  # wraps at 64 bits; the bits are right
        x0, x1, x2, x3 = (
            ((low1 >> 32) & _WORD) ^ x1 ^ k0,
            low1 & _WORD,
            ((low0 >> 32) & _WORD) ^ x3 ^ k1,
            low0 & _WORD,
        )
        k0, k1 = (k0 + _WEYL[0]) & _WORD, (k1 + _WEYL[1]) & _WORD
    return x0, x1, x2, x3


def uniform(seed: torch.Tensor, position: torch.Tensor, forwards: torch.Tensor, stream: int) -> torch.Tensor:
    """Numbers in (0, 1), float64, 52 random bits each; int64 arguments broadcast to the result's shape."""
    key = (seed & _WORD, (seed >> 32) & _WORD)
    zero = torch.zeros_like(position)
    x0, x1, _, _ = philox4x32((position, forwards + zero, zero + stream, zero), key)
    bits = ((x0 >> 6) << 26) | (x1 >> 6)
    return (bits.to(torch.float64) + 0.5) * 2.0**-52
