"""Everything that is known of a position from its logits, in one pass over them.

The vocabulary is cut into chunks of fixed size. `_scan` reads each once and keeps what the chunks need to be
joined; `_join` joins them, and where a token is drawn reads the one chunk that holds it again. The order of
all sums depends on nothing but the vocabulary's size.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import triton
import triton.language as tl

from llada_core.kernels.truncation import cuts
from llada_core.philox import DRAW_STREAM

CHUNK = 4096


@triton.jit
def _stays(score, token, cut, last, place):
    """Whether a token may be drawn; see `truncation.cuts`."""
    edge = tl.load(cut + place)
    return (score > edge) | ((score == edge) & (token <= tl.load(last + place)))


@triton.jit
def _scan(
    logits, places, wanted, temperature, cut, last, best, second, index, rest, slope, mass, bad,
    vocab, width, chunks, per_row,
    TRUNCATED: tl.constexpr, PLACED: tl.constexpr, MASK_ID: tl.constexpr, CHUNK: tl.constexpr,
):  # fmt: skip
    row, chunk = tl.program_id(0), tl.program_id(1)
    place = row
    if PLACED:
        place = tl.load(places + row)
        if place < 0:
            return
    elif tl.load(wanted + row) == 0:
        return
    token = chunk * CHUNK + tl.arange(0, CHUNK)
    score = tl.load(logits + row.to(tl.int64) * width + token, mask=token < vocab, other=float("-inf")).to(
        tl.float32
    )
    wrong = tl.max(((score != score) | (score == float("inf"))).to(tl.int32), 0)
    open_ = tl.where(token == MASK_ID, float("-inf"), score)
    top = tl.max(open_, 0)
    at = tl.min(tl.where(open_ == top, token, 2147483647), 0)
    at = tl.where(top == float("-inf"), 2147483647, at)
    low = tl.where(token == at, float("-inf"), open_)
    below = low - tl.where(top == float("-inf"), 0.0, top)
    weight = tl.exp(below)
    heat = tl.maximum(tl.load(temperature + place // per_row).to(tl.float32), 1.1754944e-38)
    drawn = tl.exp((open_ - tl.where(top == float("-inf"), 0.0, top)) / heat)
    if TRUNCATED:
        drawn = tl.where(_stays(open_, token, cut, last, place), drawn, 0.0)
    to = row.to(tl.int64) * chunks + chunk
    tl.store(best + to, top)
    tl.store(second + to, tl.max(low, 0))
    tl.store(index + to, at)
    tl.store(rest + to, tl.sum(weight, 0))
    tl.store(slope + to, tl.sum(weight * tl.maximum(below, -120.0), 0))
    tl.store(mass + to, tl.sum(drawn, 0))
    tl.store(bad + to, wrong)


@triton.jit
def _uniform(seed, position, forwards, STREAM: tl.constexpr):
    zero = (position * 0).to(tl.uint32)
    x0, x1, _, _ = tl.philox(seed, position.to(tl.uint32), forwards.to(tl.uint32), zero + STREAM, zero)
    bits = ((x0 >> 6).to(tl.int64) << 26) | (x1 >> 6).to(tl.int64)
    return (bits.to(tl.float64) + 0.5) * 2.220446049250313e-16


@triton.jit
def _odds(score, top, rest, is_top):
    """Sum over the others of exp(logit - score)."""
    other = (1.0 + rest - tl.exp(score - top)) * tl.exp(tl.minimum(top - score, 87.0))
    return tl.where(is_top, rest, other)


@triton.jit
def _entropy(rest, slope):
    """`sampling.entropy` from the sums over all but the likeliest."""
    log = tl.where(rest < 1e-3, rest - rest * rest / 2 + rest * rest * rest / 3, tl.log(1.0 + rest))
    return log - slope / (1.0 + rest)


@triton.jit
def _merge(tops, seconds, ids, rests, slopes, real):
    """Over all chunks, whose numbers these are: the largest logit, its lowest token, the next logit, and the
    two sums over all tokens but that one, relative to it."""
    top = tl.max(tops, 0)
    winner = tl.min(tl.where(tops == top, ids, 2147483647), 0)
    wins = ids == winner
    below = tops - top
    share = tl.exp(below)
    own = tl.where(wins, 0.0, 1.0)  # a chunk's own maximum counts among the others, but for the winner
    rest = tl.sum(tl.where(real, share * (rests + own), 0.0), 0)
    slope = tl.sum(tl.where(real, share * (slopes + tl.maximum(below, -120.0) * (rests + own)), 0.0), 0)
    return top, winner, tl.max(tl.where(wins, seconds, tops), 0), rest, slope


@triton.jit
def _with_mask(masked, top, rest, slope):
    """The entropy, and the first sum with the mask id, whose logit is `masked`, in it: it can never be drawn,
    but counts among the others, as in the reference's softmax."""
    over = tl.minimum(masked - top, 120.0)
    if over > 0:  # relative to the largest of all, so that a small entropy is exact
        down = tl.exp(-over)
        disorder = _entropy((1.0 + rest) * down, down * (slope - over * (1.0 + rest)))
    else:
        disorder = _entropy(rest + tl.exp(over), slope + tl.exp(over) * tl.maximum(over, -120.0))
    return disorder, rest + tl.exp(tl.minimum(over, 87.0))


