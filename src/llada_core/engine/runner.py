"""One tick: forward, statistics, decision, for some rows of any lengths and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from .. import sampling
from ..canvas import Ids
from ..errors import LladaError, NonFiniteError
from ..facts import ModelFacts
from ..kv_cache import KVPool
from ..model.packed import Packed
from ..observation import Observation
from .block_batch import fits
from .block_steps import BlockSteps, Landed, is_block
from .config import EngineConfig
from .decide import Decision, decide
from .edits import accept, committed, gather_edits
from .events import TokenLogprob
from .group import Group, form_groups
from .guided import in_order
from .packing import PackedRows, Packer
from .row import Row
from .state import gather
from .statistics import Places, score, spread, statistics_of
from .upload import download, upload


class Model(Protocol):
    """The calls that the engine makes of every model; one of ours also has `block`."""

    def hidden(self, packed: Packed) -> torch.Tensor:
        """Hidden states [n, ...] of the wanted tokens of packed rows."""

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits [n, vocab] of hidden states [n, ...]."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tick did to one row."""

    row: Row
    start: int = 0
    """Canvas position of the first of `tokens`."""
    tokens: Ids | None = None
    """What the region holds now, -1 where masked; None: the forward committed nothing."""
    confidence: npt.NDArray[np.float32] | None = None
    """Of the sampled tokens over the same positions; only where previews are wanted."""
    logprobs: dict[int, TokenLogprob] | None = None
    """Of what the step committed, by canvas position; only where they are wanted."""
    error: LladaError | None = None


