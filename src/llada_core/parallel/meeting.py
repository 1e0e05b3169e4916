"""Memory of the GPUs of one machine that all of them can read."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from ..kernels.meeting import Meeting
    from .group import Group

log = logging.getLogger("llada_core.parallel")

ROWS = 1024
"""Up to so many tokens are summed there; of more, NCCL's sums take no longer."""
FEW = 64
"""Up to so many are sent number by number."""


def meet(group: Group, width: int, dtype: torch.dtype) -> Meeting | None:
    """Where all ranks lay down rows of `width`; None where their devices cannot read each other's memory.

    Every rank makes this call. The memory is the group's, for as long as there is one.
    """
    if group.device.type != "cuda":
        return None
    from torch.distributed import _symmetric_memory as symmetric

    from ..kernels.meeting import Meeting

    os.environ.setdefault("TORCH_SYMM_MEM_DISABLE_MULTICAST", "1")
    addresses = []
    try:
        for count, kind in (
            (2 * ROWS * width, dtype),
            (ROWS * group.size, torch.int32),
            (2 * group.size * FEW * width, torch.int32),
        ):
            memory = symmetric.empty(count, dtype=kind, device=group.device)
            memory.zero_()
            handle = symmetric.rendezvous(memory, group.everyone)
            group.memory += [memory, handle]
            addresses.append(torch.tensor(handle.buffer_ptrs, dtype=torch.int64, device=group.device))
    except RuntimeError as error:
        log.info("sums go through NCCL: %s", error)
    turns = torch.zeros(2, FEW, dtype=torch.int32, device=group.device)
    torch.cuda.synchronize(group.device)
    if group.least(len(addresses)) < 3:  # also waits until all have cleared theirs
        return None
    buffers, flags, words = addresses
    return Meeting(
        buffers=buffers,
        flags=flags,
        words=words,
        turns=turns,
        rank=group.rank,
        size=group.size,
        rows=ROWS,
        few=FEW,
        width=width,
    )
