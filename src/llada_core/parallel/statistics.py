"""Sampled tokens and their statistics where each rank has the logits of its share of the vocabulary.

The same as `llada_core.sampling` finds in all of them. Ranks exchange a few numbers a position: the likeliest
tokens; the mass that tokens are drawn by; the token and its logit; sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .. import philox
from ..engine.statistics import FILL, Drawn
from ..kernels import triton_here
from .group import Group

NAMES = ("others", "confidence", "current", "gap", "entropy")
"""What is found beside the sampled tokens."""


def statistics_of_shares(
    logits: torch.Tensor, at: Drawn, group: Group, mask_id: int
) -> dict[str, torch.Tensor]:
    """What `engine.statistics.in_one_pass` finds, but the logits: every rank gets all of it.

    Args:
        logits: [n, share], this rank's; ranks have equal shares, in order.
        at: the same on every rank, without truncation.
    """
    if logits.is_cuda and triton_here():
        return _in_one_pass(logits, at, group, mask_id)
    if at.placed is not None:
        logits = logits[at.placed[1].long().clamp(min=0)]
    share = Share(logits.float(), group.rank * logits.shape[1])
    width = len(at.held) // len(at.seed)
    temperature = at.temperature.repeat_interleave(width)
    tops = _tops(share, at.held, group, mask_id)
    token, own = tops.token, tops.best
    drawn, mass = _draw(share, tops.best, temperature, _uniform(at, width), group, mask_id)
    warm = (temperature > 0) & (mass > 0)
    picked = group.sum(torch.stack((drawn.clamp(min=0).double(), share.at(drawn).double())))
    token = torch.where(warm, picked[0].long(), token)
    own = torch.where(warm, picked[1].float(), own)
    found = _sums(share, token, own, at.held, tops, group, mask_id)
    found["gap"] = tops.best - tops.second
    broken = tops.broken | (tops.best == -torch.inf)
    found = {name: torch.where(broken, torch.nan, values) for name, values in found.items()}
    found["sampled"] = torch.where(broken, int(mask_id == 0), token)
    if at.wanted is not None:
        for name in found:
            nothing = at.held if name == "sampled" else FILL[name]
            found[name] = torch.where(at.wanted != 0, found[name], nothing)
    return found


def _in_one_pass(logits: torch.Tensor, at: Drawn, group: Group, mask_id: int) -> dict[str, torch.Tensor]:
    """The same where logits are read once; with two exchanges."""
    from ..kernels.vocabulary_shares import Shares

    row = at.temperature, at.seed, at.position, at.forwards
    shares = Shares(logits, at.held, *row, mask_id, at.wanted, at.placed, group.rank, group.size)
    scans = group.all(shares.scan())
    found = shares.join(scans, group.sum(shares.look_up(scans)))
    statistics = {name: getattr(found, name) for name in ("sampled", "others", "current", "gap", "entropy")}
    return statistics | {"confidence": 1 / (1 + found.others)}


@dataclass(frozen=True, slots=True)
class Share:
    """Logits of consecutive tokens."""

    scores: torch.Tensor
    """float32 [n, share]."""
    first: int

    def inside(self, token: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Which of the tokens [n] are here, and their columns; any where they are not."""
        column = token - self.first
        return (column >= 0) & (column < self.scores.shape[1]), column.clamp(0, self.scores.shape[1] - 1)

    def at(self, token: torch.Tensor) -> torch.Tensor:
        """The logits of tokens [n], 0 where they are elsewhere, so that the ranks' sum is the logit."""
        here, column = self.inside(token)
        return torch.where(here, self.scores.gather(1, column[:, None])[:, 0], 0.0)

    def without(self, token: torch.Tensor, value: float) -> torch.Tensor:
        """A copy of the logits in which `value` stands for those of tokens [n]."""
        here, column = self.inside(token)
        new = torch.where(here, value, self.scores.gather(1, column[:, None])[:, 0])
        return self.scores.scatter(1, column[:, None], new[:, None])


