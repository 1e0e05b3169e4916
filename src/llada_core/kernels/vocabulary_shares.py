"""What `vocabulary` does where each rank has the logits of its share of the tokens.

Each scans its own. With all scans, every rank knows in which chunk a drawn token lies, and the one that has
the chunk finds it. With that, all know everything. The two exchanges in between are the caller's.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from llada_core.kernels.vocabulary import (
    CHUNK,
    Statistics,
    _find,
    _merge,
    _odds,
    _pick,
    _scan,
    _store,
    _store_nothing,
    _uniform,
    _with_mask,
)
from llada_core.philox import DRAW_STREAM

FIELDS = 7
"""Numbers of a chunk: those of `_scan`, in its order but for the integers, which come last."""


@triton.jit
def _chunks_of(row, chunks, compact, ranks, CHUNKS: tl.constexpr):
    """All ranks' chunks of a row in the order of their tokens: which there are, whose they are, and where the
    first of their numbers is; the others follow `compact * chunks` apart."""
    chunk = tl.arange(0, CHUNKS)
    rank = chunk // chunks
    at = (rank * 7 * compact + row) * chunks + chunk % chunks
    return chunk, chunk < ranks * chunks, rank, at


@triton.jit
def _score(scores, token, first, share):
    """The logit of a token, 0 where another rank has it."""
    here = (token >= first) & (token < first + share)
    return tl.load(scores + tl.where(here, token - first, 0), mask=here, other=0.0).to(tl.float32)


@triton.jit
def _look_up(
    logits, rows, wanted, held, temperature, seed, position, forwards, scans, out,
    share, width, chunks, compact, per_row, n, rank, ranks,
    PLACED: tl.constexpr, MASK_ID: tl.constexpr, STREAM: tl.constexpr,
    CHUNK: tl.constexpr, CHUNKS: tl.constexpr,
):  # fmt: skip
    place = tl.program_id(0)
    of = place // per_row
    tl.store(out + place, 0.0)
    tl.store(out + n + place, 0.0)
    tl.store(out + 2 * n + place, 0.0)
    tl.store(out + 3 * n + place, 0.0)
    if tl.load(wanted + place) == 0:
        return
    row = place
    if PLACED:
        row = tl.load(rows + place)
    first = rank * share
    scores = logits + row.to(tl.int64) * width
    tl.store(out + 2 * n + place, _score(scores, tl.load(held + place), first, share))
    tl.store(out + 3 * n + place, _score(scores, MASK_ID, first, share))
    heat = tl.load(temperature + of)
    if heat > 0:
        chunk, real, _, at = _chunks_of(row, chunks, compact, ranks, CHUNKS)
        tops = tl.load(scans + at, mask=real, other=float("-inf"))
        masses = tl.load(scans + at + 4 * compact * chunks, mask=real, other=0.0)
        warmth = tl.maximum(heat.to(tl.float32), 1.1754944e-38)
        where = tl.load(position + of) + place % per_row
        u = _uniform(tl.load(seed + of), where, tl.load(forwards + of), STREAM)
        picked, chunk_top, before = _pick(
            tops, masses, tl.max(tops, 0), warmth, u, chunk, ranks * chunks, real
        )
        if picked // chunks == rank:
            start = (picked % chunks) * CHUNK
            inside = start + tl.arange(0, CHUNK)
            score = tl.load(scores + inside, mask=inside < share, other=float("-inf")).to(tl.float32)
            score = tl.where(inside + first == MASK_ID, float("-inf"), score)
            weight = tl.exp((score - chunk_top) / warmth).to(tl.float64)
            token = _find(weight, inside, start, before)
            tl.store(out + place, (token + first).to(tl.float32))
            tl.store(out + n + place, tl.load(scores + token).to(tl.float32))


@triton.jit
def _join_shares(
    rows, wanted, held, temperature, scans, whole_scans, found,
    sampled, others, current, gap, entropy,
    share, chunks, compact, per_row, n, ranks,
    PLACED: tl.constexpr, MASK_ID: tl.constexpr, CHUNKS: tl.constexpr,
):  # fmt: skip
    place = tl.program_id(0)
    there = tl.load(held + place)
    if tl.load(wanted + place) == 0:
        _store_nothing(place, there, sampled, others, current, gap, entropy)
        return
    row = place
    if PLACED:
        row = tl.load(rows + place)
    _, real, of, at = _chunks_of(row, chunks, compact, ranks, CHUNKS)
    step = compact * chunks
    tops = tl.load(scans + at, mask=real, other=float("-inf"))
    seconds = tl.load(scans + at + step, mask=real, other=float("-inf"))
    rests = tl.load(scans + at + 2 * step, mask=real, other=0.0)
    slopes = tl.load(scans + at + 3 * step, mask=real, other=0.0)
    ids = tl.load(whole_scans + at + 5 * step, mask=real, other=2147483647)
    ids = tl.where(ids == 2147483647, ids, ids + of * share)
    bad = tl.max(tl.load(whole_scans + at + 6 * step, mask=real, other=0), 0)
    top, winner, runner_up, sum_rest, sum_slope = _merge(tops, seconds, ids, rests, slopes, real)
    broken = tl.where(top == float("-inf"), True, bad > 0)
    disorder, sum_rest = _with_mask(tl.load(found + 3 * n + place), top, sum_rest, sum_slope)
    token = winner
    odds = sum_rest
    if tl.load(temperature + place // per_row) > 0:
        token = tl.load(found + place).to(tl.int32)
        odds = _odds(tl.load(found + n + place), top, sum_rest, token == winner)
    held_odds = _odds(tl.load(found + 2 * n + place), top, sum_rest, there == winner)
    _store(
        place, token, odds, held_odds, top - runner_up, disorder, broken,
        sampled, others, current, gap, entropy, MASK_ID,
    )  # fmt: skip


class Shares:
    """One rank's side of finding out what is known of n places; arguments as for `vocabulary.describe`."""

    def __init__(
        self,
        logits: torch.Tensor,
        held: torch.Tensor,
        temperature: torch.Tensor,
        seed: torch.Tensor,
        position: torch.Tensor,
        forwards: torch.Tensor,
        mask_id: int,
        wanted: torch.Tensor | None,
        placed: tuple[torch.Tensor, torch.Tensor] | None,
        rank: int,
        ranks: int,
    ) -> None:
        """`logits` [n, share] are those of rank `rank`; shares are equal, and in order."""
        self._logits, self._held, self._temperature = logits, held, temperature
        self._random = seed, position, forwards
        self._mask_id, self._rank, self._ranks = mask_id, rank, ranks
        self._wanted = (
            torch.ones(len(held), dtype=torch.int64, device=held.device) if wanted is None else wanted
        )
        self._places: torch.Tensor | None = None
        self._rows: torch.Tensor | None = None
        if placed is not None:
            self._places, self._rows = placed
        self._compact, self._share = logits.shape
        self._chunks = triton.cdiv(self._share, CHUNK)
        self._per_row = len(held) // len(seed)
        self._all_chunks = triton.next_power_of_2(ranks * self._chunks)

    def scan(self) -> torch.Tensor:
        """float32 [7, n, chunks]: what goes to every rank."""
        device, placed = self._logits.device, self._places is not None
        scan = torch.empty((FIELDS, self._compact, self._chunks), dtype=torch.float32, device=device)
        best, second, rest, slope, mass, *_ = scan.unbind(0)
        index, bad = scan[5:].view(torch.int32).unbind(0)
        mask = self._mask_id - self._rank * self._share
        _scan[(self._compact, self._chunks)](
            self._logits, self._places, self._wanted, self._temperature, None, None,
            best, second, index, rest, slope, mass, bad,
            self._share, self._logits.stride(0), self._chunks, self._per_row, TRUNCATED=False, PLACED=placed,
            MASK_ID=mask if 0 <= mask < self._share else -1, CHUNK=CHUNK, num_warps=4,
        )  # fmt: skip
        return scan

    def look_up(self, scans: torch.Tensor) -> torch.Tensor:
        """float32 [4, n]: what this rank knows, 0 where another does; `scans` are those of all ranks,
        [ranks, 7, n, chunks]."""
        out = torch.empty((4, len(self._held)), dtype=torch.float32, device=self._held.device)
        _look_up[(len(self._held),)](
            self._logits, self._rows, self._wanted, self._held, self._temperature, *self._random,
            scans, out, self._share, self._logits.stride(0),
            self._chunks, self._compact, self._per_row, len(self._held), self._rank, self._ranks,
            PLACED=self._rows is not None, MASK_ID=self._mask_id, STREAM=DRAW_STREAM,
            CHUNK=CHUNK, CHUNKS=self._all_chunks, num_warps=4,
        )  # fmt: skip
        return out

    def join(self, scans: torch.Tensor, found: torch.Tensor) -> Statistics:
        """Everything, from all scans and the sum of what was looked up."""
        n, device = len(self._held), self._held.device
        sampled = torch.empty(n, dtype=torch.int64, device=device)
        others, current, gap, entropy = torch.empty((4, n), dtype=torch.float32, device=device).unbind(0)
        _join_shares[(n,)](
            self._rows, self._wanted, self._held, self._temperature, scans, scans.view(torch.int32), found,
            sampled, others, current, gap, entropy,
            self._share, self._chunks, self._compact, self._per_row, n, self._ranks,
            PLACED=self._rows is not None, MASK_ID=self._mask_id, CHUNKS=self._all_chunks, num_warps=4,
        )  # fmt: skip
        return Statistics(sampled, others, current, gap, entropy)
