"""From logits to a drawn token and its statistics, in the one order that every algorithm shares.

head -> guidance -> edits (factor, bias, allowed tokens) -> temperature, top-k, top-p -> draw -> statistics of
the edited, untempered logits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch


def guide(conditional: torch.Tensor, unconditional: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Classifier-free guidance U + (scale + 1)(C - U), LLaDA's form; logits [n, vocab], scale [n].

    Computed in float32, returned in the logits' dtype.
    """
    free = unconditional.float()
    guided = free + (scale.double() + 1).float()[:, None] * (conditional.float() - free)
    return guided.to(conditional.dtype)


@dataclass(frozen=True, slots=True)
class Edits:
    """Changes of the logits that requests ask for, before anything is drawn."""

    place: torch.Tensor
    """int64 [k]: which row of the logits; no pair of row and id occurs twice."""
    token: torch.Tensor
    """int64 [k]: which id."""
    factor: torch.Tensor
    """float32 [k]: a logit above 0 is divided by it, others are multiplied; 1 changes nothing."""
    bias: torch.Tensor
    """float32 [k], added after that; minus infinity forbids the token."""
    allowed_place: torch.Tensor | None = None
    """int64 [m]: rows of which only some tokens may be drawn, each at most once."""
    allowed: torch.Tensor | None = None
    """uint8 [m, ceil(vocab / 8)]: bit v % 8 of byte v // 8 says whether token v may be drawn there."""


def edit(logits: torch.Tensor, edits: Edits) -> torch.Tensor:
    """`logits` [n, vocab] with `edits` applied; forbidden tokens get minus infinity."""
    old = logits[edits.place, edits.token].float()
    new = torch.where(old > 0, old / edits.factor, old * edits.factor) + edits.bias
    logits = logits.index_put((edits.place, edits.token), new.to(logits.dtype))
    if edits.allowed is not None and edits.allowed_place is not None:
        bits = torch.arange(8, device=logits.device, dtype=torch.uint8)
        allowed = (edits.allowed[:, :, None] >> bits) & 1
        forbidden = allowed.flatten(1)[:, : logits.shape[1]] == 0
        rest = logits[edits.allowed_place].masked_fill(forbidden, float("-inf"))
        logits = logits.index_copy(0, edits.allowed_place, rest)
    return logits


def draw(
    logits: torch.Tensor,
    mask_id: int,
    uniform: torch.Tensor,
    temperature: torch.Tensor,
    top_k: torch.Tensor | None = None,
    top_p: torch.Tensor | None = None,
) -> torch.Tensor:
    """Draw a token from softmax(logits / temperature) by inverse CDF; the mask id is never drawn.

    The same distribution as LLaDA's Gumbel form (argmax of exp(logit) / (-ln u)^temperature), with one random
    number a position instead of one a vocabulary entry.

    Args:
        logits: [n, vocab].
        uniform: float64 [n] in (0, 1).
        temperature: [n], above 0.
        top_k: int64 [n], or None; below 1 or at least the vocabulary's size, it is off. Among equals the
            lowest ids stay.
        top_p: [n] in (0, 1], or None; taken after top_k, and off at 1.

    Returns:
        int64 [n]. Where nothing can be drawn (a logit is NaN or +inf, or everything is forbidden) the lowest
        id but the mask id; its `others` are NaN.
    """
    scores = _without(logits, mask_id)
    truncate = top_k is not None or top_p is not None
    # By the logits themselves: the scores below round, and would make equals of some.
    order = scores.argsort(dim=1, descending=True, stable=True) if truncate else None
    scores -= scores.amax(1, keepdim=True)
    # The maximum goes first and the divisor is a normal number: no temperature above 0 overflows.
    scores /= temperature[:, None].float().clamp(min=torch.finfo(torch.float32).tiny)
    if order is not None:
        scores = _truncate(scores, order, top_k, top_p)
    mass = scores.exp_().cumsum(1, dtype=torch.float64)
    total = mass[:, -1:]
    target = torch.minimum(uniform[:, None] * total, torch.nextafter(total, torch.zeros_like(total)))
    token = torch.searchsorted(mass, target, right=True)[:, 0]
    return torch.where(total[:, 0] > 0, token, int(mask_id == 0))


def _without(logits: torch.Tensor, token: int) -> torch.Tensor:
    """A float32 copy of logits [n, vocab] in which `token` cannot come."""
    scores = logits.to(torch.float32, copy=True)
    scores[:, token] = float("-inf")
    return scores