@triton.jit
def _pick(tops, masses, top, warmth, uniform, chunk, chunks, real):
    """The chunk in which the drawn token lies, its largest logit, and the weight before the token there."""
    reach = tl.where(tops == float("-inf"), 0.0, tl.exp(((tops - top) / warmth).to(tl.float64)))
    weights = tl.where(real, masses.to(tl.float64) * reach, 0.0)
    up_to = tl.cumsum(weights, 0)
    target = uniform * tl.sum(weights, 0)
    picked = tl.minimum(tl.sum((up_to <= target).to(tl.int32), 0), chunks - 1)
    # Rounding may point behind the last chunk that can be drawn from.
    picked = tl.minimum(picked, tl.max(tl.where(weights > 0, chunk, 0), 0))
    before = tl.sum(tl.where(chunk < picked, weights, 0.0), 0)
    chunk_top = tl.sum(tl.where(chunk == picked, tl.where(tops == float("-inf"), 0.0, tops), 0.0), 0)
    return picked, chunk_top, (target - before) / tl.sum(tl.where(chunk == picked, reach, 0.0), 0)


@triton.jit
def _find(weight, inside, first, before):
    """The token whose weight comes after `before`; tokens `inside` count from `first` on."""
    running = tl.cumsum(weight, 0)
    passed = tl.sum((running <= before).to(tl.int32), 0)
    return tl.minimum(first + passed, tl.max(tl.where(weight > 0, inside, 0), 0))


@triton.jit
def _store_nothing(place, there, sampled, others, current, gap, entropy):
    """What is known of a place that is not wanted."""
    tl.store(sampled + place, there)
    tl.store(others + place, float("inf"))
    tl.store(current + place, 0.0)
    tl.store(gap + place, 0.0)
    tl.store(entropy + place, 0.0)


@triton.jit
def _store(
    place, token, odds, held_odds, difference, disorder, broken, sampled, others, current, gap, entropy,
    MASK_ID: tl.constexpr,
):  # fmt: skip
    nan = float("nan")
    odds = tl.minimum(odds, 3.4028234663852886e38)
    tl.store(others + place, tl.where(broken, nan, odds))
    tl.store(sampled + place, tl.where(broken, 1 if MASK_ID == 0 else 0, token).to(tl.int64))
    tl.store(gap + place, tl.where(broken, nan, difference))
    tl.store(entropy + place, tl.where(broken, nan, disorder))
    tl.store(current + place, tl.where(broken, nan, 1.0 / (1.0 + held_odds)))


