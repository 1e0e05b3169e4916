"""The Monte-Carlo estimate of a text's log-likelihood: which masks it takes, and their mean.

Equation 6 of LLaDA (Nie et al., 2025, arXiv:2502.09992): with l uniform on 1..L and l of the L tokens of a
continuation masked, chosen uniformly,

    log p(x | prompt) >= E [ L / l * sum over masked i of log p(x_i | prompt, what is not masked) ],

which the mean over samples estimates without bias.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from .. import philox
from ..canvas import Flags, Ids
from .events import Scored
from .likelihood_request import LikelihoodRequest

COUNT_STREAM, ORDER_STREAM = 2, 3
"""Streams of random numbers: the first count, and which tokens are masked."""


def counts_of(length: int, samples: int, seed: int) -> Ids:
    """How many of `length` tokens each sample masks: int64 [samples]; stratified, as the published code does.

    The first is uniform on 1..length; the others follow at equal distances, around the end to the start.
    """
    zero = torch.zeros((), dtype=torch.int64)
    chance = float(philox.uniform(torch.tensor(seed), zero, zero, COUNT_STREAM))
    first = 1 + int(chance * length)
    found: Ids = (first - 1 + np.arange(samples) * length // samples) % length + 1
    return found


def patterns_of(length: int, samples: int, seed: int) -> list[tuple[Flags, int]]:
    """The different masks [length] of all samples, in order, and how many samples each serves."""
    counts = counts_of(length, samples, seed)
    chance = philox.uniform(
        torch.tensor(seed), torch.arange(length)[None], torch.arange(samples)[:, None], ORDER_STREAM
    ).numpy()
    rank = chance.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    found: dict[bytes, tuple[Flags, int]] = {}
    for masked in rank < counts[:, None]:
        key = masked.tobytes()
        found[key] = masked, found.get(key, (masked, 0))[1] + 1
    return list(found.values())


class Estimate:
    """One request while its forwards run."""

    def __init__(self, request: LikelihoodRequest, serial: int) -> None:
        self.request = request
        self.serial = serial
        self.last_tick = -1
        length = len(request.tokens) - request.start
        self._patterns = patterns_of(length, request.samples, request.seed)
        self._logs: list[npt.NDArray[np.float64]] = []
        """Of each pattern that has run: log p at its masks, 0 elsewhere."""

    @property
    def packed_tokens(self) -> int:
        """Tokens of its next forward."""
        return len(self.request.tokens)

    def left(self) -> Iterator[Flags]:
        """The masks [tokens] that have not run."""
        given = np.zeros(self.request.start, dtype=np.bool_)
        for masked, _ in self._patterns[len(self._logs) :]:
            yield np.concatenate((given, masked))

    def take(self, logs: npt.NDArray[np.float64]) -> None:
        """The next pattern's log-probabilities of the true tokens at its masks, in order."""
        masked, _ = self._patterns[len(self._logs)]
        full = np.zeros(len(masked))
        full[masked] = logs
        self._logs.append(full)

    @property
    def done(self) -> bool:
        """Whether all have run."""
        return len(self._logs) == len(self._patterns)

    def result(self) -> Scored:
        """The mean over samples."""
        weights = np.array([weight for _, weight in self._patterns], dtype=np.float64)
        counts = np.array([masked.sum() for masked, _ in self._patterns])
        each = np.stack(self._logs) * (len(self._patterns[0][0]) / counts)[:, None]
        samples = weights.sum()
        mean = (each * weights[:, None]).sum(0) / samples
        spread = (weights * (each.sum(1) - mean.sum()) ** 2).sum() / max(samples - 1, 1)
        return Scored(
            request_id=self.request.id,
            logprobs=mean.tolist(),
            error=float(np.sqrt(spread / samples)),
            forwards=len(self._patterns),
        )
