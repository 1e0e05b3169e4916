"""Who decides what a step commits: the algorithm itself, or the request's unmasking rule."""

from __future__ import annotations

import logging
import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from ..algorithm import DenoisingAlgorithm, Need
from ..canvas import Ids
from ..errors import AlgorithmError, LladaError
from ..facts import ModelFacts
from ..observation import Observation, ParamsBatch, Update
from ..unmasking import UnmaskingRule
from .plugin_code import Guard

if TYPE_CHECKING:
    from .row import Row

log = logging.getLogger("llada_core.engine")


class Committer:
    """One interface to `DenoisingAlgorithm.step` and to `UnmaskingRule.select`."""

    def __init__(self, source: DenoisingAlgorithm | UnmaskingRule, rule: UnmaskingRule, guard: Guard) -> None:
        """
        Args:
            source: decides.
            rule: the request's, which an algorithm's own `step` may fall back on.
            guard: limits what it may do.
        """
        self.source = source
        self.rule = rule
        self.needs: frozenset[Need] = source.needs | frozenset[Need]({"others"})
        """What it reads, and the odds by which a row that commits nothing is helped along."""
        self.region = source.region
        self.revises = source.revises
        self.state_scope = source.state_scope
        self.state_bytes: dict[int, int] = {}
        """Bytes of one row's state by the region's width, as far as they were asked for."""
        self._state_kinds: dict[int, tuple[Any, ...]] = {}
        """Type, shapes and dtypes of one row's state by the region's width."""
        self.name = source.name if isinstance(source, DenoisingAlgorithm) else type(source).__name__
        self._helped = False
        self._code = guard.code(self.name)

    @property
    def looks_everywhere(self) -> bool:
        """Whether it reads statistics of committed positions too."""
        return self.revises or not self.needs.isdisjoint(("current", "logits"))

    def init_state(self, width: int, facts: ModelFacts, device: torch.device) -> Any:
        """Fresh state of one row, or None.

        Raises:
            LladaError: it raised, or returned something else than a NamedTuple of tensors [1, ...].
        """

        def make() -> Any:
            with device:
                return self.source.init_state(1, width, facts)

        state = self._code.compute(make, " in init_state")
        if state is None:
            return None
        fields = getattr(state, "_fields", ())
        if not isinstance(state, tuple) or not fields:
            raise AlgorithmError(f"{self.name}: init_state returned {_kind(state)}, expected a NamedTuple")
        for name, value in zip(fields, state, strict=True):
            if not _plain(value, device) or value.dim() == 0 or value.shape[0] != 1:
                raise AlgorithmError(
                    f"{self.name}: state.{name} must be a tensor [rows, ...] on {device}, "
                    f"got {_kind(value)} for one row"
                )
        kind = (type(state), *((value.shape, value.dtype) for value in state))
        if self._state_kinds.setdefault(width, kind) != kind:
            raise AlgorithmError(f"{self.name}: init_state returned another shape or dtype than before")
        return state

    def decide(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """The checked answer for all rows of `obs`.

        Raises:
            LladaError: it raised, did not return, or returned something of the wrong type, shape or dtype.
        """
        source = self.source
        act = source.step if isinstance(source, DenoisingAlgorithm) else source.select
        given, own = _aliases(obs), state if state is None else type(state)(*map(torch.Tensor.detach, state))
        update = self._code.compute(lambda: act(given, params, own))
        self._check(update, obs)
        return update

    def quota(self, row: Row) -> int | None:
        """How many positions the row's next step commits, if that is known before its forward."""
        rule = self.source
        if self.revises or not isinstance(rule, UnmaskingRule) or type(rule).quota is UnmaskingRule.quota:
            return None
        numbers = row.masked_at_block_start, row.step_in_block, row.steps[row.block]
        params = row.request.rule_params
        try:
            found = self._code.call(lambda: rule.quota(*numbers, params), " in quota")
            return found if found is None else operator.index(found)
        except (LladaError, TypeError):
            return None

    def helped(self, error: LladaError, rows: int) -> None:
        """Say once that it fails for several rows together and for none of them alone: tokens are right, and
        each row costs a decision of its own."""
        if not self._helped:
            self._helped = True
            log.warning(
                "%s fails for %d requests together and not alone (%s): is a tensor [rows] missing its "
                "[:, None]? Such requests are decided one by one, slowly",
                self.name, rows, error,
            )  # fmt: skip

    def fault_in(self, after: Ids, before: Ids) -> AlgorithmError | None:
        """The error of a row in which a committed position changed though nothing here revises; both hold -1
        where masked."""
        if self.revises or not ((before >= 0) & (before != after)).any():
            return None
        return AlgorithmError(
            f"{self.name} changed committed positions: it must not write into its observation"
        )

    def _check(self, update: Any, obs: Observation) -> None:
        if not isinstance(update, Update):
            raise AlgorithmError(f"{self.name} returned {type(update).__name__}, expected Update")
        if update.remask is not None and not self.revises:
            raise AlgorithmError(f"{self.name} remasks: declare revises = True")
        shape, device = tuple(obs.masked.shape), obs.masked.device
        for field, dtype in (("write", torch.bool), ("tokens", torch.int64), ("remask", torch.bool)):
            value = getattr(update, field)
            if value is None and field != "write":
                continue
            if not _plain(value, device) or value.dtype != dtype or tuple(value.shape) != shape:
                raise AlgorithmError(
                    f"{self.name}: Update.{field} must be {dtype} {shape} on {device}, got {_kind(value)}"
                )


def _aliases(obs: Observation) -> Observation:
    """The same numbers in other objects: nobody can take away or resize what the engine goes on with."""
    return replace(
        obs,
        token=obs.token.detach(),
        masked=obs.masked.detach(),
        editable=obs.editable.detach(),
        in_block=obs.in_block.detach(),
        statistics={name: value.detach() for name, value in obs.statistics.items()},
    )


def _plain(value: Any, device: torch.device) -> bool:
    """Whether it is an ordinary tensor there, on which nothing that is computed with it can fail."""
    if type(value) is not torch.Tensor or value.layout is not torch.strided:
        return False
    return value.device.type == device.type and device.index in (None, value.device.index)


def _kind(value: Any) -> str:
    """What it is, for messages."""
    if not isinstance(value, torch.Tensor):
        return type(value).__name__
    return f"{value.dtype} {tuple(value.shape)} on {value.device}"
