"""Attention of a block of queries over its canvas, keys and values in the pool, with everything around it.

One program computes one head of one row: it rotates queries and keys, writes the block's keys and values to
the pool, and attends to the canvas (online softmax, as in FlashAttention; Dao et al., 2022). The order in
which keys are added up depends on the row alone, so a row's result has the same bits in any company.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from llada_core.kernels.card import stages_that_fit
from llada_core.kernels.early import after_the_last, begins_early

SPLITS = 4
"""Parts that a row's keys are cut into where few rows would leave most of the card idle."""
LONGEST = 128
"""Most queries of a block."""
KEYS, STAGES = 64, 3
"""Keys of one step of the loop over them, and how many steps are loaded ahead."""
LOG2_E = 1.4426950408889634


@triton.jit
def _turn(first, second, cos, sin):
    dtype = first.dtype
    a, b = first.to(tl.float32), second.to(tl.float32)
    return (a * cos - b * sin).to(dtype), (b * cos + a * sin).to(dtype)


@triton.jit
def _block_attention(
    qkv, keys, values, cos_table, sin_table, slot, length, first, out, partial, arrived,
    scale, slot_step, head_step,
    LENGTH: tl.constexpr, HEADS: tl.constexpr, KV_HEADS: tl.constexpr, HALF: tl.constexpr,
    QUERIES: tl.constexpr, KEYS: tl.constexpr, SPLITS: tl.constexpr, EARLY: tl.constexpr,
):  # fmt: skip
    after_the_last(EARLY)
    head, row, split = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    GROUP: tl.constexpr = HEADS // KV_HEADS
    DIM: tl.constexpr = 2 * HALF
    kv_head = head // GROUP
    base = tl.load(slot + row).to(tl.int64)
    canvas = tl.load(length + row)
    start = tl.load(first + row)
    m, half, dim = tl.arange(0, QUERIES), tl.arange(0, HALF), tl.arange(0, DIM)
    real = m < LENGTH
    token = row.to(tl.int64) * LENGTH + m
    stride: tl.constexpr = (HEADS + 2 * KV_HEADS) * DIM
    table = (start + m)[:, None] * HALF + half[None]
    cos = tl.load(cos_table + table, mask=real[:, None], other=0.0)
    sin = tl.load(sin_table + table, mask=real[:, None], other=0.0)
    at = token[:, None] * stride + half[None]
    q1 = tl.load(qkv + at + head * DIM, mask=real[:, None], other=0.0)
    q2 = tl.load(qkv + at + head * DIM + HALF, mask=real[:, None], other=0.0)
    q1, q2 = _turn(q1, q2, cos, sin)
    best = tl.full([QUERIES], float("-inf"), tl.float32)
    total = tl.zeros([QUERIES], tl.float32)
    sums = tl.zeros([QUERIES, DIM], tl.float32)
    part = tl.cdiv(tl.cdiv(canvas, SPLITS), KEYS) * KEYS
    for n0 in range(split * part, tl.minimum((split + 1) * part, canvas), KEYS):
        n = n0 + tl.arange(0, KEYS)
        seen = (n < canvas) & ((n < start) | (n >= start + LENGTH))
        there = (base + n)[:, None] * slot_step + kv_head.to(tl.int64) * head_step
        p1 = tl.load(keys + there + half[None], mask=seen[:, None], other=0.0)
        p2 = tl.load(keys + there + HALF + half[None], mask=seen[:, None], other=0.0)
        scores = tl.dot(q1, tl.trans(p1)) + tl.dot(q2, tl.trans(p2))
        scores = tl.where(seen[None], scores * scale, float("-inf"))
        new = tl.maximum(best, tl.max(scores, 1))
        finite = tl.where(new == float("-inf"), 0.0, new)
        weights = tl.exp2(scores - finite[:, None])
        shrink = tl.exp2(best - finite)
        total = total * shrink + tl.sum(weights, 1)
        pv = tl.load(values + there + dim[None], mask=seen[:, None], other=0.0)
        sums = sums * shrink[:, None] + tl.dot(weights.to(pv.dtype), pv)
        best = new

    if split == SPLITS - 1:  # the block's own keys come last, when everything else is on its way
        own = (HEADS + kv_head) * DIM
        k1 = tl.load(qkv + at + own, mask=real[:, None], other=0.0)
        k2 = tl.load(qkv + at + own + HALF, mask=real[:, None], other=0.0)
        k1, k2 = _turn(k1, k2, cos, sin)
        v = tl.load(
            qkv + token[:, None] * stride + (HEADS + KV_HEADS + kv_head) * DIM + dim[None],
            mask=real[:, None],
            other=0.0,
        )
        if head % GROUP == 0:
            to = (base + start + m)[:, None] * slot_step + kv_head.to(tl.int64) * head_step
            tl.store(keys + to + half[None], k1, mask=real[:, None])
            tl.store(keys + to + HALF + half[None], k2, mask=real[:, None])
            tl.store(values + to + dim[None], v, mask=real[:, None])
        own_scores = tl.dot(q1, tl.trans(k1)) + tl.dot(q2, tl.trans(k2))
        own_scores = tl.where(real[None], own_scores * scale, float("-inf"))
        own_best = tl.maximum(best, tl.max(own_scores, 1))
        own_weights = tl.exp2(own_scores - own_best[:, None])
        own_shrink = tl.exp2(best - own_best)
        total = total * own_shrink + tl.sum(own_weights, 1)
        sums = sums * own_shrink[:, None] + tl.dot(own_weights.to(v.dtype), v)
        best = own_best
    if SPLITS > 1:
        # Parts leave their sums; whoever comes last joins all of them in order.
        size: tl.constexpr = QUERIES * (DIM + 2)
        job = (row * HEADS + head).to(tl.int64)
        mine = partial + (job * SPLITS + split) * size
        tl.store(mine + m[:, None] * DIM + dim[None], sums)
        tl.store(mine + QUERIES * DIM + m, best)
        tl.store(mine + QUERIES * (DIM + 1) + m, total)
        tl.debug_barrier()
        if tl.atomic_add(arrived + job, 1) == SPLITS - 1:
            tl.store(arrived + job, 0)
            best = tl.full([QUERIES], float("-inf"), tl.float32)
            total = tl.zeros([QUERIES], tl.float32)
            sums = tl.zeros([QUERIES, DIM], tl.float32)
            for other in tl.static_range(SPLITS):
                theirs = partial + (job * SPLITS + other) * size
                high = tl.load(theirs + QUERIES * DIM + m)
                new = tl.maximum(best, high)
                finite = tl.where(new == float("-inf"), 0.0, new)
                shrink, grow = tl.exp2(best - finite), tl.exp2(high - finite)
                total = total * shrink + tl.load(theirs + QUERIES * (DIM + 1) + m) * grow
                sums = sums * shrink[:, None] + tl.load(theirs + m[:, None] * DIM + dim[None]) * grow[:, None]
                best = new
            result = (sums / total[:, None]).to(out.dtype.element_ty)
            tl.store(
                out + token[:, None] * (HEADS * DIM) + head * DIM + dim[None], result, mask=real[:, None]
            )
    else:
        result = (sums / total[:, None]).to(out.dtype.element_ty)
        tl.store(out + token[:, None] * (HEADS * DIM) + head * DIM + dim[None], result, mask=real[:, None])


