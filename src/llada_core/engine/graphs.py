"""Work that is captured once and then replayed, with one call instead of hundreds."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

WARM_UPS = 2
"""Runs before a capture: libraries pick kernels and reserve memory in them."""


class Graphs:
    """CUDA graphs that share their memory; the least recently used goes when there are too many.

    On a device without graphs the work is done again instead.
    """

    def __init__(self, device: torch.device, most: int) -> None:
        self._device, self._most = device, most
        self._held: OrderedDict[Hashable, Callable[[], None]] = OrderedDict()
        self._memory = self._new_memory()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._held

    def clear(self) -> None:
        """Hold nothing any more."""
        self._held.clear()
        self._memory = self._new_memory()  # the old one went with the last graph

    def touch(self, key: Hashable) -> None:
        """Count a key that is held as used just now."""
        self._held.move_to_end(key)

    def hold(self, key: Hashable, work: Callable[[], None]) -> None:
        """Capture `work` under a key that is new. On a GPU it also runs, more than once.

        What it reads and writes has to stay where it is, so whoever calls keeps hold of it.
        """
        if key in self._held:
            self.touch(key)
            return
        self._held[key] = work if self._device.type != "cuda" else self._capture(work)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def replay(self, key: Hashable) -> None:
        """Do the work of a key that is held."""
        self.touch(key)
        self._held[key]()

    def run(self, key: Hashable, work: Callable[[], None]) -> None:
        """`hold`, then `replay`: for work that may run more than once."""
        self.hold(key, work)
        self.replay(key)

    def _new_memory(self) -> Any:
        return torch.cuda.graph_pool_handle() if self._device.type == "cuda" else None

    def _capture(self, work: Callable[[], None]) -> Callable[[], None]:
        current, aside = torch.cuda.current_stream(self._device), torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        aside.wait_stream(current)
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                work()
        current.wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with _no_collection(), torch.cuda.graph(graph, pool=self._memory, capture_error_mode="thread_local"):
            work()
        return graph.replay


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without Python's garbage collector: among what it frees may be a graph, which cannot be within a
    capture."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
