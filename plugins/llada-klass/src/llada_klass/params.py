"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """When a prediction counts as sure and as stable."""

    conf_threshold: Annotated[float, Meta(ge=0, le=1, description="Confidence that a token must exceed.")] = (
        0.9
    )
    kl_threshold: Annotated[
        float, Meta(ge=0, le=1e3, description="KL divergence from the step before, in nats, to stay below.")
    ] = 0.01
    kl_steps: Annotated[
        int, Meta(ge=1, le=1000, description="Steps in a row for which it must have stayed below.")
    ] = 2
