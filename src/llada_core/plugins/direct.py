"""Registrations that a plugin makes by calling `register_algorithm` while it is imported.

They are held back until the plugin has loaded as a whole, so that they are attributed to it, obey the same
rules as described algorithms, and vanish with it if it fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec

from ..algorithm import GenerationAlgorithm
from .parameters import check_params


class Registration(msgspec.Struct, frozen=True):
    """An algorithm instance with the names that it was registered under."""

    algorithm: GenerationAlgorithm
    aliases: tuple[str, ...]
    params: type[msgspec.Struct] | None = None

    @property
    def name(self) -> str:
        """The algorithm's own name."""
        return self.algorithm.name


_held: ContextVar[list[Registration] | None] = ContextVar("held", default=None)


@contextmanager
def holding() -> Iterator[list[Registration]]:
    """Collect what is registered inside the block instead of registering it."""
    registrations: list[Registration] = []
    token = _held.set(registrations)
    try:
        yield registrations
    finally:
        _held.reset(token)


def hold(registration: Registration) -> bool:
    """Hand a registration to the plugin that is being imported; False if none is."""
    held = _held.get()
    if held is None:
        return False
    held.append(registration)
    return True


def checked(
    algorithm: GenerationAlgorithm, aliases: Iterable[str] | None, params: type[msgspec.Struct] | None
) -> Registration:
    """A registration whose parts can be used.

    Args:
        aliases: None: those that the instance has.

    Raises:
        TypeError: not an instance of GenerationAlgorithm (the class itself, or a rule, for example).
        ValueError: a name is not a text, is empty, or holds a colon, which separates it from a distribution.
        PluginError: parameters that cannot be used.
    """
    if _is_rule(algorithm):
        who = algorithm.__name__ if isinstance(algorithm, type) else type(algorithm).__name__
        raise TypeError(
            f"{who} is an unmasking rule: register it with a hook, llada_register_unmasking_rules "
            "(see docs/plugins/tutorial.md, One file)"
        )
    if not isinstance(algorithm, GenerationAlgorithm):
        raise TypeError(f"expected an instance of GenerationAlgorithm (got {algorithm!r})")
    given = algorithm.aliases if aliases is None else aliases
    own = (given,) if isinstance(given, str) else tuple(given)
    for name in (algorithm.name, *own):
        if not isinstance(name, str) or not name.strip() or ":" in name:
            who = type(algorithm).__name__
            raise ValueError(f"{who}: expected a name that is not empty and has no colon (got {name!r})")
    if params is not None:
        check_params(params, getattr(params, "__qualname__", repr(params)))
    return Registration(algorithm, own, params)


def _is_rule(what: object) -> bool:
    """Whether it is an unmasking rule or a class of them, told without importing torch."""
    unmasking = sys.modules.get("llada_core.unmasking")
    kind = what if isinstance(what, type) else type(what)
    return unmasking is not None and issubclass(kind, unmasking.UnmaskingRule)
