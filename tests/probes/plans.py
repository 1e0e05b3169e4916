"""Published ways to keep and refresh keys and values, written as a plugin's author would write them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, NamedTuple

import msgspec
import torch
from msgspec import Meta

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


class VicinityParams(msgspec.Struct, frozen=True):
    """How far beside the block keys and values are refreshed, after how many warm-up forwards."""

    vicinity: Annotated[int, Meta(ge=0)] = 16
    warm_up: Annotated[int, Meta(ge=1)] = 4


class Vicinity(DenoisingAlgorithm):
    """dInfer's vicinity refresh (arXiv 2510.08666): each step also recomputes what lies near the block."""

    name = "vicinity"
    needs_cache = True

    def plan(self, progress: Progress) -> Plan:
        around = progress.params.vicinity
        if progress.forwards < progress.params.warm_up:
            return Plan(Window.CANVAS, Keep.ALL, commit=False)
        if progress.step_in_block == 0:
            return Plan(Window.CANVAS, Keep.ALL)
        return Plan(Window.span(progress.block_start - around, progress.block_end + around), Keep.ALL)


class DelayedCacheParams(msgspec.Struct, frozen=True):
    """After how many forwards everything is computed again."""

    refresh_interval: Annotated[int, Meta(ge=1)] = 8


class Marks(NamedTuple):
    """Which generated positions the next forward computes, bool [rows, width]."""

    window: torch.Tensor


class DelayedCache(DenoisingAlgorithm):
    """dKV-Cache-Decode (arXiv 2505.15781): a token's keys and values are kept one step after its commit."""

    name = "delayed_cache"
    needs_cache = True
    region: ClassVar = "canvas"
    state_scope: ClassVar = "request"

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Marks:
        return Marks(torch.ones(rows, width, dtype=torch.bool))

    def plan(self, progress: Progress) -> Plan:
        refresh = progress.forwards % progress.params.refresh_interval == 0
        return Plan(Window.CANVAS if refresh else Window.STATE, Keep.ALL)

    def step(self, obs: Observation, params: ParamsBatch, state: Marks) -> Update:
        return replace(super().step(obs, params, state), state=Marks(obs.masked))
