"""Who decides what a step commits: the algorithm itself, or the request's unmasking rule."""

from __future__ import annotations

from typing import Any

import torch

from ..algorithm import DenoisingAlgorithm, Need
from ..errors import AlgorithmError
from ..facts import ModelFacts
from ..observation import Observation, ParamsBatch, Update
from ..unmasking import UnmaskingRule


class Committer:
    """One interface to `DenoisingAlgorithm.step` and to `UnmaskingRule.select`."""

    def __init__(self, source: DenoisingAlgorithm | UnmaskingRule, rule: UnmaskingRule) -> None:
        """`source` decides; `rule`, the request's, is what an algorithm's own `step` may fall back on."""
        self.source = source
        self.rule = rule
        self.needs: frozenset[Need] = source.needs | frozenset[Need]({"others"})
        """What it reads, and the odds by which a row that commits nothing is helped along."""
        self.region = source.region
        self.revises = source.revises
        self.state_scope = source.state_scope
        self.state_bytes: dict[int, int] = {}
        """Bytes of one row's state by the region's width, as far as they were asked for."""
        self.name = source.name if isinstance(source, DenoisingAlgorithm) else type(source).__name__

    def init_state(self, width: int, facts: ModelFacts, device: torch.device) -> Any:
        """Fresh state of one row, or None."""
        with device:
            return self.source.init_state(1, width, facts)

    def decide(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """The checked answer for all rows of `obs`.

        Raises:
            AlgorithmError: it raised, or returned something of the wrong type, shape or dtype.
        """
        try:
            if isinstance(self.source, DenoisingAlgorithm):
                update = self.source.step(obs, params, state)
            else:
                update = self.source.select(obs, params, state)
        except AlgorithmError:
            raise
        except Exception as error:
            raise AlgorithmError(f"{self.name} failed: {type(error).__name__}: {error}") from error
        self._check(update, obs)
        return update

    def _check(self, update: Any, obs: Observation) -> None:
        if not isinstance(update, Update):
            raise AlgorithmError(f"{self.name} returned {type(update).__name__}, expected Update")
        if update.remask is not None and not self.revises:
            raise AlgorithmError(f"{self.name} remasks: declare revises = True")
        shape = tuple(obs.masked.shape)
        for field, dtype in (("write", torch.bool), ("tokens", torch.int64), ("remask", torch.bool)):
            value = getattr(update, field)
            if value is None and field != "write":
                continue
            if not isinstance(value, torch.Tensor) or value.dtype != dtype or tuple(value.shape) != shape:
                got = (
                    f"{value.dtype} {tuple(value.shape)}" if isinstance(value, torch.Tensor) else repr(value)
                )
                raise AlgorithmError(f"{self.name}: Update.{field} must be {dtype} {shape}, got {got:.80}")
