"""Whether a grammar can be made of what somebody sent, tried in a process that can be given up.

The grammar engine limits its own work, but not all of it: some schemas keep it busy for minutes. So what
comes from strangers is compiled in a child first, under a limit of time and memory. `python -m
llada_core.structure.checker` is that child.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import IO

import msgspec

from ..errors import ParameterError, UnavailableError
from ..facts import ModelFacts
from .grammars import Grammars
from .spec import Structure

SECONDS = 2.0
"""Most time for one grammar."""
STARTING = 60.0
"""Most time for the child to read the tokenizer."""
MEMORY = 1024**3
"""Most bytes that the child may grow by, where the system can limit it."""
KEPT = 1024
"""Answers that are remembered."""


class Start(msgspec.Struct, frozen=True):
    """The first message to the child."""

    folder: str
    facts: ModelFacts


class Answer(msgspec.Struct, frozen=True):
    """What the child says: at its start, and to each structure."""

    shortest: int | None = None
    """Tokens of the shortest text that was found."""
    field: str | None = None
    """What is at fault; None: nothing."""
    message: str = ""


class Checker:
    """Asks the child, and starts it when it is needed. Safe to be used from several threads."""

    def __init__(self, folder: Path | str, facts: ModelFacts, *, seconds: float = SECONDS) -> None:
        """`folder` is the checkpoint. Nothing is started yet."""
        self._start = Start(str(folder), facts)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._known: OrderedDict[Structure, Answer] = OrderedDict()

    def check(self, structure: Structure) -> int | None:
        """Tokens of the shortest text that a search finds; None if it finds none.

        Raises:
            ParameterError: no grammar can be made of it, or not within the limits.
            UnavailableError: the grammar engine is not installed, or cannot use this checkpoint's tokenizer.
        """
        with self._lock:
            answer = self._known.get(structure)
            if answer is None:
                answer = self._known[structure] = self._ask(structure)
                if len(self._known) > KEPT:
                    self._known.popitem(last=False)
        if answer.field is not None:
            raise ParameterError(answer.field, answer.message)
        return answer.shortest

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._give_up()

    def _ask(self, structure: Structure) -> Answer:
        if self._child is None or self._child.poll() is not None:
            command = [sys.executable, "-m", "llada_core.structure.checker"]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            ready = self._exchange(msgspec.msgpack.encode(self._start), STARTING)
            if ready is None or ready.message:
                self._give_up()
                raise UnavailableError(
                    ready.message if ready else "the process that checks grammars does not start"
                )
        answer = self._exchange(msgspec.msgpack.encode(structure), self._seconds)
        if answer is not None:
            return answer
        self._give_up()
        message = f"too complex: no grammar was made of it within {self._seconds:g} s and {MEMORY >> 30} GiB"
        return Answer(field=structure.field, message=message)

    def _exchange(self, message: bytes, seconds: float) -> Answer | None:
        """The child's answer; None if it ended, or was ended for taking too long."""
        child = self._child
        assert child is not None
        assert child.stdin is not None
        assert child.stdout is not None
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        try:
            _write(child.stdin, message)
            reply = _read(child.stdout)
        except OSError:
            return None
        finally:
            timer.cancel()
        return None if reply is None else msgspec.msgpack.decode(reply, type=Answer)

    def _give_up(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(4, "big") + message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(4)
    if len(head) < 4:
        return None
    body = pipe.read(int.from_bytes(head, "big"))
    return body if len(body) == int.from_bytes(head, "big") else None


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    with open("/proc/self/statm", "rb") as file:
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main() -> None:
    """The child: answers until its input ends."""
    given, said = sys.stdin.buffer, sys.stdout.buffer
    message = _read(given)
    if message is None:
        return
    start = msgspec.msgpack.decode(message, type=Start)
    try:
        grammars = Grammars(start.folder, start.facts)
        grammars.load()
        _limit_memory()
    except (UnavailableError, OSError) as error:
        _write(said, msgspec.msgpack.encode(Answer(message=str(error))))
        return
    _write(said, msgspec.msgpack.encode(Answer()))
    while (message := _read(given)) is not None:
        structure = msgspec.msgpack.decode(message, type=Structure)
        try:
            answer = Answer(grammars.shortest(structure))
        except ParameterError as error:
            answer = Answer(field=error.field, message=error.message)
        _write(said, msgspec.msgpack.encode(answer))


if __name__ == "__main__":
    main()
