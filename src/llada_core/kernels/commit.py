"""What a committer answered, taken over in one launch; and ranks."""

from __future__ import annotations

import torch
import triton
import triton.language as tl


@triton.jit
def _ranks(cost, out, width, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    n = tl.arange(0, BLOCK)
    mine = tl.load(cost + row * width + n, mask=n < width, other=float("inf"))
    column, line = mine[:, None], mine[None]
    # NaN comes last, as where it is sorted.
    less = (line < column) | ((line == line) & (column != column))
    same = (line == column) | ((line != line) & (column != column))
    before = (less | (same & (n[None] < n[:, None]))) & (n < width)[None]
    tl.store(out + row * width + n, tl.sum(before.to(tl.int64), 1), mask=n < width)


def ranks(cost: torch.Tensor) -> torch.Tensor:
    """`unmasking.ranks` of [rows, width], for widths up to 128."""
    rows, width = cost.shape
    out = torch.empty(cost.shape, dtype=torch.int64, device=cost.device)
    _ranks[(rows,)](cost.contiguous(), out, width, BLOCK=triton.next_power_of_2(width), num_warps=4)
    return out


@triton.jit
def _commit(
    write, tokens, remask, sampled, others, masked, token, may_remask,
    result, odds, new_tokens, new_masked, forwards, step_in_block, masked_left,
    width, mask_id, BLOCK: tl.constexpr, GIVEN: tl.constexpr, REVISES: tl.constexpr, REMASKS: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0)
    n = tl.arange(0, BLOCK)
    real = n < width
    at = row.to(tl.int64) * width + n
    open_ = (tl.load(masked + at, mask=real, other=0) != 0) & real
    cost = tl.load(others + at, mask=real, other=float("inf"))
    drawn = tl.load(sampled + at, mask=real, other=0)
    held = tl.load(token + at, mask=real, other=0)
    said = (tl.load(write + at, mask=real, other=0) != 0) & real
    new = drawn
    if GIVEN:  # no id is negative: -2 tells a faulty one from -1, the mask
        new = tl.load(tokens + at, mask=real, other=0)
        new = tl.where(new < 0, -2, new)
    writes = said & open_
    # A row that commits nothing commits its mask with the least odds against it; NaN counts as least.
    none = tl.sum(writes.to(tl.int32), 0) == 0
    low = tl.where(open_, tl.where(cost == cost, cost, float("-inf")), float("inf"))
    least = tl.min(tl.where((low == tl.min(low, 0)) & open_, n, BLOCK), 0)
    forced = (n == least) & open_ & none
    new = tl.where(forced, drawn, new)
    writes = writes | forced
    after = tl.where(writes, new, tl.where(open_, -1, held))
    if REVISES:
        kept = (~open_) & real
        after = tl.where(said & kept, new, after)
        if REMASKS:
            again = (tl.load(remask + at, mask=real, other=0) != 0) & kept & (tl.load(may_remask + row) != 0)
            after = tl.where(again, -1, after)
    tl.store(result + row.to(tl.int64) * (width + 1) + n, after, mask=real)
    bad = tl.max(((cost != cost) & real).to(tl.int64), 0)
    tl.store(result + row.to(tl.int64) * (width + 1) + width, bad)
    tl.store(odds + at, cost, mask=real)
    still = (after == -1) & real
    tl.store(new_tokens + at, tl.where(after < 0, mask_id, after), mask=real)
    tl.store(new_masked + at, still.to(tl.int64), mask=real)
    tl.store(forwards + row, tl.load(forwards + row) + 1)
    tl.store(step_in_block + row, tl.load(step_in_block + row) + 1)
    tl.store(masked_left + row, tl.sum(still.to(tl.int64), 0))


def commit(
    write: torch.Tensor,
    tokens: torch.Tensor | None,
    remask: torch.Tensor | None,
    sampled: torch.Tensor,
    others: torch.Tensor,
    batch: dict[str, torch.Tensor],
    result: torch.Tensor,
    odds: torch.Tensor,
    mask_id: int,
    *,
    revises: bool,
) -> None:
    """`decide.apply` of blocks of which every position is editable, and `BlockBatch.take`, in one launch.

    Args:
        write, tokens, remask: the update's, [rows, width].
        sampled, others: the observation's, [rows, width].
        batch: int64 `token` and `masked` [rows, width], `forwards`, `step_in_block`, `masked_left` and
            `may_remask` [rows]; all but the last are brought up to date.
        result: int64 [rows, width + 1]: gets what the positions hold, -1 where masked, and whether one of the
            odds is no number.
        odds: float32 [rows, width]: gets `others`.
    """
    rows, width = write.shape
    _commit[(rows,)](
        write.contiguous(), None if tokens is None else tokens.contiguous(),
        None if remask is None else remask.contiguous(), sampled.contiguous(), others.contiguous(),
        batch["masked"], batch["token"], batch["may_remask"], result, odds, batch["token"], batch["masked"],
        batch["forwards"], batch["step_in_block"], batch["masked_left"], width, mask_id,
        BLOCK=triton.next_power_of_2(width), GIVEN=tokens is not None, REVISES=revises,
        REMASKS=remask is not None, num_warps=1,
    )  # fmt: skip
