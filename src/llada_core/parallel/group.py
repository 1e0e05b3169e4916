"""The ranks' collectives: NCCL between GPUs, gloo between processes of a CPU."""

from __future__ import annotations

import os
from datetime import timedelta

import torch
import torch.distributed as dist

from ..errors import LladaError

PATIENCE = timedelta(minutes=30)
"""How long gloo waits for a rank; one that has ended is noticed at once."""
_all_gather = getattr(dist, "all_gather_single", None) or dist.all_gather_into_tensor
# its name up to torch 2.12
GATHERED = 128
"""Positions whose logits are gathered at once."""


class Group:
    """One rank's end. Every rank makes the same calls in the same order; NCCL's can be captured."""

    def __init__(self, rank: int, size: int, device: torch.device, store: str) -> None:
        """Meet the others, which takes until all are there; `store` is a file on this machine.

        Raises:
            LladaError: this process is in a group already.
        """
        if dist.is_initialized():
            raise LladaError("this process has a torch.distributed group already")
        self.rank, self.size, self.device = rank, size, device
        self.memory: list[object] = []
        """What the ranks have laid out for each other."""
        for variable, value in (
            ("GLOO_SOCKET_IFNAME", "lo"),  # all ranks are on this machine
            ("NCCL_SOCKET_IFNAME", "lo"),
            ("NCCL_NVLS_ENABLE", "0"),
        ):
            os.environ.setdefault(variable, value)
        cuda = device.type == "cuda"
        if cuda:
            torch.cuda.set_device(device)
        dist.init_process_group(
            "nccl" if cuda else "gloo",
            init_method=f"file://{store}",
            rank=rank,
            world_size=size,
            timeout=PATIENCE,
            device_id=device if cuda else None,
        )

    @property
    def everyone(self) -> dist.ProcessGroup:
        """torch's group of all ranks."""
        assert dist.group.WORLD is not None
        return dist.group.WORLD

    def sum(self, part: torch.Tensor) -> torch.Tensor:
        """The sum over the ranks, in place."""
        dist.all_reduce(part)
        return part

    def ordered_sum(self, part: torch.Tensor) -> torch.Tensor:
        """The sum, added in the same order whatever the tensor's shape is."""
        total, *others = self.all(part).unbind(0)
        for other in others:
            total = total + other
        return total

    def all(self, part: torch.Tensor) -> torch.Tensor:
        """What every rank has, [size, ...]."""
        part = part.contiguous()
        found = torch.empty((self.size * part.numel(),), dtype=part.dtype, device=part.device)
        _all_gather(found, part.view(-1))
        return found.view(self.size, *part.shape)

    def broadcast(self, tensor: torch.Tensor) -> torch.Tensor:
        """What rank 0 has, in place."""
        dist.broadcast(tensor, 0)
        return tensor

    def least(self, number: int) -> int:
        """The least that a rank has."""
        found = torch.tensor([number], dtype=torch.int64, device=self.device)
        dist.all_reduce(found, dist.ReduceOp.MIN)
        return int(found.item())

    def gather(self, part: torch.Tensor, whole: torch.Tensor | None) -> None:
        """Write the ranks' `part` [n, width] side by side to rank 0's `whole` [n, size * width]."""
        for first in range(0, len(part), GATHERED):
            found = self.all(part[first : first + GATHERED])
            if whole is not None:
                n = found.shape[1]
                whole[first : first + n].view(n, self.size, -1).copy_(found.transpose(0, 1))

    def leave(self) -> None:
        """Give the group up; on GPUs all ranks must do so, and nothing captured may be left."""
        dist.destroy_process_group()
