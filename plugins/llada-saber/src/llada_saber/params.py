"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """How much a step commits at least, and how much it takes back."""

    min_commits: Annotated[
        int, Meta(ge=2, le=100_000, description="Tokens that a step commits at least; half as many go back.")
    ] = 2
    commits_per_remask: Annotated[
        int, Meta(ge=1, le=100_000, description="One more token may go back for so many commits.")
    ] = 8
