"""Which engine a request goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

R = TypeVar("R")


class Load(msgspec.Struct, frozen=True):
    """What an engine has to do."""

    by_algorithm: Mapping[str, int]
    """Open requests."""
    requests: int
    """Open requests of all algorithms, as far as they are known."""
    ready: bool = True
    """Whether its process runs."""


def ranked(loads: Sequence[tuple[R, Load]], algorithm: str, max_rows: int) -> list[R]:
    """The engines, the best for a request of `algorithm` first.

    A forward serves one algorithm, and algorithms take turns. So where engines run it counts first whether
    there is a place at all, then with how many algorithms the request would share its turns, then how many
    requests there are. One that runs the algorithm already is preferred to one that runs none, as long as it
    has at most a quarter of its places more taken: company costs little, and an engine that stays free can
    take another algorithm. Where nothing else runs, as many may wait, too: a place is free there before a
    request that shares its turns elsewhere is half through, and what a router knows is a little old.
    """

    def cost(entry: tuple[R, Load]) -> tuple[bool, bool, int, int]:
        load = entry[1]
        others = sum(1 for name, count in load.by_algorithm.items() if count and name != algorithm)
        company = max_rows // 4 if load.by_algorithm.get(algorithm, 0) > 0 else 0
        places = max_rows if others else max_rows + company
        return not load.ready, load.requests >= places, others, load.requests - company

    return [engine for engine, _ in sorted(loads, key=cost)]
