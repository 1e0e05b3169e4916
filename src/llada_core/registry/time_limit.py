"""Asking third-party code a question that it may never answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any


class NoAnswerError(Exception):
    """The code did not answer within the limit."""


class TimeLimit:
    """Runs each question in a thread of its own and waits for at most `seconds`.

    A thread cannot be stopped, so one that hangs is left behind; until it ends, the same question is answered
    with NoAnswerError at once instead of starting another.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._hanging: dict[Hashable, threading.Thread] = {}

    def ask(self, key: Hashable, question: Callable[[], Any]) -> Any:
        """The result of `question`; what it raises is raised here. `key` names the question.

        Raises:
            NoAnswerError
        """
        hanging = self._hanging.get(key)
        if hanging is not None and hanging.is_alive():
            raise NoAnswerError(f"still no answer to an earlier question (limit {self.seconds:g} s)")
        self._hanging.pop(key, None)
        answer: list[Any] = []
        failure: list[BaseException] = []

        def run() -> None:
            try:
                answer.append(question())
            except BaseException as error:
                failure.append(error)

        thread = threading.Thread(target=run, name="llada-availability", daemon=True)
        thread.start()
        thread.join(self.seconds)
        if failure:
            raise failure[0]
        if not answer:
            self._hanging[key] = thread
            raise NoAnswerError(f"no answer within {self.seconds:g} s")
        return answer[0]
