"""WINO's loop: the canvas, a shadow of its block behind it, and one forward that drafts and verifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from llada_core import GenerationAlgorithm

DRAFT_THRESHOLD = 0.6
"""What `threshold` is where a request leaves it out."""
SHARE, FEWEST, MOST = 0.7, 5, 20
"""A step drafts at most this share of the block's masks, but 5 may always be, and 20 never exceeded."""


class Wino(GenerationAlgorithm):
    """Hong et al., 2025, arXiv:2507.18578."""

    def generate(  # type: ignore[override]  # others are refused
        self,
        model: Any,
        prompt: torch.Tensor,
        *,
        gen_length: int = 128,
        block_length: int = 32,
        threshold: float | None = None,
        threshold_back: float = 0.9,
        temperature: float = 0.0,
        seed: int = 0,
        suffix: torch.Tensor | None = None,
        steps: int | None = None,
        factor: float | None = None,
        remasking: str | bool | None = None,
        mask_id: int | None = None,
    ) -> tuple[torch.Tensor, int]:
        """See the base class. `steps`, `factor` and `remasking` do not count.

        Args:
            model: also takes `attention_bias` [batch, length, length] and `position_ids` [batch, length].
            threshold: what a draft's probability must exceed; None: 0.6.
            threshold_back: what a committed token's probability must not fall below.
            suffix: int64 [n], fixed text behind the generated part.
        """
        block = min(block_length, gen_length)
        length = -(-gen_length // block) * block
        suffix = prompt.new_zeros(0) if suffix is None else suffix.to(prompt.device)
        rows, forwards = [], 0
        for line in prompt:
            loop = _Loop(
                model=model,
                mask=model.facts.mask_id if mask_id is None else mask_id,
                ids=torch.cat((line, line.new_zeros(length), suffix, line.new_zeros(block))),
                block=block,
                threshold=DRAFT_THRESHOLD if threshold is None else threshold,
                threshold_back=threshold_back,
                temperature=temperature,
                chance=torch.Generator(prompt.device).manual_seed(seed),
            )
            first, end = len(line), len(line) + length
            loop.ids[first:end] = loop.mask
            loop.ids[-block:] = loop.mask
            forwards += sum(loop.fill(start) for start in range(first, end, block))
            rows.append(loop.ids[:end])
        return torch.stack(rows), forwards

    def is_available(self) -> bool:
        """It needs nothing of the machine."""
        return True


@dataclass(kw_only=True)
class _Loop:
    """One request."""

    model: Any
    mask: int
    ids: torch.Tensor
    """int64 [canvas + block]: the canvas, and masks as the block's shadow."""
    block: int
    threshold: float
    threshold_back: float
    temperature: float
    chance: torch.Generator

    def fill(self, start: int) -> int:
        """Fill the block that begins at `start`; the forwards that it took."""
        ids, device = self.ids, self.ids.device
        canvas, end = len(ids) - self.block, start + self.block
        positions = torch.cat((torch.arange(canvas, device=device), torch.arange(start, end, device=device)))
        bias = shadow_bias(canvas, start, end, device)
        masked = torch.ones(self.block, dtype=torch.bool, device=device)
        most, forwards = self.block, 0
        while masked.any():
            found = self.model(ids[None], attention_bias=bias[None], position_ids=positions[None]).logits[0]
            found = found.double().index_fill(1, torch.tensor([self.mask], device=device), -torch.inf)
            forwards += 1
            drawn, cost = self.draw(found[start:end])
            write = draft(cost, masked, self.threshold)
            again = torch.zeros_like(masked)
            if write.sum() > 1:
                held = found[canvas:].softmax(-1).gather(1, ids[start:end, None])[:, 0]
                again = revoke(held, ~masked, self.threshold_back, most - 1)
            ids[start:end] = torch.where(write, drawn, ids[start:end]).masked_fill(again, self.mask)
            masked, most = masked & ~write | again, int(write.sum())
        return forwards

    def draw(self, logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """A token for each position of float64 logits [block, vocab], and the odds against it."""
        noisy = logits
        if self.temperature:
            even = torch.rand(logits.shape, generator=self.chance, dtype=logits.dtype, device=logits.device)
            noisy = logits - self.temperature * (-even.log()).log()
        drawn = noisy.argmax(-1, keepdim=True)
        others = (logits - logits.gather(1, drawn)).exp().scatter(1, drawn, 0.0)
        return drawn[:, 0], others.sum(-1)


def shadow_bias(canvas: int, start: int, end: int, device: torch.device) -> torch.Tensor:
    """Who sees whom, bool [canvas + block, canvas + block]: the canvas itself; the shadow the canvas, except
    each position its own token, and the shadow."""
    length = canvas + end - start
    seen = torch.ones(length, length, dtype=torch.bool, device=device)
    seen[:canvas, canvas:] = False
    seen[canvas:, start:end].fill_diagonal_(False)
    return seen


def draft(cost: torch.Tensor, masked: torch.Tensor, threshold: float) -> torch.Tensor:
    """Which masks to commit: those with probability above the threshold, the surest first, at most so many,
    and always the surest. `cost` [block] are the odds against each token."""
    most = min(max(int(SHARE * int(masked.sum())), FEWEST), MOST)
    rank = ranked(cost, masked)
    return masked & ((1 / (1 + cost) > threshold) & (rank < most) | (rank == 0))


def revoke(held: torch.Tensor, committed: torch.Tensor, threshold: float, most: int) -> torch.Tensor:
    """Which committed tokens to mask again: those whose probability [block], verified without seeing
    themselves, is below the threshold; the `most` least likely ones."""
    return committed & (held < threshold) & (ranked(held, committed) < most)


def ranked(value: torch.Tensor, among: torch.Tensor) -> torch.Tensor:
    """Rank of each position by value, the least first, the lowest position first among equals; those that are
    not `among` come last. int64."""
    order = value.argsort(stable=True)
    order = order[(~among)[order].long().argsort(stable=True)]
    return torch.empty_like(order).scatter_(0, order, torch.arange(len(order), device=order.device))
