"""Ending Python code that does not return, in whatever thread it runs."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LOOKS = 4
"""How often the watching thread looks within a limit."""


class OverdueError(Exception):
    """A call did not return in time."""


class _Stop(BaseException):
    """Ends an overdue call; no `except Exception` catches it."""


class _Call:
    """A call that is running."""

    def __init__(self, deadline: float) -> None:
        self.thread = threading.get_ident()
        self.deadline = deadline
        self.told = False
        """Whether an exception was raised in its thread that it may not have met yet."""


class Watch:
    """Calls functions with a time limit, in the thread that asks, which costs a microsecond.

    A second thread looks now and then, and raises an exception in that of an overdue call. Python delivers it
    between two steps of Python code: an endless loop ends, a wait inside a single C function only when it
    returns.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds` is the limit of each call."""
        self.seconds = seconds
        self._lock = threading.Lock()
        self._calls: set[_Call] = set()
        self._looking = False

    def call(self, function: Callable[[], T]) -> T:
        """The result of `function`; what it raises is raised here.

        Raises:
            OverdueError: it did not return in time.
        """
        call = _Call(time.monotonic() + self.seconds)
        try:
            self._enter(call)
            try:
                return function()
            finally:
                self._leave(call)
        except _Stop:
            self._leave(call)
            raise OverdueError(f"did not return within {self.seconds:g} s") from None

    def _enter(self, call: _Call) -> None:
        with self._lock:
            self._calls.add(call)
            start, self._looking = not self._looking, True
        if start:
            threading.Thread(target=self._look, name="llada-watch", daemon=True).start()

    def _leave(self, call: _Call) -> None:
        """The call has ended: from here on nothing is raised in its thread any more."""
        with self._lock:
            self._calls.discard(call)
            if call.told:
                call.told = False
                raise_in(call.thread, None)

    def _look(self) -> None:
        """Until there was no call at two looks in a row."""
        idle = 0
        while idle < 2:
            time.sleep(self.seconds / LOOKS)
            now = time.monotonic()
            with self._lock:
                idle = 0 if self._calls else idle + 1
                for call in self._calls:
                    if now > call.deadline:
                        call.told = True
                        raise_in(call.thread, _Stop)
                self._looking = idle < 2


def raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step of Python code; None takes back one that waits."""
    value = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), value)