class SplitScratch:
    """Where parts of a row's keys leave their sums, for up to `rows` rows."""

    def __init__(self, rows: int, heads: int, head_dim: int, device: torch.device) -> None:
        self.partial = torch.empty(rows * heads * SPLITS * LONGEST * (head_dim + 2), device=device)
        self.arrived = torch.zeros(rows * heads, dtype=torch.int32, device=device)
        self.rows = rows


def block_attention(
    qkv: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    angles: tuple[torch.Tensor, torch.Tensor],
    slot: torch.Tensor,
    length: torch.Tensor,
    first: torch.Tensor,
    heads: int,
    scratch: SplitScratch | None = None,
) -> torch.Tensor:
    """Rotate, write keys and values to the pool, attend: [tokens, heads * head_dim].

    Args:
        qkv: [tokens, (heads + 2 * kv_heads) * head_dim], unrotated; rows of equally many tokens end to end.
        keys: one layer of the pool, [slots, kv_heads, head_dim], as `values`; it gets the block's own.
        angles: cosine and sine by canvas position, float32 [positions, head_dim / 2].
        slot: int64 [rows], where each row's canvas begins in the pool.
        length: int64 [rows], tokens of its canvas, all of them in the pool or in the block.
        first: int64 [rows], canvas position of its block.
        scratch: splits the keys of few rows, so that all of the card works on them; used by one call at a
            time.
    """
    rows, tokens = slot.shape[0], qkv.shape[0]
    _, kv_heads, dim = keys.shape
    block = tokens // rows
    out = qkv.new_empty((tokens, heads * dim))
    queries = max(16, triton.next_power_of_2(block))
    size = keys.element_size()
    width = KEYS if dim <= 128 else KEYS // 2
    stages = stages_that_fit(STAGES, 2 * width * dim * size, 2 * queries * dim * size, qkv.device)
    partial, arrived = (None, None) if scratch is None else (scratch.partial, scratch.arrived)
    splits = 1 if scratch is None else SPLITS
    early = begins_early(tokens, qkv.device)
    _block_attention[(heads, rows, splits)](
        qkv, keys, values, *angles, slot, length, first, out, partial, arrived, dim**-0.5 * LOG2_E,
        keys.stride(0), keys.stride(1),
        LENGTH=block, HEADS=heads, KV_HEADS=kv_heads, HALF=dim // 2,
        QUERIES=queries, KEYS=width, SPLITS=splits, EARLY=early,
        num_warps=4 if queries <= 64 else 8, num_stages=stages, launch_pdl=early,
    )  # fmt: skip
    return out


