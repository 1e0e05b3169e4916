"""A plugin file whose algorithm says in its parameters what is to go wrong."""

from __future__ import annotations

import msgspec

from llada_core.algorithm import Availability, DenoisingAlgorithm
from llada_core.plan import Plan, Progress, Window
from llada_core.registry import register_algorithm


class CountingParams(msgspec.Struct, frozen=True):
    """What the engine of `counting_child` does with the request."""

    do: str = "count"
    pace: float = 0.01
    """Seconds of a step."""


class Counting(DenoisingAlgorithm):
    """Only its name and parameters are used."""

    name = "counting"
    description = "counts"

    def plan(self, progress: Progress) -> Plan:
        return Plan(window=Window.CANVAS)


class Absent(Counting):
    """Says in the engine's process that it cannot run."""

    name = "absent"

    def availability(self) -> Availability:
        return Availability(False, "there is no abacus", "buy one")


register_algorithm(Counting(), params=CountingParams)
register_algorithm(Absent())
