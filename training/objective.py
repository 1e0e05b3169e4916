"""What is masked in training, and how much each masked token counts.

Three kinds of rows: LLaDA's objective (Nie et al. 2025, "Large Language Diffusion Models", eq. 3: every token
masked with probability t, weight 1/t) over the whole canvas; a block as semi-autoregressive decoding meets it
(text before it, masks behind it); and infilling, the hole masked and everything around it visible.
"""

from __future__ import annotations

import torch

BLOCKS, BLOCK_SHARES = (8, 16, 32, 64), (0.1, 0.2, 0.5, 0.2)
LLADA_SHARE = 0.58
LEAST_T = 0.02
BEHIND = 0.2


def _block_sizes(count: int, device: torch.device) -> torch.Tensor:
    """Random block lengths [count], without copies from the host, which a captured step cannot hold."""
    uniform, size, below = (
        torch.rand(count, device=device),
        torch.zeros(count, dtype=torch.long, device=device),
        0.0,
    )
    for length, share in zip(BLOCKS, BLOCK_SHARES, strict=True):
        size.masked_fill_(uniform >= below, length)
        below += share
    return size


def corrupt(
    ids: torch.Tensor,
    start: torch.Tensor,
    length: torch.Tensor,
    hole_start: torch.Tensor,
    hole_end: torch.Tensor,
    mask_id: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Masked ids [rows, width] and the weight of every position [rows, width], zero where nothing is masked.

    `start` is where a row's reply begins, `length` its number of tokens without the end tokens that fill the
    canvas; a row whose `hole_end` is not zero is for infilling.
    """
    count, width = ids.shape
    device = ids.device
    column = torch.arange(width, device=device)[None]
    place = column - start[:, None]
    canvas = place >= 0
    uniform = torch.rand(count, width, device=device)
    # One t a row, spread evenly over (0, 1] within the batch, which lowers the variance of the loss.
    t = (torch.rand(count, device=device).argsort() + torch.rand(count, device=device)) / count
    t = t[:, None] * (1 - LEAST_T) + LEAST_T

    whole = canvas & (uniform < t)
    whole_weight = 1.0 / t

    size = _block_sizes(count, device)[:, None]
    blocks = (length[:, None] + size - 1) // size + (torch.rand(count, 1, device=device) < 0.15)
    begin = (torch.rand(count, 1, device=device) * blocks).long() * size
    inside = (place >= begin) & (place < begin + size) & (uniform < t)
    behind = place >= begin + size
    block = (inside | behind) & canvas
    block_weight = torch.where(behind, torch.full_like(t, BEHIND), 1.5 / t)

    in_hole = (column >= hole_start[:, None]) & (column < hole_end[:, None])
    hole_t = torch.where(torch.rand(count, 1, device=device) < 0.5, torch.ones_like(t), t.clamp(min=0.2))
    hole = in_hole & (uniform < hole_t)
    hole_weight = 2.0 / hole_t

    has_hole = (hole_end > 0)[:, None]
    as_llada = torch.rand(count, 1, device=device) < LLADA_SHARE
    masked = torch.where(has_hole, hole, torch.where(as_llada, whole, block))
    weight = torch.where(has_hole, hole_weight, torch.where(as_llada, whole_weight, block_weight))
    return ids.masked_fill(masked, mask_id), weight * masked / canvas.sum()
