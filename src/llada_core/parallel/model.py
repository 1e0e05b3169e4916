"""The model as rank 0's engine sees it: its calls are answered by all ranks together."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import torch

from ..errors import LladaError
from ..facts import ModelFacts
from ..kv_cache import KVPool
from ..model.modeling import LLaDAForMaskedDiffusion
from ..model.packed import Packed
from .block_forward import SplitBlockForward
from .commands import Blocks, Command, Head, Move, Pool
from .rank import Rank, describe

if TYPE_CHECKING:
    from .team import Team


class ParallelModel:
    """Rank 0's part of a model, with the team that has the others. One engine runs on it at a time: with the
    pool of the next one, that of the last is gone."""

    def __init__(self, team: Team, rank: Rank) -> None:
        self.team, self.rank = team, rank
        self.part: LLaDAForMaskedDiffusion = rank.model
        self.facts: ModelFacts = self.part.facts
        self.config = self.part.config
        self.device, self.dtype = self.part.device, self.part.dtype
        self.kv_shape = self.part.kv_shape
        """Of this rank's heads."""
        self.logits_width = self.part.logits_width + self.config.logits_width
        """Numbers that are kept of a position: the rank's logits, and all of them."""
        self.parameters_in_all = self.part.parameters_in_all

    @property
    def fused(self) -> Any:
        """The part's fused forward; see `LLaDAForMaskedDiffusion`."""
        return self.part.fused

    def hidden(self, packed: Packed) -> torch.Tensor:
        """Hidden states of packed rows; see `LLaDAForMaskedDiffusion`."""
        return self._hidden(packed)

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits [n, vocab] of hidden states [n, d_model]."""
        with self._tell(Head(len(hidden))):
            logits = self.rank.head(hidden)
        assert logits is not None
        return logits

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """See `LLaDAForMaskedDiffusion.forward`."""
        return LLaDAForMaskedDiffusion.forward(self, *args, **kwargs)  # type: ignore[arg-type]

    def make_pool(self, tokens: int, working: int | None) -> KVPool:
        """A pool of `tokens` slots, or of as many as fit on every rank; see `engine.memory.pool_tokens`.

        Raises:
            LladaError: not even one fits.
        """
        with self._tell(Pool(tokens, working)):
            slots = self.rank.agree(tokens, working)
            pool = self.rank.make_pool(slots, _pool_of(self))
        if slots < 1 <= tokens:
            raise LladaError("no memory is left for keys and values on one of the ranks")
        return pool

    def block_forward(self, pool: KVPool, rows: int) -> SplitBlockForward:
        """What runs block windows over that pool."""
        self._check(pool.keys)
        with self._tell(Blocks(rows)):
            self.rank.blocks = SplitBlockForward(
                self.part,
                self.rank.group,
                pool,
                self.facts.mask_id,
                rows,
                tell=self._tell,
                hidden=lambda packed: self._hidden(packed, repeated=True),
            )
        return self.rank.blocks

    def _hidden(self, packed: Packed, *, repeated: bool = False) -> torch.Tensor:
        if packed.kv is not None:
            self._check(packed.kv.keys)
        command = describe(packed, repeated)
        with self._tell(command):
            return self.rank.hidden(command, packed)

    def _tell(self, command: Command) -> AbstractContextManager[None]:
        return self.team.tell(command)

    def _check(self, keys: torch.Tensor) -> None:
        if self.rank.pool is None or self.rank.pool.keys is not keys:
            raise LladaError("another engine runs on this model's ranks now")


def _pool_of(model: ParallelModel) -> type[KVPool]:
    """Pools of which the other ranks do what is done to them."""

    class SharedPool(KVPool):
        def move(self, old: int, new: int, length: int) -> None:
            with model.team.tell(Move(old, new, length)):
                super().move(old, new, length)

    return SharedPool
