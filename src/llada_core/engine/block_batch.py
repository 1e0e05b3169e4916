"""Block windows side by side in buffers that never move, so that a captured graph finds them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import torch

from ..canvas import Ids
from ..kv_cache import KVPool
from ..model.packed import BlockWindows
from ..observation import Observation, ParamsBatch, Update
from ..params import NumericField, no_number, numeric_fields
from .committer import Committer
from .decide import apply
from .group import COUNTERS, counters
from .row import Row
from .statistics import Drawn

HEADER = ("slot", "length", "first", "random", "may_remask", *COUNTERS)
"""Integers of a row; its parameters follow, then its tokens, then its masks."""
PARAMETERS = 64
"""Most numeric parameters of a request, its algorithm and its rule together."""


class BlockBatch:
    """Up to `rows` block windows of `width` positions.

    One copy brings a batch to the device. A step changes tokens, masks and counters there, so that the next
    step of the same rows needs no copy.
    """

    def __init__(self, rows: int, width: int, pool: KVPool, mask_id: int, device: torch.device) -> None:
        self.rows, self.width, self.pool, self.mask_id, self.device = rows, width, pool, mask_id, device
        self._fields = len(HEADER) + PARAMETERS
        size = (self._fields + 2 * width) * rows
        self._host = torch.zeros(size, dtype=torch.int64, pin_memory=device.type == "cuda")
        self._numbers = self._host.numpy()
        self._device = torch.zeros(size, dtype=torch.int64, device=device)
        self.offsets = torch.arange(width, device=device)
        pin = device.type == "cuda"
        self._landings = [
            (
                torch.zeros((rows, width + 1), dtype=torch.int64, pin_memory=pin),
                torch.zeros((rows, width), dtype=torch.float32, pin_memory=pin),
            )
            for _ in range(2)
        ]
        self.result = torch.zeros((rows, width + 1), dtype=torch.int64, device=device)
        self.others = torch.zeros((rows, width), dtype=torch.float32, device=device)

    def fill(self, rows: Sequence[Row], size: int) -> None:
        """Bring `rows` to the device, with as many more empty windows as make `size`."""
        stride = self._fields + 2 * self.width
        table = self._numbers[: size * stride]
        fields = table[: self._fields * size].reshape(self._fields, size)
        tokens, masked = table[self._fields * size :].reshape(2, size, self.width)
        fields[:, len(rows) :] = 0
        fields[HEADER.index("slot"), len(rows) :] = self.pool.scratch
        fields[HEADER.index("length"), len(rows) :] = self.width
        fields[HEADER.index("steps_in_block"), len(rows) :] = 1
        tokens[len(rows) :] = self.mask_id
        masked[len(rows) :] = 0
        for n, row in enumerate(rows):
            params, start = row.request.params, row.canvas.span(row.block)[0]
            head = (
                row.extents[0].start if row.extents else 0,
                row.canvas.length,
                start,
                params.remasking == "random",
                row.may_remask,
                *counters(row),
            )
            fields[: len(HEADER), n] = head
            part = slice(start, start + self.width)
            tokens[n] = row.canvas.tokens[part]
            masked[n] = row.canvas.masked[part]
            fields[len(HEADER) :, n] = numbers(row)
        self._device[: size * stride].copy_(self._host[: size * stride], non_blocking=True)

    def snapshot(self) -> torch.Tensor:
        """Everything that a step changes of the windows, for `restore`."""
        return self._device.clone()

    def restore(self, snapshot: torch.Tensor) -> None:
        """Undo what was done to the windows since."""
        self._device.copy_(snapshot)

    def land(self, size: int, which: int, preview: bool) -> None:
        """Send the result of a step to a landing on the host, without waiting."""
        result, others = self._landings[which]
        result[:size].copy_(self.result[:size], non_blocking=True)
        if preview:
            others[:size].copy_(self.others[:size], non_blocking=True)

    def landing(self, which: int) -> tuple[Ids, npt.NDArray[np.float32]]:
        """What has landed: int64 [rows, width + 1], what the blocks hold and whether a number is none; and
        float32 [rows, width], the odds against what was sampled."""
        result, others = self._landings[which]
        return result.numpy(), others.numpy()

    def tokens(self, size: int) -> torch.Tensor:
        """int64 [size, width]."""
        return self._views(size)[1]

    def windows(self, size: int) -> BlockWindows:
        """The first `size` windows, as the model's forward takes them."""
        fields, tokens, _ = self._views(size)
        slot, length, first = (fields[HEADER.index(name)] for name in ("slot", "length", "first"))
        return BlockWindows(tokens.reshape(-1), slot, length, first, self.pool.keys, self.pool.values)

    def params(self, size: int, like: Row) -> StaticParams:
        """The parameters of the first `size` rows, which are of the types of `like`'s."""
        # A copy: a rule that changes them in place changes nothing for the next step.
        fields = self._views(size)[0].clone()
        columns: dict[str, tuple[torch.Tensor, NumericField]] = {}
        for at, (_, name, field) in enumerate(layout(like), len(HEADER)):
            columns.setdefault(name, (fields[at], field))
        return StaticParams(columns)

    def masked(self, size: int) -> torch.Tensor:
        """int64 [size, width], 0 where a token is committed."""
        return self._views(size)[2]

    def drawn(
        self,
        size: int,
        like: Row | None,
        wanted: torch.Tensor | None,
        placed: tuple[torch.Tensor, torch.Tensor] | None,
        truncated: bool,
    ) -> Drawn:
        """What tokens of the first `size` windows are drawn by; `wanted` and `placed` as there.

        top_k and top_p count if `truncated`; they lie as those of `like`.
        """
        fields, tokens, _ = self._views(size)
        column = dict(zip(HEADER, fields, strict=False))
        temperature = fields[len(HEADER)].view(torch.float64)
        row = temperature, column["seed"], column["first"], column["forwards"]
        truncation = None
        if truncated and like is not None:
            params = self.params(size, like)
            truncation = params.top_k, params.top_p
        return Drawn(tokens.reshape(-1), *row, wanted, placed, truncation)

    def observation(
        self,
        size: int,
        committer: Committer,
        any_random: bool,
        any_truncated: bool,
        statistics: dict[str, torch.Tensor],
    ) -> Observation:
        """The first `size` windows as their committer sees them; `statistics` [size, width, ...]."""
        fields, tokens, masked = self._views(size)
        # A copy: what a committer writes into its observation is not what the next step goes on with.
        column = dict(zip(HEADER, fields[: len(HEADER)].clone(), strict=True))
        everywhere, block = torch.ones((2, *masked.shape), dtype=torch.bool, device=self.device).unbind(0)
        return Observation(
            token=tokens.clone(),
            position=column["first"][:, None] + self.offsets,
            masked=masked != 0,
            editable=everywhere,
            in_block=block,
            **{name: column[name] for name in COUNTERS},
            random_remasking=column["random"] != 0,
            any_random=any_random,
            rule=committer.rule,
            mask_id=self.mask_id,
            any_drawn=True,
            any_truncated=any_truncated,
            statistics=statistics,
        )

    def take(self, size: int, update: Update, obs: Observation, revises: bool) -> None:
        """Bring the windows up to date with what their committer answered, and keep the result."""
        fields, tokens, masked = self._views(size)
        column = dict(zip(HEADER, fields, strict=False))
        if self.device.type == "cuda":
            from ..kernels.commit import commit

            batch = {"token": tokens, "masked": masked, **column}
            given = update.write, update.tokens, update.remask, obs.sampled, obs.others
            result, odds = self.result[:size], self.others[:size]
            commit(*given, batch, result, odds, self.mask_id, revises=revises)
            return
        held = apply(obs, update, column["may_remask"] != 0 if revises else None)
        still = held == -1
        bad = obs.others.isnan().any(1, keepdim=True)
        self.result[:size] = torch.cat((held, bad.to(torch.int64)), dim=1)
        self.others[:size] = obs.others
        tokens.copy_(torch.where(held < 0, self.mask_id, held))
        masked.copy_(still)
        column["forwards"] += 1
        column["step_in_block"] += 1
        column["masked_left"].copy_(still.sum(1))

    def table(self, size: int) -> torch.Tensor:
        """int64: everything that is known of the first `size` windows."""
        return self._device[: (self._fields + 2 * self.width) * size]

    def _views(self, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Fields [fields, size], tokens and masks [size, width] of the first `size` rows.

        They lie as they were copied, so a batch of another size lies elsewhere.
        """
        begin = self._fields * size
        fields = self._device[:begin].view(self._fields, size)
        tokens, masked = (
            self._device[begin : begin + 2 * size * self.width].view(2, size, self.width).unbind(0)
        )
        return fields, tokens, masked


class StaticParams(ParamsBatch):
    """Parameters of rows in the columns of a batch, in the types that the fields declare."""

    def __init__(self, columns: dict[str, tuple[torch.Tensor, NumericField]]) -> None:
        self._columns = columns

    def take(self, rows: slice) -> ParamsBatch:
        """The same parameters of some rows."""
        return StaticParams({name: (value[rows], field) for name, (value, field) in self._columns.items()})

    def __getattr__(self, name: str) -> torch.Tensor:
        """The column of a parameter."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._columns:
            raise AttributeError(no_number(name, self._columns))
        column, field = self._columns[name]
        if field.kind is float:
            return column.view(torch.float64)
        return column != 0 if field.kind is bool and not field.optional else column


def layout(row: Row) -> list[tuple[int, str, NumericField]]:
    """The numeric parameters of a request: which part they are of, name, type. The temperature is first."""
    found = []
    for part_index, part in enumerate(row.parts):
        if isinstance(part, msgspec.Struct):
            found += [(part_index, name, field) for name, field in numeric_fields(type(part)).items()]
    found.sort(key=lambda entry: (entry[0], entry[1] != "temperature"))
    return found


def numbers(row: Row) -> Ids:
    """A request's numeric parameters as 64 bits each, `PARAMETERS` of them; made once a request."""
    if row.numbers is None:
        found = np.zeros(PARAMETERS, dtype=np.int64)
        floats = found.view(np.float64)
        for at, (part_index, name, field) in enumerate(layout(row)):
            value = getattr(row.parts[part_index], name)
            if field.kind is float:
                floats[at] = np.nan if value is None else value
            else:
                found[at] = -1 if value is None else value
        row.numbers = found
    return row.numbers


def fits(row: Row) -> bool:
    """Whether its parameters have room in a batch."""
    if row.numbers is not None:
        return True
    try:
        return len(layout(row)) <= PARAMETERS and numbers(row) is not None
    except OverflowError:  # an integer of more than 64 bits
        return False


def kind_of(row: Row) -> tuple[type, ...]:
    """Equal for rows whose parameters lie in the same columns."""
    return tuple(type(part) for part in row.parts)
