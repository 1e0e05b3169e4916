"""One estimate of a log-likelihood under way, and what comes of it."""

from __future__ import annotations

import math

import msgspec

from ..engine.events import Event, Failed, Scored
from ..engine.likelihood_request import LikelihoodRequest
from ..errors import GenerationError


class LogLikelihood(msgspec.Struct, frozen=True):
    """An estimate of log p(continuation | prompt), by LLaDA's equation 6."""

    logprobs: list[float]
    """What each token of the continuation adds. By itself one is no probability."""
    error: float
    """Standard error of the sum."""
    forwards: int
    """Forwards that it took: samples that mask the same tokens share one."""

    @property
    def total(self) -> float:
        """The estimate, in nats."""
        return math.fsum(self.logprobs)


class Estimating:
    """An estimate under way, as a session keeps it."""

    def __init__(self, request: LikelihoodRequest) -> None:
        self.request = request
        self.outcome: LogLikelihood | GenerationError | None = None
        """None while it runs."""

    @property
    def result(self) -> LogLikelihood:
        """What it came to; there once it has ended.

        Raises:
            GenerationError: it failed.
        """
        assert self.outcome is not None
        if isinstance(self.outcome, GenerationError):
            raise self.outcome
        return self.outcome

    def receive(self, event: Event) -> None:
        """Take an event; the session calls this."""
        if isinstance(event, Scored):
            self.outcome = LogLikelihood(event.logprobs, event.error, event.forwards)
        elif isinstance(event, Failed):
            self.outcome = GenerationError(event.code, event.message)
