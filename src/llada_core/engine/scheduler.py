"""Who waits, who is let in, whose turn it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .request import Request

MOST_BYPASSES = 16
"""So often may others be let in before a request that finds no room; then they wait until it fits."""


@dataclass(eq=False)
class Waiting:
    """A request that is not running yet."""

    request: Request
    arrival: int
    bypassed: int = 0


class Turn(Protocol):
    """What a turn is given by: a row of some algorithm that can run its next forward."""

    last_tick: int

    @property
    def packed_tokens(self) -> int: ...


R = TypeVar("R", bound=Turn)


class Scheduler:
    """One queue an algorithm, first come first served within it; between them, turns by device time.

    The algorithm that has had the least device time goes next. One that was idle starts level with the
    others, so it cannot claim the past; one alone gets everything.
    """

    def __init__(self) -> None:
        self._queues: dict[str, deque[Waiting]] = {}
        self._served: dict[str, float] = {}
        self._active: set[str] = set()
        self._arrivals = 0

    def add(self, request: Request) -> None:
        """Queue a request behind those of its algorithm."""
        self._queues.setdefault(request.algorithm, deque()).append(Waiting(request, self._arrivals))
        self._arrivals += 1

    def remove(self, request_id: str) -> bool:
        """Forget a waiting request; False if there is none of this id."""
        for name, queue in self._queues.items():
            for waiting in queue:
                if waiting.request.id == request_id:
                    queue.remove(waiting)
                    if not queue:
                        del self._queues[name]
                    return True
        return False

    def waiting(self) -> dict[str, int]:
        """Number of waiting requests by algorithm."""
        return {name: len(queue) for name, queue in self._queues.items()}

    def __bool__(self) -> bool:
        return bool(self._queues)

    def __contains__(self, request_id: str) -> bool:
        return any(waiting.request.id == request_id for queue in self._queues.values() for waiting in queue)

    def admit(self, running: dict[str, int], start: Callable[[Request], bool]) -> None:
        """Let requests in, an algorithm with fewer running ones first, until `start` takes no more.

        `start` says whether a request found room. `running` counts running requests by algorithm.
        """
        counts = dict(running)
        refused: set[str] = set()
        while True:
            heads = [(counts.get(n, 0), q[0].arrival, n) for n, q in self._queues.items() if n not in refused]
            if not heads:
                return
            _, _, name = min(heads)
            head = self._queues[name][0]
            if start(head.request):
                self._pop(name)
                counts[name] = counts.get(name, 0) + 1
                for other in refused:
                    self._queues[other][0].bypassed += 1
            elif head.bypassed >= MOST_BYPASSES:
                return
            else:
                refused.add(name)

    def choose(self, ready: Iterable[str]) -> str | None:
        """The algorithm whose turn it is among those that can run; None if none can."""
        names = set(ready)
        if not names:
            return None
        level = min((self._served[name] for name in names & self._active), default=0.0)
        for name in names - self._active:
            self._served[name] = max(self._served.get(name, 0.0), level)
        self._active = names
        return min(names, key=lambda name: (self._served[name], name))

    def charge(self, name: str, seconds: float) -> None:
        """Account device time that an algorithm used."""
        self._served[name] = self._served.get(name, 0.0) + seconds

    def _pop(self, name: str) -> None:
        queue = self._queues[name]
        queue.popleft()
        if not queue:
            del self._queues[name]


def take_turns(rows: Iterable[R], max_tokens: int) -> Iterator[R]:
    """The rows of one forward: those that waited longest, while they hold at most `max_tokens` tokens."""
    total = 0
    for row in sorted(rows, key=lambda row: row.last_tick):
        if total and total + row.packed_tokens > max_tokens:
            return
        total += row.packed_tokens
        yield row