class Runner:
    """Runs ticks on one model. A row is as it was, whatever a tick has begun ahead."""

    def __init__(
        self, model: Model, facts: ModelFacts, pool: KVPool | None, device: torch.device, config: EngineConfig
    ) -> None:
        self._model = model
        self._facts = facts
        self._device = device
        self._config = config
        self.use_pool(pool)

    def use_pool(self, pool: KVPool | None) -> None:
        """Keep keys and values in `pool` from now on."""
        self._packer = Packer(pool, self._device)
        self.blocks: BlockSteps | None = None
        wanted, fused = self._config.block_steps, getattr(self._model, "fused", None) is not None
        if wanted is None or self._device.type == "cuda":  # where the plain forward cannot be captured
            wanted = fused and wanted is not False
        computes_blocks = any(hasattr(self._model, name) for name in ("block", "block_forward"))
        if wanted and pool is not None and computes_blocks:
            model: Any = self._model
            self.blocks = BlockSteps(model, self._facts, pool, self._device, self._config)

    @property
    def ahead(self) -> Sequence[Row]:
        """The rows of a step that runs already; they are to be run next."""
        return () if self.blocks is None else self.blocks.ahead

    def together(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those of `rows` that run in one tick: equally long blocks, or everything else.

        The kind that holds the row that waited longest has its turn; of two, the packed kind, for its rows
        soon join the blocks.
        """
        if self.blocks is None:
            return rows
        kinds: dict[int, list[Row]] = {}
        for row in rows:
            kinds.setdefault(_block_length(row), []).append(row)
        return min(kinds.items(), key=lambda kind: (min(row.last_tick for row in kind[1]), kind[0]))[1]

    def run(self, rows: Sequence[Row], *, alone: bool = False) -> list[Outcome]:
        """Run the forward that each row planned, and decide what to commit. The rows are not changed.

        Args:
            rows: that run together.
            alone: nobody else waits for a turn, so their next step may begin before this one is read.
        """
        if self.blocks is not None:
            if self.blocks.decides(rows):
                landed = self.blocks.step(rows, alone, lambda: self._packer.pack(rows))
                if landed is not None:
                    apart = [row for row in rows if row.apart]
                    logits = self.blocks.logits_of(rows) if apart else None
                    decided = [] if logits is None else self._decide_blocks(rows, logits, apart)
                    return [*(_outcome(block) for block in landed), *decided]
            if _block_length(rows[0]) and self.blocks.holds(rows):
                return self._decide_blocks(rows, self.blocks.forward(rows), rows)
        packed = self._packer.pack(rows)
        outcomes = [Outcome(row) for row in rows if row.planned is not None and not row.planned.commit]
        groups = form_groups([row for row in rows if row.planned is not None and row.planned.commit])
        index = {id(row): n for n, row in enumerate(rows)}
        places = [_places(group, index) for group in groups]
        logits = self._logits(rows, packed, places)
        if logits is None:
            return outcomes
        for group, at, part in zip(
            groups, places, torch.split(logits, [len(p.row) for p in places]), strict=True
        ):
            outcomes += self._decide(rows, group, at, part)
        return outcomes

    def _decide_blocks(
        self, rows: Sequence[Row], logits: torch.Tensor, deciding: Sequence[Row]
    ) -> list[Outcome]:
        """Decide for some of `rows` outside of a graph, from logits [rows, width, vocab] of their blocks."""
        outcomes: list[Outcome] = []
        index = {id(row): n for n, row in enumerate(rows)}
        starts = np.array([row.canvas.span(row.block)[0] for row in rows])
        for group in form_groups(deciding):
            places = _places(group, index)
            where = places.row * logits.shape[1] + places.position - starts[places.row]
            part = logits.flatten(0, 1).index_select(0, upload(where, self._device))
            outcomes += self._decide(rows, group, places, part)
        return outcomes

    def _forward(self, packed: Packed, wanted: npt.NDArray[Any]) -> torch.Tensor:
        """Hidden states [n, ...] of the n `wanted` tokens."""
        tokens = len(packed.tokens)
        every = len(wanted) == tokens and np.array_equal(wanted, np.arange(tokens))
        return self._model.hidden(replace(packed, wanted=None if every else upload(wanted, self._device)))

    def _logits(self, rows: Sequence[Row], packed: PackedRows, places: list[Places]) -> torch.Tensor | None:
        """Run the forward; guided logits [n, vocab] at all places, in order, or None if there are none."""
        if not places:
            self._forward(packed.packed, np.empty(0, np.int64))
            return None
        row = np.concatenate([place.row for place in places])
        position = np.concatenate([place.position for place in places])
        inside = _inside(rows, row, position)
        guided = np.flatnonzero(np.isin(row, list(packed.twins)))
        first = np.array([packed.twins.get(n, 0) for n in range(len(rows))])
        own = np.array(packed.offsets)[row] + inside
        hidden = self._forward(packed.packed, np.concatenate((own, first[row[guided]] + inside[guided])))
        logits = self._model.head(hidden[: len(own)])
        if len(guided):
            scale = np.array([r.request.params.cfg_scale for r in rows])[row[guided]]
            where = upload(guided, self._device)
            free = self._model.head(hidden[len(own) :])
            mixed = sampling.guide(logits[where], free, upload(scale, self._device))
            logits = logits.index_copy(0, where, mixed)
        return logits

    def _decide(
        self, rows: Sequence[Row], group: Group, places: Places, logits: torch.Tensor
    ) -> list[Outcome]:
        mask_id = self._facts.mask_id
        params = [row.request.params for row in rows]
        where, token = upload(group.wanted, self._device), upload(group.token, self._device)
        held = token.reshape(-1)[where]
        edits = self._edits(group, places) if group.rows[0].apart else None
        if edits is not None:
            logits = sampling.edit(logits, edits)
        found = statistics_of(
            logits, places, params, [row.forwards for row in rows], held, group.committer.needs, mask_id
        )
        sampled = found["sampled"]
        shape = len(group.rows), group.width
        statistics = {name: spread(v, where, *shape, name) for name, v in found.items() if name != "sampled"}
        statistics["sampled"] = token.reshape(-1).index_copy(0, where, sampled).view(shape)
        guided = [row.guide is not None for row in group.rows]
        if any(guided):
            statistics |= in_order(statistics, upload(np.array(guided), self._device))
        obs = group.observation(token, statistics)
        state = gather([row.state for row in group.rows])
        decision = decide(group, obs, group.params(self._device), state)
        outcomes = self._read_back(group, decision, obs)
        if group.rows[0].apart:
            outcomes = [self._described(outcome, group, logits) for outcome in outcomes]
        return [*(Outcome(row, error=error) for row, error in decision.failed), *outcomes]

    def _described(self, outcome: Outcome, group: Group, logits: torch.Tensor) -> Outcome:
        """With the log-probabilities of what was committed, where the request asks for them.

        `logits` [n, vocab] are those of `group.wanted`, edited.
        """
        row, tokens = outcome.row, outcome.tokens
        if row.request.logprobs is None or tokens is None:
            return outcome
        new = np.flatnonzero(committed(row.held(outcome.start, len(tokens)), tokens))
        found = score(
            logits,
            np.searchsorted(group.wanted, group.rows.index(row) * group.width + new),
            tokens[new],
            self._facts.mask_id,
            row.request.logprobs,
        )
        return replace(outcome, logprobs=dict(zip((outcome.start + new).tolist(), found, strict=True)))

    def _edits(self, group: Group, places: Places) -> sampling.Edits | None:
        """What the group's rows change of their logits at `places`."""
        of_row = group.wanted // group.width
        editors = [
            (editor, row.canvas, np.flatnonzero(of_row == n))
            for n, row in enumerate(group.rows)
            for editor in row.edits
        ]
        return gather_edits(editors, places.position, self._device)

    def _read_back(self, group: Group, decision: Decision, obs: Observation) -> list[Outcome]:
        """One transfer: what every region holds now, and which rows met a number that is not one; a second
        one where rows have edits: what was drawn."""
        if not decision.rows:
            return []
        others, sampled = obs.others, download(obs.sampled) if group.rows[0].edits else None
        bad = others.isnan().any(1, keepdim=True)
        read = download(torch.cat((decision.tokens, bad[decision.index].to(torch.int64)), dim=1))
        wanted = any(group.rows[n].request.preview for n in decision.rows)
        confidence = download((1 / (1 + others[decision.index])).float()) if wanted else None
        outcomes = []
        for at, n in enumerate(decision.rows):
            row = group.rows[n]
            if read[at, -1]:
                outcomes.append(Outcome(row, error=_not_finite(row)))
                continue
            sure = confidence[at] if confidence is not None and row.request.preview else None
            start, tokens = row.region[0], read[at, :-1]
            try:
                if sampled is not None:
                    tokens = accept(row.edits, row.canvas, start, tokens, sampled[n])
            except LladaError as error:
                outcomes.append(Outcome(row, error=error))
                continue
            outcomes.append(Outcome(row, start, tokens, sure))
        return outcomes


def _block_length(row: Row) -> int:
    """Of the block that is all the row computes; 0 where it is not so."""
    fit = is_block(row, row.planned) and row.planned is not None and row.planned.commit and fits(row)
    return row.canvas.block_length if fit and row.committer.region == "block" else 0


def _outcome(block: Landed) -> Outcome:
    if not block.finite:
        return Outcome(block.row, error=_not_finite(block.row))
    sure = None if block.others is None else (1 / (1 + block.others)).astype(np.float32)
    return Outcome(block.row, block.start, block.tokens, sure)


def _not_finite(row: Row) -> NonFiniteError:
    edited = ", or what the request forbids leaves no token at some position" if row.edits else ""
    return NonFiniteError(f"the model's logits are not finite at forward {row.forwards + 1}{edited}")


def _places(group: Group, index: dict[int, int]) -> Places:
    """Which rows of the tick, and which canvas positions, a group wants statistics of."""
    of_group = np.array([index[id(row)] for row in group.rows], dtype=np.intp)
    return Places(of_group[group.wanted // group.width], group.position.reshape(-1)[group.wanted])


def _inside(rows: Sequence[Row], row: npt.NDArray[np.intp], position: Ids) -> Ids:
    """Index of each position within its row's window."""
    starts = np.array([r.planned.start if r.planned is not None else 0 for r in rows])
    inside: Ids = position - starts[row]
    for n, r in enumerate(rows):
        if r.planned is not None and r.planned.scattered is not None:
            here = row == n
            inside[here] = np.searchsorted(r.planned.scattered, position[here])
    return inside
