"""LLaDA's semi-autoregressive decoding with low-confidence remasking, for prompts of any lengths."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from training.network import LLaDA


@dataclass(frozen=True)
class Setting:
    """How to decode: tokens fixed a step, or every token above a threshold; at least one either way."""

    per_step: int = 1
    threshold: float | None = None
    temperature: float = 0.0
    block: int = 32

    @property
    def name(self) -> str:
        """A short label."""
        how = f"threshold {self.threshold}" if self.threshold is not None else f"{self.per_step} a step"
        warm = f", temperature {self.temperature}" if self.temperature else ""
        return how + warm + (f", block {self.block}" if self.block != 32 else "")


@torch.no_grad()
def decode(
    network: LLaDA,
    prompts: list[list[int]],
    length: int,
    setting: Setting,
    mask_id: int,
    eos_id: int,
    suffixes: list[list[int]] | None = None,
    seed: int = 0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The canvas ids [rows, length] and the forwards [rows] each row took.

    `suffixes` stay visible behind the canvas. Tokens are ranked by the log odds against them (see `choose`),
    which tell apart what a float32 probability of one cannot.
    """
    device = next(network.parameters()).device
    rows = len(prompts)
    tails = suffixes or [[]] * rows
    width = max(len(p) + length + len(s) for p, s in zip(prompts, tails, strict=True))
    ids = torch.full((rows, width), eos_id, device=device)
    visible = torch.zeros(rows, width, dtype=torch.bool, device=device)
    for i, (prompt, tail) in enumerate(zip(prompts, tails, strict=True)):
        row = prompt + [mask_id] * length + tail
        ids[i, : len(row)] = torch.tensor(row, device=device)
        visible[i, : len(row)] = True
    starts = torch.tensor([len(p) for p in prompts], device=device)
    mask = None if bool(visible.all()) else visible
    forwards = torch.zeros(rows, dtype=torch.long, device=device)
    generator = torch.Generator(device=device).manual_seed(seed)
    for begin in range(0, length, setting.block):
        size = min(setting.block, length - begin)
        columns = starts[:, None] + begin + torch.arange(size, device=device)
        while True:
            current = ids.gather(1, columns)
            live = (current == mask_id).any(1).nonzero()[:, 0]
            if len(live) == 0:
                break
            logits = network(ids[live], None if mask is None else mask[live], columns[live]).float()
            logits[..., mask_id] = float("-inf")
            chosen, odds, confidence = choose(logits, setting.temperature, generator)
            open_ = current[live] == mask_id
            odds = torch.where(open_, odds, torch.inf)
            if setting.threshold is None:
                best = odds.topk(min(setting.per_step, size), dim=1, largest=False).indices
                take = torch.zeros_like(open_).scatter_(1, best, True)
            else:
                take = confidence > setting.threshold
                take.scatter_(1, odds.argmin(1, keepdim=True), True)
            current[live] = torch.where(take & open_, chosen, current[live])
            ids.scatter_(1, columns, current)
            forwards[live] += 1
    return ids.gather(1, starts[:, None] + torch.arange(length, device=device)), forwards


def choose(
    logits: torch.Tensor, temperature: float, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of logits [..., vocabulary]: the chosen token, the log odds against it, its untempered probability."""
    if temperature > 0:
        noise = torch.empty_like(logits).exponential_(generator=generator).log()
        chosen = (logits / temperature - noise).argmax(-1)
    else:
        chosen = logits.argmax(-1)
    picked = logits.gather(-1, chosen[..., None])
    others = logits.scatter(-1, chosen[..., None], float("-inf")).logsumexp(-1)
    odds = others - picked[..., 0]
    return chosen, odds, torch.sigmoid(-odds)
