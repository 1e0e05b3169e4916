"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """How sure a step must be of all its tokens together."""

    delta: Annotated[
        float, Meta(ge=-1, le=1, description="Margin by which the joint bound beats the last token's doubt.")
    ] = 0.25
