"""A plugin file that nobody who wrote the page knew of."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from llada_core import DenoisingAlgorithm, Keep, Plan, Progress, Window, register_algorithm


class Params(msgspec.Struct, frozen=True):
    """Of each kind one."""

    patience: Annotated[int, msgspec.Meta(ge=1, le=9, description="Whole canvases between two blocks.")] = 2
    mood: Annotated[Literal["calm", "wild"], msgspec.Meta(description="Changes nothing.")] = "calm"
    polite: Annotated[bool, msgspec.Meta(description="Neither does this.")] = True
    weights: Annotated[tuple[float, ...], msgspec.Meta(description="A list, which is typed as JSON.")] = ()


class Patient(DenoisingAlgorithm):
    """Computes everything, always."""

    name = "patient"
    description = "Computes everything, always."

    def plan(self, progress: Progress) -> Plan:
        return Plan(Window.CANVAS, Keep.NOTHING)


class Homesick(Patient):
    """Is not at home."""

    name = "homesick"
    description = "Is not at home."

    def is_available(self) -> bool:
        return False


register_algorithm(Patient(), params=Params)
register_algorithm(Homesick())
