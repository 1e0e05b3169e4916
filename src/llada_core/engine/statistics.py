"""Sampled tokens and their statistics at some positions of a tick, in the one order of
`llada_core.sampling`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from .. import philox, sampling
from ..algorithm import Need
from ..canvas import Ids
from ..kernels import triton_here
from ..params import SamplingParams
from .events import TokenLogprob
from .upload import upload


@dataclass(frozen=True, slots=True)
class Places:
    """Positions whose statistics are wanted, row by row; arrays [n]."""

    row: npt.NDArray[np.intp]
    """Index into the tick's rows."""
    position: Ids
    """Canvas positions."""


def sample(
    logits: torch.Tensor,
    places: Places,
    params: Sequence[SamplingParams],
    forwards: Sequence[int],
    mask_id: int,
) -> torch.Tensor:
    """A token for each row of `logits` [n, vocab]: the likeliest, or drawn where the temperature is above 0.

    `params` and `forwards` are one a row of the tick. Returns int64 [n].
    """
    warm_rows = np.array([p.temperature > 0 for p in params])
    if not warm_rows.any():
        return sampling.greedy(logits, mask_id)
    warm = np.flatnonzero(warm_rows[places.row])
    rows = places.row[warm]
    device = logits.device
    everywhere = len(warm) == len(places.row)
    drawn = sampling.draw(
        logits if everywhere else logits[upload(warm, device)],
        mask_id,
        philox.uniform(
            _by_row([p.seed for p in params], rows, np.int64, device),
            upload(places.position[warm], device),
            _by_row(forwards, rows, np.int64, device),
            philox.DRAW_STREAM,
        ),
        _by_row([p.temperature for p in params], rows, np.float64, device),
        _top_k(params, rows, logits.shape[1], device),
        _top_p(params, rows, device),
    )
    if everywhere:
        return drawn
    return sampling.greedy(logits, mask_id).index_copy_(0, upload(warm, device), drawn)


def describe(
    logits: torch.Tensor, sampled: torch.Tensor, held: torch.Tensor, needs: frozenset[Need], mask_id: int
) -> dict[str, torch.Tensor]:
    """What `needs` asks for at each of n positions.

    Args:
        logits: [n, vocab], edited, untempered.
        sampled: int64 [n].
        held: int64 [n], the tokens that the canvas holds.
    """
    found = {"sampled": sampled, "others": sampling.others(logits, sampled)}
    if "confidence" in needs:
        found["confidence"] = 1 / (1 + found["others"])
    if "current" in needs:
        found["current"] = sampling.probability(logits, held)
    if "gap" in needs:
        found["gap"] = sampling.gap(logits, mask_id)
    if "entropy" in needs:
        found["entropy"] = sampling.entropy(logits)
    if "logits" in needs:
        found["logits"] = logits
    return found


def statistics_of(
    logits: torch.Tensor,
    places: Places,
    params: Sequence[SamplingParams],
    forwards: Sequence[int],
    held: torch.Tensor,
    needs: frozenset[Need],
    mask_id: int,
) -> dict[str, torch.Tensor]:
    """What `needs` asks for at `places`: `sampled` as `sample` has it, the rest as `describe` has it.

    `params` and `forwards` are one a row of the tick, `held` is int64 [n].
    """
    if logits.is_cuda and len(places.row) and triton_here():
        return in_one_pass(logits, _drawn(places, params, forwards, held), needs, mask_id)
    sampled = sample(logits, places, params, forwards, mask_id)
    return describe(logits, sampled, held, needs, mask_id)


def _drawn(
    places: Places,
    params: Sequence[SamplingParams],
    forwards: Sequence[int],
    held: torch.Tensor,
) -> Drawn:
    """Of each place by itself, brought to the device at once."""
    rows = places.row
    truncated = any(params[n].truncated for n in np.unique(rows))

    def floats(values: list[float]) -> npt.NDArray[np.int64]:
        return np.array(values, dtype=np.float64)[rows].view(np.int64)

    columns = [
        floats([p.temperature for p in params]),
        np.array([p.seed for p in params], dtype=np.int64)[rows],
        places.position,
        np.array(forwards, dtype=np.int64)[rows],
    ]
    if truncated:
        columns.append(np.array([p.top_k or 0 for p in params], dtype=np.int64)[rows])
        columns.append(floats([p.top_p for p in params]))
    heat, seed, position, count, *cut = upload(np.stack(columns), held.device).unbind(0)
    truncation = (cut[0], cut[1].view(torch.float64)) if truncated else None
    return Drawn(held, heat.view(torch.float64), seed, position, count, truncation=truncation)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What tokens are drawn by at n places, equally many of each of some rows."""

    held: torch.Tensor
    """int64 [n]: what the canvas holds."""
    temperature: torch.Tensor
    """float64 [rows]; 0 takes the likeliest token."""
    seed: torch.Tensor
    """int64 [rows]."""
    position: torch.Tensor
    """int64 [rows]: canvas position of the first place; the others follow it."""
    forwards: torch.Tensor
    """int64 [rows]: forwards of the request before this one."""
    wanted: torch.Tensor | None = None
    """[n], 0 where nothing is to be known; None: everywhere."""
    placed: tuple[torch.Tensor, torch.Tensor] | None = None
    """Where there are logits of the wanted places alone: see `enumerate_places`."""
    truncation: tuple[torch.Tensor, torch.Tensor] | None = None
    """int64 top_k, off below 1, and float64 top_p, off at 1, [rows] each."""


def enumerate_places(wanted: torch.Tensor, most: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Which places are wanted, in order: int32 [most], -1 behind the last; and of each place its number among
    them, int32 [n], -1 where it is not.

    `wanted` is [n], not 0 at up to `most` places.
    """
    if wanted.is_cuda:
        from ..kernels.vocabulary import enumerate_places as enumerate_

        return enumerate_(wanted, most)
    found = wanted.nonzero()[:, 0].to(torch.int32)
    places = torch.full((most,), -1, dtype=torch.int32)
    places[: len(found)] = found
    rows = torch.full((len(wanted),), -1, dtype=torch.int32)
    rows[found.long()] = torch.arange(len(found), dtype=torch.int32)
    return places, rows


