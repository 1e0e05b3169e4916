"""Where top_k and top_p cut a vocabulary, without sorting it.

The cut is found bit by bit: a logit's bits, put into the order of its value, are a number, and the largest
number above which enough tokens, or enough probability, lie is built from its highest bit down. Each bit is
one pass over the logits, which stay in the cache.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl


@triton.jit
def _key(score):
    """An int64 from 0 on that orders as the float32 does; -inf is the least."""
    bits = score.to(tl.int32, bitcast=True)
    return (bits ^ ((bits >> 31) & 0x7FFFFFFF)).to(tl.int64) + 2147483648


@triton.jit
def _value(key):
    """The float32 of a key."""
    bits = (key - 2147483648).to(tl.int32)
    return (bits ^ ((bits >> 31) & 0x7FFFFFFF)).to(tl.float32, bitcast=True)


@triton.jit
def _load(row, start, vocab, MASK_ID: tl.constexpr, CHUNK: tl.constexpr):
    token = start + tl.arange(0, CHUNK)
    score = tl.load(row + token, mask=token < vocab, other=float("-inf")).to(tl.float32)
    return token, tl.where(token == MASK_ID, float("-inf"), score + 0.0)  # -0.0 is 0.0


@triton.jit
def _sum(
    row, vocab, best, heat, cut, last, least,
    MASK_ID: tl.constexpr, CHUNK: tl.constexpr, WEIGHTS: tl.constexpr,
):  # fmt: skip
    """How many tokens, or how much weight, has a key of `least` or more, among those that the cut leaves."""
    total = tl.zeros([1], tl.float64)
    for start in range(0, vocab, CHUNK):
        token, score = _load(row, start, vocab, MASK_ID, CHUNK)
        key = _key(score)
        kept = (key > cut) | ((key == cut) & (token <= last))
        here = kept & (key >= least) & (score > float("-inf"))
        if WEIGHTS:
            value = tl.where(here, tl.exp((score - best) / heat), 0.0)
            total += tl.sum(value, 0).to(tl.float64)
        else:
            total += tl.sum(here.to(tl.int32), 0).to(tl.float64)
    return tl.sum(total, 0)


@triton.jit
def _search(
    row, vocab, best, heat, cut, last, enough,
    MASK_ID: tl.constexpr, CHUNK: tl.constexpr, WEIGHTS: tl.constexpr, LOWEST_BIT: tl.constexpr,
):  # fmt: skip
    """The largest key with `enough` tokens, or weight, at or above it."""
    found = tl.zeros([1], tl.int64)
    for n in range(32 - LOWEST_BIT):
        trial = found + (tl.full([1], 1, tl.int64) << (31 - n))
        reached = _sum(
            row, vocab, best, heat, cut, last, tl.sum(trial, 0), MASK_ID=MASK_ID, CHUNK=CHUNK, WEIGHTS=WEIGHTS
        )
        found = tl.where(reached >= enough, trial, found)
    # The lower bits of a negative number are ones where the number itself has zeros.
    found = tl.where(found < 2147483648, found | ((1 << LOWEST_BIT) - 1), found)
    return tl.sum(found, 0)


@triton.jit
def _nth(row, vocab, key, n, MASK_ID: tl.constexpr, CHUNK: tl.constexpr):
    """The id of the n-th token, from 1 on, whose key is `key`."""
    seen = tl.zeros([1], tl.int64)
    found = tl.zeros([1], tl.int64)
    for start in range(0, vocab, CHUNK):
        token, score = _load(row, start, vocab, MASK_ID, CHUNK)
        equal = (_key(score) == key) & (token < vocab)
        place = tl.cumsum(equal.to(tl.int64), 0) + seen
        found += tl.sum(tl.where(equal & (place == n), token.to(tl.int64), 0), 0)
        seen += tl.sum(equal.to(tl.int64), 0)
    return tl.sum(found, 0)


@triton.jit
def _cut(
    logits, places, wanted, temperature, top_k, top_p, value, last, vocab, width, per_row,
    PLACED: tl.constexpr, MASK_ID: tl.constexpr, CHUNK: tl.constexpr, LOWEST_BIT: tl.constexpr,
):  # fmt: skip
    n = tl.program_id(0)
    place = n
    if PLACED:
        place = tl.load(places + n)
        if place < 0:
            return
    elif tl.load(wanted + n) == 0:
        return
    of = place // per_row
    k, p = tl.load(top_k + of), tl.load(top_p + of)
    tl.store(value + place, float("-inf"))
    tl.store(last + place, vocab)
    heat = tl.load(temperature + of)
    if heat > 0:  # noqa: SIM102  # scalars of a kernel know no `and`
        if ((k >= 1) & (k < vocab)) | (p < 1):
            warmth = tl.maximum(heat.to(tl.float32), 1.1754944e-38)
            row = logits + n.to(tl.int64) * width
            high = tl.full([1], float("-inf"), tl.float32)
            for start in range(0, vocab, CHUNK):
                _, score = _load(row, start, vocab, MASK_ID, CHUNK)
                high = tl.maximum(high, tl.max(score, 0))
            best = tl.max(high, 0)
            cut = tl.sum(tl.zeros([1], tl.int64), 0)
            until = tl.sum(tl.zeros([1], tl.int64), 0) + vocab
            if (k >= 1) & (k < vocab):
                enough = k.to(tl.float64)
                found = _search(
                    row, vocab, best, warmth, cut, until, enough,
                    MASK_ID=MASK_ID, CHUNK=CHUNK, WEIGHTS=False, LOWEST_BIT=LOWEST_BIT,
                )  # fmt: skip
                above = _sum(row, vocab, best, warmth, cut, until, found + 1, MASK_ID, CHUNK, False)
                until = _nth(row, vocab, found, (enough - above).to(tl.int64), MASK_ID=MASK_ID, CHUNK=CHUNK)
                cut = found
            if p < 1:
                whole = _sum(row, vocab, best, warmth, cut, until, cut * 0, MASK_ID, CHUNK, True)
                target = p * whole
                found = _search(
                    row, vocab, best, warmth, cut, until, target,
                    MASK_ID=MASK_ID, CHUNK=CHUNK, WEIGHTS=True, LOWEST_BIT=LOWEST_BIT,
                )  # fmt: skip
                above = _sum(row, vocab, best, warmth, cut, until, found + 1, MASK_ID, CHUNK, True)
                with_it = _sum(row, vocab, best, warmth, cut, until, found, MASK_ID, CHUNK, False)
                before = _sum(row, vocab, best, warmth, cut, until, found + 1, MASK_ID, CHUNK, False)
                each = tl.exp((_value(found) - best) / warmth).to(tl.float64)
                # The j-th of equals stays while what lies before it does not suffice.
                few = tl.ceil((target - above) / tl.maximum(each, 1e-300))
                few = tl.minimum(tl.maximum(few, 1.0), with_it - before)
                until = _nth(row, vocab, found, few.to(tl.int64), MASK_ID=MASK_ID, CHUNK=CHUNK)
                cut = found
            tl.store(value + place, _value(cut))
            tl.store(last + place, until)


def cuts(
    logits: torch.Tensor,
    places: torch.Tensor | None,
    wanted: torch.Tensor,
    temperature: torch.Tensor,
    top_k: torch.Tensor,
    top_p: torch.Tensor,
    mask_id: int,
    chunk: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """What may be drawn at each of n places: logits above a value, float32 [n], -inf where all may, and those
    equal to it up to an id, int64 [n].

    As `sampling.draw` has it: first the k likeliest, lowest ids among equals, then the smallest set of them
    that holds the share p of their probability. Arguments as in `vocabulary.describe`; int64 `top_k` and
    float64 `top_p` [rows].
    """
    n, (compact, vocab) = len(wanted), logits.shape
    value = torch.full((n,), -torch.inf, dtype=torch.float32, device=logits.device)
    last = torch.full((n,), vocab, dtype=torch.int64, device=logits.device)
    _cut[(compact,)](
        logits, places, wanted, temperature, top_k, top_p, value, last, vocab, logits.stride(0),
        n // len(temperature), PLACED=places is not None, MASK_ID=mask_id, CHUNK=chunk,
        LOWEST_BIT=16 if logits.dtype == torch.bfloat16 else 0, num_warps=8,
    )  # fmt: skip
    return value, last
