"""A cache that fills up token by token."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, NamedTuple

import torch

from llada_core import (
    DenoisingAlgorithm,
    Keep,
    ModelFacts,
    Observation,
    ParamsBatch,
    Plan,
    Progress,
    Update,
    Window,
)


class Marks(NamedTuple):
    """Which generated positions the next forward computes."""

    window: torch.Tensor
    """bool [rows, width]."""


class DelayedCache(DenoisingAlgorithm):
    """Computes what is masked or has just been committed; all else comes from the cache.

    Ma et al., "dKV-Cache: The Cache for Diffusion Language Models" (2025, arXiv:2505.15781),
    dKV-Cache-Decode: a token's keys and values are taken from the forward after its commit, since they change
    most in that step. Every `refresh_interval` forwards the whole canvas is computed again.
    """

    needs_cache = True
    region: ClassVar = "canvas"
    state_scope: ClassVar = "request"

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Marks:
        """Everything."""
        return Marks(torch.ones(rows, width, dtype=torch.bool))

    def plan(self, progress: Progress) -> Plan:
        """The marked positions, or the canvas when it is due."""
        due = progress.forwards % progress.params.refresh_interval == 0
        return Plan(Window.CANVAS if due else Window.STATE, Keep.ALL)

    def step(self, obs: Observation, params: ParamsBatch, state: Marks) -> Update:
        """Commit by the request's rule; what was masked before that is computed once more."""
        return replace(super().step(obs, params, state), state=Marks(obs.masked))
