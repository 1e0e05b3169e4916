"""Muon for the matrices of the blocks, AdamW for embedding, head and norms.

Muon (Jordan et al. 2024): momentum, then an approximate orthogonalisation of the update by five Newton-Schulz
steps.
Learning rates live in tensors, so that a captured step follows their schedule.
"""

from __future__ import annotations

import torch
from torch import nn

MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
ADAM_BETAS = (0.9, 0.98)
ADAM_DECAY = 0.01
RMS = 0.2


def orthogonalise(update: torch.Tensor) -> torch.Tensor:
    """Updates [matrices, tall, wide] with their singular values pushed towards one; on a GPU in bfloat16."""
    a, b, c = NEWTON_SCHULZ
    x = update.to(torch.bfloat16) if update.is_cuda else update
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).transpose(1, 2)
    for _ in range(5):
        y = x @ x.transpose(1, 2)
        x = a * x + (b * y + c * (y @ y)) @ x
    return x.transpose(1, 2).float()


class Optimizer:
    """Both optimizers behind one `step`; `decay` is Muon's weight decay."""

    def __init__(self, network: nn.Module, lr: float, adam_lr: float, decay: float) -> None:
        named = list(network.named_parameters())
        matrices = [p for name, p in named if "blocks" in name and p.dim() == 2]
        self._rest = [p for name, p in named if not ("blocks" in name and p.dim() == 2)]
        self.lr, self.adam_lr, self.decay = lr, adam_lr, decay
        self._groups: dict[tuple[int, int], list[nn.Parameter]] = {}
        for p in matrices:
            self._groups.setdefault((max(p.shape), min(p.shape)), []).append(p)
        device = matrices[0].device
        self._momentum = {
            shape: torch.zeros(len(group), *shape, device=device) for shape, group in self._groups.items()
        }
        self._rate, self._adam_rate = torch.tensor(lr, device=device), torch.tensor(adam_lr, device=device)
        on_gpu = device.type == "cuda"
        groups = [
            {"params": [p for p in self._rest if p.dim() == 2], "weight_decay": ADAM_DECAY},
            {"params": [p for p in self._rest if p.dim() == 1], "weight_decay": 0.0},
        ]
        self._adam = torch.optim.AdamW(
            groups,
            lr=self._adam_rate,
            betas=ADAM_BETAS,
            eps=1e-9,
            fused=on_gpu,
            capturable=on_gpu,
            foreach=False,
        )
        for group in self._adam.param_groups:
            group["lr"] = self._adam_rate

    def set_scale(self, scale: float) -> None:
        """The learning rates of the next steps, as a share of the full ones."""
        self._rate.fill_(self.lr * scale)
        self._adam_rate.fill_(self.adam_lr * scale)

    @torch.no_grad()
    def step(self) -> None:
        """Apply the gradients and clear them."""
        nn.utils.clip_grad_norm_(self._rest, 1.0)
        for shape, group in self._groups.items():
            lying = [p.shape[0] < p.shape[1] for p in group]
            gradient = torch.stack(
                [p.grad.T if flip else p.grad for p, flip in zip(group, lying, strict=True)]
            )
            momentum = self._momentum[shape]
            momentum.mul_(MOMENTUM).add_(gradient, alpha=1 - MOMENTUM)
            nesterov = gradient.mul(1 - MOMENTUM).add(momentum, alpha=MOMENTUM)
            update = orthogonalise(nesterov) * (RMS * shape[0] ** 0.5 * self._rate)
            changes = [
                change.T if flip else change for change, flip in zip(update.unbind(), lying, strict=True)
            ]
            torch._foreach_mul_(group, 1 - self._rate * self.decay)
            torch._foreach_sub_(group, changes)
        self._adam.step()
        for p in [*self._rest, *(p for group in self._groups.values() for p in group)]:
            p.grad = None
