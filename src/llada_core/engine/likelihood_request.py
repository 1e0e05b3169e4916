"""What is asked of an estimate of a text's log-likelihood. Imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from ..errors import ContextLengthError, ParameterError
from ..facts import ModelFacts
from .request import Request

MOST_SAMPLES = 1024


class LikelihoodRequest(msgspec.Struct, frozen=True, kw_only=True, tag="likelihood"):
    """Estimate log p(tokens[start:] | tokens[:start])."""

    id: str
    tokens: tuple[int, ...]
    start: Annotated[int, Meta(ge=0)] = 0
    """How many tokens are given; those behind are estimated."""
    samples: Annotated[int, Meta(ge=1, le=MOST_SAMPLES)] = 128
    seed: int = 0

    @property
    def algorithm(self) -> str:
        """Whose turn it takes."""
        return "(likelihood)"

    @property
    def canvas_length(self) -> int:
        """Positions of one forward."""
        return len(self.tokens)

    def check(self, facts: ModelFacts) -> None:
        """Refuse what can never run.

        Raises:
            ParameterError, ContextLengthError
        """
        bad = next((id for id in self.tokens if not 0 <= id < facts.vocab_size), None)
        if bad is not None:
            raise ParameterError(
                "prompt", f"token id {bad} is outside the model's vocabulary of {facts.vocab_size}"
            )
        if not 0 <= self.start < len(self.tokens):
            raise ParameterError(
                "start", f"{self.start} of {len(self.tokens)} tokens given leaves none to estimate"
            )
        if not 1 <= self.samples <= MOST_SAMPLES:
            raise ParameterError("samples", f"expected 1 to {MOST_SAMPLES} (got {self.samples})")
        if not -(2**63) <= self.seed < 2**63:
            raise ParameterError("seed", f"expected an integer of at most 64 bits (got {self.seed})")
        if len(self.tokens) > facts.context_length:
            raise ContextLengthError(
                "prompt", f"{len(self.tokens)} tokens, but the model's context is {facts.context_length}"
            )


Work = Request | LikelihoodRequest
"""What an engine takes."""
