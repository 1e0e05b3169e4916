"""Several replicas that are kept busy, and replaced when they die."""

from __future__ import annotations

import logging
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from ..errors import LladaError, ParameterError, UnknownNameError
from .errors import RolloutError
from .records import LineError, Record, Task
from .replica import NotLoaded, Ready, Said, Setup, decode_said, encode, main

Target = Callable[[int, Setup, Connection], None]
log = logging.getLogger(__name__)

MOST_DEATHS = 5
"""Replicas that die one after the other, without a record between, before the run is given up."""
ALONE = 2
"""How often a task that was there when a replica died is tried by itself."""


class Replica:
    """One process, and the tasks that it has."""

    def __init__(self, number: int, setup: Setup, target: Target) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, there = context.Pipe()
        self.number = number
        self.tasks: dict[tuple[int, int], Task] = {}
        self.alone = False
        """Whether it works on one suspicious task only."""
        self.ready = False
        self.process: BaseProcess = context.Process(target=target, args=(number, setup, there), daemon=True)
        self.process.start()
        there.close()

    def send(self, task: Task) -> None:
        """Hand a task over; one that has died is noticed elsewhere."""
        self.tasks[task.key] = task
        try:
            self.connection.send_bytes(encode(task))
        except OSError:
            log.debug("replica %d takes nothing any more", self.number)

    def kill(self) -> None:
        """End the process, and wait for that."""
        self.process.kill()
        self.process.join()
        self.connection.close()


class Pool:
    """Runs tasks on replicas.

    A task runs once. One whose replica died is run again: alone, so that the next death tells whose fault it
    was; a task that kills its replicas becomes an error.
    """

    def __init__(self, setup: Setup, tasks: Iterator[Task], target: Target = main) -> None:
        """
        Args:
            target: what a replica's process runs; another one in tests.
        """
        self._setup = setup
        self._tasks = tasks
        self._target = target
        self._ahead = setup.max_rows + max(1, setup.max_rows // 2)
        self._suspects: deque[Task] = deque()
        self._deaths: dict[tuple[int, int], int] = {}
        self._in_a_row = 0
        self._loaded: set[int] = set()
        """Numbers of the replicas that have been ready once."""
        self._replicas: list[Replica] = []

    def run(self) -> Iterator[Record]:
        """The records, as they come. Whoever stops reading ends the processes.

        Raises:
            LladaError: a replica does not start, or too many have died.
        """
        first = next(self._tasks, None)
        if first is None:
            return
        self._tasks = chain((first,), self._tasks)
        try:
            self._replicas = [self._replica(number) for number in range(self._setup.replicas)]
            while self._feed():
                yield from self._listen()
        finally:
            for replica in self._replicas:
                replica.kill()

    def _replica(self, number: int) -> Replica:
        return Replica(number, self._setup, self._target)

    def _feed(self) -> bool:
        """Give every replica what it can take; whether there is anything to wait for."""
        hungry = [replica for replica in self._replicas if replica.ready]
        while hungry:
            hungry = [replica for replica in hungry if self._give(replica)]
        return any(replica.tasks for replica in self._replicas) or not all(
            replica.ready for replica in self._replicas
        )

    def _give(self, replica: Replica) -> bool:
        """One more task; whether another may follow."""
        if replica.alone and replica.tasks:
            return False
        replica.alone = bool(self._suspects) and not replica.tasks
        if replica.alone:
            replica.send(self._suspects.popleft())
            return False
        if len(replica.tasks) >= self._ahead or (task := next(self._tasks, None)) is None:
            return False
        replica.send(task)
        return True

    def _listen(self) -> Iterator[Record]:
        """What has happened, once something has."""
        by_end: dict[object, Replica] = {}
        for replica in self._replicas:
            by_end[replica.connection] = by_end[replica.process.sentinel] = replica
        ended: list[Replica] = []
        for end in wait(list(by_end)):  # type: ignore[arg-type]
            replica = by_end[end]
            if not isinstance(end, Connection):
                ended.append(replica)
                continue
            yield from self._read(replica)
        for replica in ended:
            while replica.connection.poll():  # what it said before it died
                before = len(replica.tasks)
                yield from self._read(replica)
                if len(replica.tasks) == before:
                    break
            yield from self._replace(replica)

    def _read(self, replica: Replica) -> Iterator[Record]:
        try:
            said: Said = decode_said(replica.connection.recv_bytes())
        except (EOFError, OSError):
            return
        if isinstance(said, Ready):
            replica.ready = True
            self._loaded.add(replica.number)
        elif isinstance(said, NotLoaded):
            raise _error(said)
        elif replica.tasks.pop(said.key, None) is not None:
            self._in_a_row = 0
            yield said

    def _replace(self, replica: Replica) -> Iterator[Record]:
        replica.kill()
        code = replica.process.exitcode
        how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        self._in_a_row += 1
        if replica.number not in self._loaded:
            raise RolloutError(f"a replica did not start ({how})")
        if self._in_a_row > MOST_DEATHS:
            raise RolloutError(f"replicas stopped ({how}) {self._in_a_row} times without a result between")
        log.warning(
            "replica %d stopped (%s); %d tasks are run again", replica.number, how, len(replica.tasks)
        )
        for task in replica.tasks.values():
            deaths = self._deaths[task.key] = self._deaths.get(task.key, 0) + 1
            if deaths > ALONE:
                yield Record(
                    line=task.line,
                    sample=task.sample,
                    error=LineError(
                        "replica_died", f"the replica that ran it stopped ({how}), {deaths} times"
                    ),
                )
            else:
                self._suspects.append(task)
        self._replicas[self._replicas.index(replica)] = self._replica(replica.number)


def _error(said: NotLoaded) -> LladaError:
    if said.field is not None and said.kind.startswith(("Parameter", "Context")):
        return ParameterError(said.field, said.message.removeprefix(f"{said.field}: "))
    if said.kind in ("UnknownNameError", "AmbiguousNameError"):
        return UnknownNameError(said.message)
    return RolloutError(said.message)