@triton.jit
def _join(
    logits, rows, wanted, held, temperature, seed, position, forwards, cut, last,
    best, second, index, rest, slope, mass, bad,
    sampled, others, current, gap, entropy,
    vocab, width, chunks, per_row, TRUNCATED: tl.constexpr,
    PLACED: tl.constexpr, MASK_ID: tl.constexpr, STREAM: tl.constexpr,
    CHUNK: tl.constexpr, CHUNKS: tl.constexpr,
):  # fmt: skip
    place = tl.program_id(0)
    of = place // per_row
    there = tl.load(held + place)
    if tl.load(wanted + place) == 0:
        _store_nothing(place, there, sampled, others, current, gap, entropy)
        return
    row = place
    if PLACED:
        row = tl.load(rows + place)
    chunk = tl.arange(0, CHUNKS)
    real = chunk < chunks
    at = row.to(tl.int64) * chunks + chunk
    tops = tl.load(best + at, mask=real, other=float("-inf"))
    seconds = tl.load(second + at, mask=real, other=float("-inf"))
    ids = tl.load(index + at, mask=real, other=2147483647)
    rests = tl.load(rest + at, mask=real, other=0.0)
    slopes = tl.load(slope + at, mask=real, other=0.0)
    top, winner, runner_up, sum_rest, sum_slope = _merge(tops, seconds, ids, rests, slopes, real)
    broken = tl.max(tl.load(bad + at, mask=real, other=0), 0) > 0
    broken = tl.where(top == float("-inf"), True, broken)
    scores = logits + row.to(tl.int64) * width
    disorder, sum_rest = _with_mask(tl.load(scores + MASK_ID).to(tl.float32), top, sum_rest, sum_slope)

    token = winner
    odds = sum_rest
    heat = tl.load(temperature + of)
    if heat > 0:
        warmth = tl.maximum(heat.to(tl.float32), 1.1754944e-38)
        masses = tl.load(mass + at, mask=real, other=0.0)
        where = tl.load(position + of) + place % per_row
        u = _uniform(tl.load(seed + of), where, tl.load(forwards + of), STREAM)
        picked, chunk_top, before = _pick(tops, masses, top, warmth, u, chunk, chunks, real)
        inside = picked * CHUNK + tl.arange(0, CHUNK)
        score = tl.load(scores + inside, mask=inside < vocab, other=float("-inf")).to(tl.float32)
        score = tl.where(inside == MASK_ID, float("-inf"), score)
        weight = tl.exp((score - chunk_top) / warmth).to(tl.float64)
        if TRUNCATED:
            weight = tl.where(_stays(score, inside, cut, last, place), weight, 0.0)
        token = _find(weight, inside, picked * CHUNK, before)
        odds = _odds(tl.load(scores + token).to(tl.float32), top, sum_rest, token == winner)
    held_odds = _odds(tl.load(scores + there).to(tl.float32), top, sum_rest, there == winner)
    _store(
        place, token, odds, held_odds, top - runner_up, disorder, broken,
        sampled, others, current, gap, entropy, MASK_ID,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of n positions: tensors [n]."""

    sampled: torch.Tensor
    """int64."""
    others: torch.Tensor
    """float32, as `current`, `gap` and `entropy`; see `llada_core.sampling`."""
    current: torch.Tensor
    gap: torch.Tensor
    entropy: torch.Tensor


@triton.jit
def _enumerate(wanted, places, rows, n, most, BLOCK: tl.constexpr):
    place = tl.arange(0, BLOCK)
    here = tl.load(wanted + place, mask=place < n, other=0) != 0
    count = tl.cumsum(here.to(tl.int32), 0)
    tl.store(rows + place, tl.where(here, count - 1, -1), mask=place < n)
    tl.store(places + count - 1, place, mask=here)
    tl.store(places + place, -1, mask=(place >= tl.max(count, 0)) & (place < most))


def enumerate_places(wanted: torch.Tensor, most: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Which places are wanted, in order: int32 [most], -1 behind the last; and of each place its number among
    them, int32 [n], -1 where it is not.

    `wanted` is [n], not 0 at up to `most` places; n is at most 32768.
    """
    n = len(wanted)
    places = torch.empty(most, dtype=torch.int32, device=wanted.device)
    rows = torch.empty(n, dtype=torch.int32, device=wanted.device)
    _enumerate[(1,)](wanted, places, rows, n, most, BLOCK=triton.next_power_of_2(n), num_warps=8)
    return places, rows


def describe(
    logits: torch.Tensor,
    held: torch.Tensor,
    temperature: torch.Tensor,
    seed: torch.Tensor,
    position: torch.Tensor,
    forwards: torch.Tensor,
    mask_id: int,
    wanted: torch.Tensor | None = None,
    placed: tuple[torch.Tensor, torch.Tensor] | None = None,
    truncation: tuple[torch.Tensor, torch.Tensor] | None = None,
) -> Statistics:
    """Sampled tokens and their statistics at n places, equally many of each of some rows.

    Args:
        logits: [n, vocab], any floating dtype; with `placed` only those of the wanted places, in order.
        held: int64 [n], tokens that the canvas holds, for `current`.
        temperature: float64 [rows]; 0 takes the likeliest token.
        seed: int64 [rows], as `position`, that of the row's first place, and `forwards`: what the uniform
            number is drawn from.
        wanted: [n], 0 where nothing is to be known: there `sampled` is the token held, the odds against it
            are infinite, and everything else is 0. None: everywhere.
        placed: what `enumerate_places` gives for `wanted`.
        truncation: int64 top_k, off below 1, and float64 top_p, off at 1, [rows] each.
    """
    n, (compact, vocab) = len(held), logits.shape
    per_row = n // len(seed)
    chunks = triton.cdiv(vocab, CHUNK)
    device = logits.device
    if wanted is None:
        wanted = torch.ones(n, dtype=torch.int64, device=device)
    places, rows = placed if placed is not None else (None, None)
    cut = last = None
    if truncation is not None:
        cut, last = cuts(logits, places, wanted, temperature, *truncation, mask_id, CHUNK)
    part = torch.empty((5, compact, chunks), dtype=torch.float32, device=device)
    best, second, rest, slope, mass = part.unbind(0)
    index, bad = torch.empty((2, compact, chunks), dtype=torch.int32, device=device).unbind(0)
    _scan[(compact, chunks)](
        logits, places, wanted, temperature, cut, last, best, second, index, rest, slope, mass, bad,
        vocab, logits.stride(0), chunks, per_row, TRUNCATED=cut is not None,
        PLACED=placed is not None, MASK_ID=mask_id, CHUNK=CHUNK, num_warps=4,
    )  # fmt: skip
    sampled = torch.empty(n, dtype=torch.int64, device=device)
    others, current, gap, entropy = torch.empty((4, n), dtype=torch.float32, device=device).unbind(0)
    _join[(n,)](
        logits, rows, wanted, held, temperature, seed, position, forwards, cut, last,
        best, second, index, rest, slope, mass, bad, sampled, others, current, gap, entropy,
        vocab, logits.stride(0), chunks, per_row, TRUNCATED=cut is not None,
        PLACED=placed is not None, MASK_ID=mask_id, STREAM=DRAW_STREAM, CHUNK=CHUNK,
        CHUNKS=triton.next_power_of_2(chunks), num_warps=4,
    )  # fmt: skip
    return Statistics(sampled, others, current, gap, entropy)