def _truncate(
    scores: torch.Tensor, order: torch.Tensor, top_k: torch.Tensor | None, top_p: torch.Tensor | None
) -> torch.Tensor:
    """Forbid what lies outside the k likeliest, then outside the smallest set that holds probability p.

    `order` holds the ids of each row, the likeliest first. A row whose top_k and top_p are off keeps every
    score: it does not notice its neighbours'.
    """
    ordered = scores.gather(1, order)
    keep = torch.ones_like(ordered, dtype=torch.bool)
    if top_k is not None:
        places = torch.arange(scores.shape[1], device=scores.device)[None]
        keep &= (places < top_k[:, None]) | (top_k[:, None] < 1)
    if top_p is not None:
        p = top_p[:, None].double()
        weights = (ordered.exp() * keep).double()
        mass = weights.cumsum(1)
        keep &= (mass - weights < p * mass[:, -1:]) | (p >= 1)
    return scores.masked_fill(~torch.empty_like(keep).scatter_(1, order, keep), float("-inf"))


def greedy(logits: torch.Tensor, mask_id: int) -> torch.Tensor:
    """The likeliest token that is not the mask id, the lowest id among equals; int64 [n]."""
    below, above = logits[:, :mask_id], logits[:, mask_id + 1 :]
    if mask_id == 0:
        return above.argmax(1) + 1
    if above.shape[1] == 0:
        return below.argmax(1)
    low, high = below.max(1), above.max(1)
    return torch.where(high.values > low.values, high.indices + mask_id + 1, low.indices)


def others(logits: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """Sum over v != token of exp(logit_v - logit_token): float32 [n], the odds against the token.

    Its probability is 1 / (1 + others). Rank by `others`: in float32 the probability of a trained model's
    token is exactly 1 at most positions, where `others` still tells them apart. The mask id counts here, as
    in the reference's softmax. NaN where a logit is NaN or +inf or the token's own is -inf, else finite.
    """
    own = logits.gather(1, token[:, None])[:, 0]
    odds = _odds(logits, token).clamp(max=torch.finfo(torch.float32).max)
    return torch.where(own > -torch.inf, odds, torch.nan)


def probability(logits: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """softmax(logits) at `token`: float32 [n]; NaN where a logit is NaN or +inf, or all are -inf."""
    return 1 / (1 + _odds(logits, token))


def log_probabilities(
    logits: torch.Tensor, token: torch.Tensor, mask_id: int, alternatives: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """log softmax(logits [n, vocab]) at `token` [n], and at the likeliest ids that are not the mask id.

    The mask id counts among the others, as in `others`.

    Returns:
        float64 [n]; int64 and float64 [n, k], the likeliest first, k at most `alternatives`; a forbidden id
        has minus infinity.
    """
    found = logits.double().log_softmax(1)
    own = found.gather(1, token[:, None])[:, 0]
    found[:, mask_id] = float("-inf")
    best = found.topk(min(alternatives, found.shape[1] - 1), dim=1)
    return own, best.indices, best.values


def _odds(logits: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """`others`, but infinite where they overflow and where the token's own logit is -inf."""
    scores = logits.float()
    own = scores.gather(1, token[:, None]).clamp(min=torch.finfo(torch.float32).min)
    odds = _sum((scores - own).exp_().scatter_(1, token[:, None], 0.0))
    return torch.where(scores.amax(1).abs() < torch.inf, odds, torch.nan)


def _sum(values: torch.Tensor) -> torch.Tensor:
    """Sum over the vocabulary, [n, vocab] to [n], each row to the same bits whatever n is.

    torch splits the sum of a lone row over its threads, and so adds it in another order.
    """
    if values.shape[0] == 1:
        return torch.cat((values, values)).sum(1)[:1]
    return values.sum(1)


def gap(logits: torch.Tensor, mask_id: int) -> torch.Tensor:
    """Best minus second-best logit, the mask id left out: float32 [n]; infinite where only one can come."""
    best, second = _without(logits, mask_id).topk(2, dim=1).values.unbind(1)
    return torch.where(best < torch.inf, best - second, torch.nan)


def entropy(logits: torch.Tensor) -> torch.Tensor:
    """Shannon entropy of softmax(logits) in nats: float32 [n].

    With d_v = logit_v - best logit and S the sum of exp(d_v) over the others, it is
    ln(1 + S) - (sum of exp(d_v) d_v) / (1 + S): only positive terms, so that a small entropy is exact too.
    """
    scores = logits.float()
    best = scores.max(1, keepdim=True)
    below = (scores - best.values).clamp_(min=-120)  # exp(-120) is 0 in float32, and 0 x -inf would be NaN
    weights = below.exp().scatter_(1, best.indices, 0.0)
    rest = _sum(weights)
    return rest.log1p() - _sum(weights.mul_(below)) / (1 + rest)
