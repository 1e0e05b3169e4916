"""Calling what a plugin wrote: whatever it does wrong becomes an error of the request that it runs for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import torch

from ..errors import AlgorithmError, LladaError, OutOfMemoryError
from ..plugins.record import one_line
from .overdue import OverdueError, Watch
from .process_settings import ProcessSettings

T = TypeVar("T")


class PluginCode:
    """Calls the code of one algorithm or rule.

    A plugin is not locked up by this: it is code that somebody installed, and may do what this process may.
    """

    def __init__(self, name: str, watch: Watch) -> None:
        """`name` is what messages call it."""
        self.name = name
        self._watch = watch
        self._settings = ProcessSettings(name)
        self._overdue_until = 0.0

    def compute(self, function: Callable[[], T], doing: str = "") -> T:
        """`call` for what computes with tensors: in inference mode, and settings of the process are put back
        afterwards."""
        self._settings.take()

        def guarded() -> T:
            with torch.inference_mode():
                return function()

        try:
            return self.call(guarded, doing)
        finally:
            self._settings.put_back()

    def call(self, function: Callable[[], T], doing: str = "") -> T:
        """What `function` returns; `doing` says for messages what it is for.

        After a call that was overdue, those that come within its limit fail at once: the rows of a batch that
        hangs are asked one by one, and would hold the engine up as often.

        Raises:
            LladaError: it raised, or did not return in time.
        """
        if time.monotonic() < self._overdue_until:
            raise AlgorithmError(f"{self.name} did not return within {self._watch.seconds:g} s{doing}")
        try:
            return self._watch.call(function)
        except OverdueError as error:
            self._overdue_until = time.monotonic() + self._watch.seconds
            raise AlgorithmError(f"{self.name} {error}{doing}") from None
        except LladaError:
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
                raise  # a user's Ctrl-C, which no other thread gets
            raise failure(self.name, error, doing) from error


def failure(name: str, error: BaseException, doing: str = "") -> LladaError:
    """What a plugin raised, as an error that names it."""
    if is_out_of_memory(error):
        return OutOfMemoryError(f"{name} ran out of memory{doing}: {one_line(error)}")
    return AlgorithmError(f"{name} failed{doing}: {one_line(error)}")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it says that memory could not be had; on the CPU torch raises a plain RuntimeError for that."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return type(error) is RuntimeError and "can't allocate memory" in str(error)
