"""Counter-based random numbers: the same bits on every device, whoever the neighbours are.

Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). The key is a
request's seed, the counter is (position, forwards, stream, 0).
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
    """Ten rounds of Philox4x32 over int64 tensors that hold unsigned 32-bit words; shapes broadcast.

    The two halves of a round, words (0, 1) and words (2, 3), run as one tensor: half the operations.
    """
    x0, x1, x2, x3, k0, k1 = torch.broadcast_tensors(*counter, *key)  # type: ignore[no-untyped-call]
    even, odd, keys = torch.stack((x0, x2)), torch.stack((x1, x3)), torch.stack((k0, k1))
    multiplier = torch.stack((torch.full_like(k0, _MULTIPLIERS[0]), torch.full_like(k0, _MULTIPLIERS[1])))
    weyl = torch.stack((torch.full_like(k0, _WEYL[0]), torch.full_like(k0, _WEYL[1])))
    for _ in range(10):
        product = (even * multiplier).flip(0)  # wraps at 64 bits; the bits are right
        even, odd = ((product >> 32) ^ odd ^ keys) & _WORD, product & _WORD
        keys = keys + weyl
    return even[0], odd[0], even[1], odd[1]


def uniform(seed: torch.Tensor, position: torch.Tensor, forwards: torch.Tensor, stream: int) -> torch.Tensor:
    """Numbers in (0, 1), float64, 52 random bits each; int64 arguments broadcast to the result's shape.

    All 64 bits of the seed count, the low 32 of the others.
    """
    word = torch.zeros_like(position)
    counter = (position & _WORD, forwards & _WORD, word + (stream & _WORD), word)
    x0, x1, _, _ = philox4x32(counter, (seed & _WORD, (seed >> 32) & _WORD))
    bits = ((x0 >> 6) << 26) | (x1 >> 6)
    return (bits.to(torch.float64) + 0.5) * 2.0**-52
