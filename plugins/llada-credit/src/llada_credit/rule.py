"""Confidence that accumulates over steps."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch

from llada_core import ModelFacts, Observation, ParamsBatch, UnmaskingRule, Update, ranks

THRESHOLD = 0.9
"""What `threshold` is where the request names none."""


class Credits(NamedTuple):
    """What each token has gathered at each position."""

    credit: torch.Tensor
    """float32 [rows, width, vocab]."""


class Credit(UnmaskingRule):
    """Adds log(1 + credit) to the logits, and commits what then passes `threshold`.

    Wang et al., "CreditDecoding: Accelerating Parallel Decoding in Diffusion Large Language Models with Trace
    Credits" (2025, arXiv:2510.06133): C <- decay C, plus p^gamma at each mask's likeliest token.
    """

    needs: ClassVar = frozenset({"sampled", "others", "logits"})

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Credits:
        """Nothing gathered yet."""
        return Credits(torch.zeros(rows, width, facts.vocab_size))

    def select(self, obs: Observation, params: ParamsBatch, state: Credits) -> Update:
        """Tokens are sampled again, from the raised logits."""
        decay, gamma, weight = (
            p.float()[:, None, None] for p in (params.credit_decay, params.credit_gamma, params.credit_weight)
        )
        logits = obs.logits.float()
        chance, favourite = logits.softmax(-1).max(-1, keepdim=True)
        gain = chance**gamma * obs.masked[..., None]
        credit = (state.credit * decay).scatter_add(-1, favourite, gain)
        fused = obs.rescored(logits + weight * credit.log1p(), params)
        sure = 1 / (1 + fused.cost) >= params.threshold.nan_to_num(THRESHOLD)[:, None]
        write = (sure | (ranks(fused.cost) == 0)) & obs.eligible
        return Update(write, tokens=fused.sampled, state=Credits(credit))
