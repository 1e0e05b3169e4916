"""Asking third-party code a question that it may never answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any


class NoAnswerError(Exception):
    """The code did not answer within the limit."""


class TimeLimit:
    """Runs each question in a thread of its own and waits for at most `seconds`.

    Who asks a question that is being answered shares its answer. A thread cannot be stopped, so one that
    hangs is left behind; until it ends, its question is refused at once instead of starting another thread.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._asked: dict[Hashable, _Question] = {}

    def ask(self, key: Hashable, question: Callable[[], Any]) -> Any:
        """The result of `question`; what it raises is raised here. `key` names the question.

        Raises:
            NoAnswerError
        """
        with self._lock:
            asked = self._asked.get(key)
            if asked is None or asked.ended:
                asked = self._asked[key] = _Question(question, self.seconds)
        try:
            return asked.wait()
        finally:
            with self._lock:
                if asked.ended and self._asked.get(key) is asked:
                    del self._asked[key]


class _Question:
    """One run of a question."""

    def __init__(self, question: Callable[[], Any], seconds: float) -> None:
        self._question = question
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._ended = threading.Event()
        self._late = False
        self._answer: Any = None
        self._failure: BaseException | None = None
        threading.Thread(target=self._run, name="llada-availability", daemon=True).start()

    @property
    def ended(self) -> bool:
        """Whether it has an answer, if perhaps too late."""
        return self._ended.is_set()

    def wait(self) -> Any:
        """The answer, when it is there.

        Raises:
            NoAnswerError
        """
        if self._late:
            raise NoAnswerError(f"still no answer to an earlier question (limit {self._seconds:g} s)")
        if not self._ended.wait(max(0.0, self._deadline - time.monotonic())):
            self._late = True
            raise NoAnswerError(f"no answer within {self._seconds:g} s")
        if self._failure is not None:
            raise self._failure
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._question()
        except BaseException as error:
            self._failure = error
        self._ended.set()