@triton.jit
def _rotate(
    qkv, cos_table, sin_table, position, slots, keys, values, out, slot_step, head_step,
    HEADS: tl.constexpr, KV_HEADS: tl.constexpr, HALF: tl.constexpr,
    TURNED: tl.constexpr, VALUES: tl.constexpr, KEEP: tl.constexpr,
):  # fmt: skip
    token = tl.program_id(0).to(tl.int64)
    DIM: tl.constexpr = 2 * HALF
    half, dim = tl.arange(0, HALF), tl.arange(0, DIM)
    table = tl.load(position + token) * HALF + half
    cos, sin = tl.load(cos_table + table)[None], tl.load(sin_table + table)[None]
    head = tl.arange(0, TURNED)
    turned = (head < HEADS + KV_HEADS)[:, None]
    at = token * ((HEADS + 2 * KV_HEADS) * DIM) + head[:, None] * DIM + half[None]
    a, b = tl.load(qkv + at, mask=turned, other=0.0), tl.load(qkv + at + HALF, mask=turned, other=0.0)
    a, b = _turn(a, b, cos, sin)
    to = token * ((HEADS + KV_HEADS) * DIM) + head[:, None] * DIM + half[None]
    tl.store(out + to, a, mask=turned)
    tl.store(out + to + HALF, b, mask=turned)
    if KEEP:
        slot = tl.load(slots + token)
        if slot >= 0:
            kept = turned & (head >= HEADS)[:, None]
            there = slot * slot_step + (head - HEADS).to(tl.int64)[:, None] * head_step + half[None]
            tl.store(keys + there, a, mask=kept)
            tl.store(keys + there + HALF, b, mask=kept)
            kv = tl.arange(0, VALUES)
            real = (kv < KV_HEADS)[:, None]
            source = token * ((HEADS + 2 * KV_HEADS) * DIM) + (HEADS + KV_HEADS + kv)[:, None] * DIM
            v = tl.load(qkv + source + dim[None], mask=real)
            target = slot * slot_step + kv.to(tl.int64)[:, None] * head_step + dim[None]
            tl.store(values + target, v, mask=real)


def rotate(
    qkv: torch.Tensor,
    angles: tuple[torch.Tensor, torch.Tensor],
    position: torch.Tensor,
    heads: int,
    kv_heads: int,
    pool: tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Queries [tokens, heads, head_dim], keys and values [tokens, kv_heads, head_dim], rotated.

    Args:
        qkv: [tokens, (heads + 2 * kv_heads) * head_dim].
        position: int64 [tokens].
        pool: one layer's keys and values, and int64 [tokens] slots to write them to, -1 for none.
    """
    dim = qkv.shape[1] // (heads + 2 * kv_heads)
    tokens = qkv.shape[0]
    out = qkv.new_empty((tokens, heads + kv_heads, dim))
    keys, values, slots = pool if pool is not None else (None, None, None)
    steps = (0, 0) if keys is None else (keys.stride(0), keys.stride(1))
    _rotate[(tokens,)](
        qkv, *angles, position, slots, keys, values, out, *steps,
        HEADS=heads, KV_HEADS=kv_heads, HALF=dim // 2, TURNED=triton.next_power_of_2(heads + kv_heads),
        VALUES=triton.next_power_of_2(kv_heads), KEEP=pool is not None, num_warps=4,
    )  # fmt: skip
    v = qkv.view(tokens, -1, dim)[:, heads + kv_heads :]
    return out[:, :heads], out[:, heads:], v
