"""Which algorithm a request asks for: by name, by the older `use_cache` switches, or not at all."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .errors import bad_request
from .fields import GenerationBody

SelectedBy = Literal["generation_algorithm", "use_cache", "default"]


class Selection(Struct, frozen=True, kw_only=True):
    """A name that is still to be resolved, and what chose it."""

    name: str
    requested: str | None
    """What the request sent in `generation_algorithm`."""
    selected_by: SelectedBy


def select_algorithm(body: GenerationBody, default: str) -> Selection:
    """An explicit name wins over the switches, the switches over the server's default.

    `use_cache: false` is `basic`, whatever the other switch says; each switch counts as true where only the
    other one is given.

    Raises:
        ApiError: 400 if `generation_algorithm` and its other name `algorithm` contradict each other.
    """
    names = [name for name in (body.generation_algorithm, body.algorithm) if name is not None]
    if len(set(names)) > 1:
        raise bad_request(
            f"algorithm: {names[1]!r} contradicts generation_algorithm {names[0]!r}; send one of them",
            "algorithm",
        )
    if names:
        return Selection(name=names[0], requested=names[0], selected_by="generation_algorithm")
    if body.use_cache is None and body.use_dual_cache is None:
        return Selection(name=default, requested=None, selected_by="default")
    if body.use_cache is False:
        name = "basic"
    else:
        name = "prefix_cache" if body.use_dual_cache is False else "dual_cache"
    return Selection(name=name, requested=None, selected_by="use_cache")
