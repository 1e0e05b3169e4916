"""From logits to a drawn token and its statistics, in the one order that every algorithm shares.

head -> guidance -> edits (bias, allowed tokens) -> temperature, top-k, top-p -> draw -> statistics of the
edited, untempered logits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch


def guide(conditional: torch.Tensor, unconditional: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Classifier-free guidance U + (scale + 1)(C - U), LLaDA's form; logits [n, vocab], scale [n]."""
    return unconditional + (scale[:, None].to(conditional.dtype) + 1) * (conditional - unconditional)


@dataclass(frozen=True, slots=True)
class Edits:
    """Changes of the logits that a request asks for, before anything is drawn."""

    bias: torch.Tensor | None = None
    """float [n, k], added at `bias_ids`."""
    bias_ids: torch.Tensor | None = None
    """int64 [n, k]; pad with any id and a bias of 0."""
    allowed: torch.Tensor | None = None
    """uint8 [n, ceil(vocab / 8)]: bit v % 8 of byte v // 8 says whether token v may be drawn."""


def edit(logits: torch.Tensor, edits: Edits) -> torch.Tensor:
    """Apply `edits` to logits [n, vocab]; forbidden tokens get minus infinity."""
    if edits.bias is not None and edits.bias_ids is not None:
        logits = logits.scatter_add(1, edits.bias_ids, edits.bias.to(logits.dtype))
    if edits.allowed is not None:
        bits = torch.arange(8, device=logits.device, dtype=torch.uint8)
        allowed = (edits.allowed[:, :, None] >> bits) & 1
        logits = logits.masked_fill(allowed.flatten(1)[:, : logits.shape[1]] == 0, float("-inf"))
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
        top_k: int64 [n], or None; the vocabulary's size switches it off.
        top_p: [n] in (0, 1], or None; taken after top_k.

    Returns:
        int64 [n].
    """
    scores = logits.float() / temperature[:, None].float()
    scores[:, mask_id] = float("-inf")
    weights = (scores - scores.amax(1, keepdim=True)).exp()
    if top_k is not None or top_p is not None:
        weights = _truncate(weights, top_k, top_p)
    mass = weights.cumsum(1, dtype=torch.float64)
    total = mass[:, -1:]
    target = torch.minimum(uniform[:, None] * total, torch.nextafter(total, torch.zeros_like(total)))
    return torch.searchsorted(mass, target, right=True)[:, 0]


def _truncate(weights: torch.Tensor, top_k: torch.Tensor | None, top_p: torch.Tensor | None) -> torch.Tensor:
    """Zero what lies outside the k likeliest, then outside the smallest set that holds probability p."""
    ordered, ids = weights.sort(1, descending=True, stable=True)
    keep = torch.ones_like(ordered, dtype=torch.bool)
    if top_k is not None:
        keep &= torch.arange(weights.shape[1], device=weights.device)[None] < top_k[:, None]
    if top_p is not None:
        kept = (ordered * keep).double()
        before = kept.cumsum(1) - kept
        keep &= before < top_p[:, None].double() * kept.sum(1, keepdim=True)
    return torch.zeros_like(weights).scatter_(1, ids, ordered * keep)


def greedy(logits: torch.Tensor, mask_id: int) -> torch.Tensor:
    """The likeliest token that is not the mask id, the lowest id among equals; int64 [n]."""
    held = logits[:, mask_id].clone()
    logits[:, mask_id] = float("-inf")
    token = logits.argmax(1)
    logits[:, mask_id] = held
    return token


def others(logits: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """Sum over v != token of exp(logit_v - logit_token): float32 [n], the odds against the token.

    Its probability is 1 / (1 + others). Rank by `others`: in float32 the probability of a trained model's token
    is exactly 1 at most positions, where `others` still tells them apart. The mask id counts here, as in the
    reference's softmax. NaN where the logits hold NaN or infinity.
    """
    scores = logits.float()
    mine = scores.gather(1, token[:, None])
    odds = (scores - mine).exp_().scatter_(1, token[:, None], 0.0).sum(1)
    return torch.where(mine[:, 0].isfinite(), odds, torch.nan)


def probability(logits: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """softmax(logits) at `token`: float32 [n]."""
    return 1 / (1 + others(logits, token))


def gap(logits: torch.Tensor, mask_id: int) -> torch.Tensor:
    """Best minus second-best logit, the mask id left out: float32 [n]."""
    scores = logits.float().index_fill(1, torch.tensor([mask_id], device=logits.device), float("-inf"))
    best = scores.topk(2, dim=1).values
    return best[:, 0] - best[:, 1]


def entropy(logits: torch.Tensor) -> torch.Tensor:
    """Shannon entropy of softmax(logits) in nats: float32 [n]."""
    log_p = logits.float().log_softmax(1)
    return -(log_p.exp() * log_p).nan_to_num(0.0).sum(1)
