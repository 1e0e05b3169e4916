"""The tasks of one session that are under way."""

from __future__ import annotations

from typing import Any

from ..errors import GenerationError, LladaError
from ..session import Session, Stream
from .lines import Defaults, Line, as_ask, parse_line
from .records import LineError, Record, Task, replied


class Running:
    """Tasks that share a session's forwards."""

    def __init__(self, session: Session, defaults: Defaults) -> None:
        self._session = session
        self._defaults = defaults
        self._open: list[tuple[Task, Line, dict[str, Any], Stream]] = []

    def __len__(self) -> int:
        return len(self._open)

    def start(self, task: Task) -> Record | None:
        """Begin a task; the record of one that can never run."""
        line, extra = Line(), dict[str, Any]()
        try:
            line, extra = parse_line(task.data)
            stream = self._session.open(as_ask(task, line, self._defaults))
        except LladaError as error:
            return _failed(task, line, extra, error)
        self._open.append((task, line, extra, stream))
        return None

    def step(self) -> list[Record]:
        """One forward for some of them; the records of those that have ended with it."""
        if not self._open:
            return []
        self._session.step()
        ended = [entry for entry in self._open if entry[3].outcome is not None]
        if ended:
            self._open = [entry for entry in self._open if entry[3].outcome is None]
        return [_record(*entry) for entry in ended]

    def cancel(self) -> None:
        """Give all of them up."""
        for _, _, _, stream in self._open:
            stream.cancel()
        self._open.clear()


def _record(task: Task, line: Line, extra: dict[str, Any], stream: Stream) -> Record:
    outcome = stream.outcome
    if isinstance(outcome, GenerationError):
        return _failed(task, line, extra, outcome)
    return replied(task, line.id, extra, stream.reply)


def _failed(task: Task, line: Line, extra: dict[str, Any], error: LladaError) -> Record:
    return Record(line=task.line, sample=task.sample, id=line.id, error=LineError.of(error), extra=extra)
