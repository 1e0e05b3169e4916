"""Settings of the whole process that a plugin may change, and on which everybody's numbers depend."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

log = logging.getLogger("llada_core.engine")


def _set_default_device(device: torch.device) -> None:
    # `cpu` is what torch says where nothing is set, and nothing set is faster.
    torch.set_default_device(None if device.type == "cpu" else device)


SETTINGS: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "default device": (torch.get_default_device, _set_default_device),
    "number of threads": (torch.get_num_threads, torch.set_num_threads),
    "precision of matrix products": (
        lambda: torch.backends.cuda.matmul.fp32_precision,
        partial(setattr, torch.backends.cuda.matmul, "fp32_precision"),
    ),
    "deterministic mode": (torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode),
    "autocast on the CPU": (
        partial(torch.is_autocast_enabled, "cpu"),
        partial(torch.set_autocast_enabled, "cpu"),
    ),
    "autocast on the GPU": (
        partial(torch.is_autocast_enabled, "cuda"),
        partial(torch.set_autocast_enabled, "cuda"),
    ),
}
"""Getter and setter of each. The global generator is not among them: nothing in the engine draws from it."""


class ProcessSettings:
    """The settings as they are when it is made, or when `take` was last called."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()
        self.take()

    def take(self) -> None:
        """Remember them as they are now."""
        self._values = [get() for get, _ in SETTINGS.values()]

    def put_back(self, who: str) -> None:
        """Undo what was changed since, with one warning a setting that `who` changed it."""
        for (name, (get, put)), value in zip(SETTINGS.items(), self._values, strict=True):
            found = get()
            if found != value:
                put(value)
                if (who, name) not in self._said:
                    self._said.add((who, name))
                    log.warning("%s set this process's %s to %s: put back to %s", who, name, found, value)
