"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """How credit fades, grows and counts."""

    credit_decay: Annotated[
        float, Meta(ge=0, le=1, description="Share of its credit that a token keeps.")
    ] = 0.8
    credit_gamma: Annotated[
        float, Meta(ge=0, le=10, description="The favourite of a step gains its probability to this power.")
    ] = 0.2
    credit_weight: Annotated[
        float, Meta(ge=0, le=100, description="Weight of log(1 + credit) beside the logits.")
    ] = 0.7