def in_one_pass(
    logits: torch.Tensor, at: Drawn, needs: frozenset[Need], mask_id: int
) -> dict[str, torch.Tensor]:
    """`sample` and `describe` together, [n, ...], without the host's arrays.

    On CUDA the logits are read once; elsewhere this is the slow form of the same. Where a place is not
    wanted, `sampled` is the token held and the rest is what `FILL` says.
    """
    if not logits.is_cuda:
        return _slowly(logits, at, needs, mask_id)
    from ..kernels.vocabulary import describe as read

    found = read(
        logits,
        at.held,
        at.temperature,
        at.seed,
        at.position,
        at.forwards,
        mask_id,
        at.wanted,
        at.placed,
        at.truncation,
    )
    statistics = {"sampled": found.sampled, "others": found.others}
    if "confidence" in needs:
        statistics["confidence"] = 1 / (1 + found.others)
    for name in needs & {"current", "gap", "entropy"}:
        statistics[name] = getattr(found, name)
    if "logits" in needs:
        statistics["logits"] = logits
    return statistics


def _slowly(logits: torch.Tensor, at: Drawn, needs: frozenset[Need], mask_id: int) -> dict[str, torch.Tensor]:
    if at.placed is not None:
        logits = logits[at.placed[1].long().clamp(min=0)]
    width = len(at.held) // len(at.seed)
    seed, position, forwards, temperature = (
        values.repeat_interleave(width) for values in (at.seed, at.position, at.forwards, at.temperature)
    )
    position = position + torch.arange(len(at.held), device=logits.device) % width
    uniform = philox.uniform(seed, position, forwards, philox.DRAW_STREAM)
    cut = () if at.truncation is None else (part.repeat_interleave(width) for part in at.truncation)
    drawn = sampling.draw(logits, mask_id, uniform, temperature, *cut)
    sampled = torch.where(temperature > 0, drawn, sampling.greedy(logits, mask_id))
    found = describe(logits, sampled, at.held, needs, mask_id)
    if at.wanted is not None:
        for name in found.keys() - {"logits"}:
            nothing = at.held if name == "sampled" else FILL[name]
            found[name] = torch.where(at.wanted != 0, found[name], nothing)
    return found


def score(
    logits: torch.Tensor, where: npt.NDArray[np.intp], tokens: Ids, mask_id: int, alternatives: int
) -> list[TokenLogprob]:
    """Log-probabilities of `tokens` [m] at the rows `where` [m] of `logits` [n, vocab]."""
    device = logits.device
    rows = logits.index_select(0, upload(where, device))
    own, ids, values = sampling.log_probabilities(rows, upload(tokens, device), mask_id, alternatives)
    return [
        TokenLogprob(logprob, [(id, p) for id, p in zip(top, best, strict=True) if p > -np.inf])
        for logprob, top, best in zip(own.tolist(), ids.tolist(), values.tolist(), strict=True)
    ]


FILL = {
    "others": torch.inf,
    "confidence": 0.0,
    "current": 0.0,
    "gap": 0.0,
    "entropy": 0.0,
    "logits": 0.0,
}
"""What a statistic holds where it was not computed."""


def spread(values: torch.Tensor, where: torch.Tensor, rows: int, width: int, name: str) -> torch.Tensor:
    """`values` [n, ...] at the flat places `where` of a [rows, width, ...] tensor."""
    shape = (rows * width, *values.shape[1:])
    full = values.new_full(shape, FILL[name]).index_copy_(0, where, values)
    return full.view(rows, width, *values.shape[1:])


def _by_row(
    values: Sequence[float], rows: npt.NDArray[np.intp], dtype: type, device: torch.device
) -> torch.Tensor:
    return upload(np.array(values, dtype=dtype)[rows], device)


def _top_k(
    params: Sequence[SamplingParams], rows: npt.NDArray[np.intp], vocab: int, device: torch.device
) -> torch.Tensor | None:
    if all(p.top_k is None for p in params):
        return None
    return _by_row([vocab if p.top_k is None else p.top_k for p in params], rows, np.int64, device)


def _top_p(
    params: Sequence[SamplingParams], rows: npt.NDArray[np.intp], device: torch.device
) -> torch.Tensor | None:
    if all(p.top_p >= 1 for p in params):
        return None
    return _by_row([p.top_p for p in params], rows, np.float64, device)
