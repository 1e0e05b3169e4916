"""Muon for the matrices of the blocks, AdamW for embedding, head and norms.

Muon (Jordan et al. 2024): momentum, then an approximate orthogonalisation of the update by five Newton-Schulz steps.
"""

from __future__ import annotations

import torch
from torch import nn

MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


def orthogonalise(update: torch.Tensor) -> torch.Tensor:
    """Updates [matrices, tall, wide] with their singular values pushed towards one, in bfloat16."""
    a, b, c = NEWTON_SCHULZ
    x = update.to(torch.bfloat16)
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).transpose(1, 2)
    for _ in range(5):
        y = x @ x.transpose(1, 2)
        x = a * x + (b * y + c * (y @ y)) @ x
    return x.transpose(1, 2).float()


class Optimizer:
    """Both optimizers behind one `step`; `scale` in [0, 1] is the learning rate's schedule."""

    def __init__(self, network: nn.Module, lr: float, adam_lr: float, decay: float, fused: bool) -> None:
        named = list(network.named_parameters())
        matrices = [p for name, p in named if "blocks" in name and p.dim() == 2]
        rest = [p for name, p in named if not ("blocks" in name and p.dim() == 2)]
        self.lr, self.adam_lr, self.decay = lr, adam_lr, decay
        self._groups: dict[tuple[int, int], list[nn.Parameter]] = {}
        for p in matrices:
            self._groups.setdefault((min(p.shape), max(p.shape)), []).append(p)
        self._momentum = {
            shape: torch.zeros(len(group), shape[1], shape[0], device=group[0].device) for shape, group in self._groups.items()
        }
        self._rest = rest
        groups = [
            {"params": [p for p in rest if p.dim() == 2], "weight_decay": 0.01},
            {"params": [p for p in rest if p.dim() == 1], "weight_decay": 0.0},
        ]
        self._adam = torch.optim.AdamW(groups, lr=adam_lr, betas=(0.9, 0.98), eps=1e-9, fused=fused)

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """Apply the gradients and clear them."""
        nn.utils.clip_grad_norm_(self._rest, 1.0)
        for shape, group in self._groups.items():
            lying = [p.shape[0] < p.shape[1] for p in group]
            gradient = torch.stack([p.grad.T if flip else p.grad for p, flip in zip(group, lying, strict=True)])
            momentum = self._momentum[shape]
            momentum.mul_(MOMENTUM).add_(gradient, alpha=1 - MOMENTUM)
            update = gradient.mul(1 - MOMENTUM).add(momentum, alpha=MOMENTUM)
            update = orthogonalise(update) * (0.2 * shape[1] ** 0.5)
            rate = self.lr * scale
            for p, flip, change in zip(group, lying, update, strict=True):
                p.mul_(1 - rate * self.decay).add_(change.T if flip else change, alpha=-rate)
        for adam_group in self._adam.param_groups:
            adam_group["lr"] = self.adam_lr * scale
        self._adam.step()
        for p in [*self._rest, *(p for group in self._groups.values() for p in group)]:
            p.grad = None