@dataclass(frozen=True, slots=True)
class Tops:
    """What is largest of the whole vocabulary; tensors [n]."""

    token: torch.Tensor
    """The likeliest but for the mask id, the lowest id among equals."""
    best: torch.Tensor
    """Its logit."""
    second: torch.Tensor
    """The next one, without the mask id."""
    mask: torch.Tensor
    """The mask id's logit."""
    held: torch.Tensor
    """That of the token held."""
    broken: torch.Tensor
    """Whether a logit is no number, or infinite."""


def _tops(share: Share, held: torch.Tensor, group: Group, mask_id: int) -> Tops:
    scores = share.scores
    mask = torch.full_like(held, mask_id)
    open_ = share.without(mask, -torch.inf)
    column = open_.argmax(1)
    best = open_.gather(1, column[:, None])[:, 0]
    second = open_.scatter(1, column[:, None], -torch.inf).amax(1)
    broken = ~(scores.amax(1) < torch.inf)
    columns = (best, second, column + share.first, share.at(mask), share.at(held), broken)
    bests, seconds, tokens, masks, helds, brokens = group.all(
        torch.stack([values.double() for values in columns])
    ).unbind(1)
    winner = bests.argmax(0)
    ranks = torch.arange(group.size, device=held.device)[:, None]
    return Tops(
        token=tokens.gather(0, winner[None])[0].long(),
        best=bests.amax(0).float(),
        second=torch.where(ranks == winner, seconds, bests).amax(0).float(),
        mask=masks.sum(0).float(),
        held=helds.sum(0).float(),
        broken=brokens.sum(0) > 0,
    )


def _uniform(at: Drawn, width: int) -> torch.Tensor:
    seed, position, forwards = (x.repeat_interleave(width) for x in (at.seed, at.position, at.forwards))
    position = position + torch.arange(len(at.held), device=position.device) % width
    return philox.uniform(seed, position, forwards, philox.DRAW_STREAM)


def _draw(
    share: Share,
    best: torch.Tensor,
    temperature: torch.Tensor,
    uniform: torch.Tensor,
    group: Group,
    mask_id: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The drawn tokens by inverse CDF, int64 [n], -1 where another rank has it; and the mass of all tokens,
    float64 [n]."""
    heat = temperature[:, None].float().clamp(min=torch.finfo(torch.float32).tiny)
    open_ = share.without(torch.full_like(best, mask_id, dtype=torch.int64), -torch.inf)
    mass = ((open_ - best[:, None]) / heat).exp_().cumsum(1, dtype=torch.float64)
    here = mass[:, -1].contiguous()
    ends = group.all(here).cumsum(0)
    whole, zero = ends[-1], torch.zeros_like(here)
    target = torch.minimum(uniform * whole, whole.nextafter(zero))
    mine = (ends <= target).sum(0).clamp(max=group.size - 1) == group.rank
    before = ends[group.rank - 1] if group.rank else zero
    inside = torch.minimum((target - before).clamp(min=0), here.nextafter(zero))
    column = torch.searchsorted(mass, inside[:, None], right=True)[:, 0].clamp(max=mass.shape[1] - 1)
    return torch.where(mine, column + share.first, -1), whole


def _sums(
    share: Share,
    token: torch.Tensor,
    own: torch.Tensor,
    held: torch.Tensor,
    tops: Tops,
    group: Group,
    mask_id: int,
) -> dict[str, torch.Tensor]:
    """What is a sum over the vocabulary; see `sampling.others`, `probability` and `entropy`."""
    most = torch.finfo(torch.float32).max
    likeliest = torch.where(tops.mask > tops.best, mask_id, tops.token)
    below = (share.without(likeliest, -torch.inf) - torch.maximum(tops.mask, tops.best)[:, None]).clamp_(
        min=-120
    )
    weights = below.exp()
    sums = group.sum(
        torch.stack(
            [
                *(
                    (share.without(of, -torch.inf) - logit.clamp(min=-most)[:, None]).exp_().sum(1)
                    for of, logit in ((token, own), (held, tops.held))
                ),
                weights.sum(1),
                (weights * below).sum(1),
            ]
        )
    )
    odds, odds_held, rest, slope = sums.unbind(0)
    odds = odds.clamp(max=most)
    return {
        "others": odds,
        "confidence": 1 / (1 + odds),
        "current": 1 / (1 + odds_held),
        "entropy": rest.log1p() - slope / (1 + rest),
    }
