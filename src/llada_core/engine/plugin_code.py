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
OTHERS = "a plan, or an algorithm with a loop of its own,"
"""Who changes settings outside of a `compute`."""


class Guard:
    """Makes the `PluginCode`s of one engine, and looks after the settings of the process while it runs."""

    def __init__(self, seconds: float) -> None:
        """`seconds` is the limit of each call."""
        self._watch = Watch(seconds)
        self._settings = ProcessSettings()
        self._scripts_ran = False

    def code(self, name: str) -> PluginCode:
        """What calls the code of a plugin that messages call `name`."""
        return PluginCode(name, self._watch, self._settings)

    def begin(self) -> None:
        """The engine is called: settings count as the caller has set them, unless scripts were running, which
        may change them at any time."""
        if self._scripts_ran:
            self._settings.put_back(OTHERS)
        else:
            self._settings.take()

    def put_back(self) -> None:
        """Before and after what depends on the settings."""
        self._settings.put_back(OTHERS)

    def end(self, scripts_run: bool) -> None:
        """The engine returns to its caller; `scripts_run` says whether threads of scripts go on."""
        self.put_back()
        self._scripts_ran = scripts_run


class PluginCode:
    """Calls the code of one algorithm or rule.

    A plugin is not locked up by this: it is code that somebody installed, and may do what this process may.
    """

    def __init__(self, name: str, watch: Watch, settings: ProcessSettings) -> None:
        """`name` is what messages call it; `settings` are what it finds, and what is put back after it."""
        self.name = name
        self._watch = watch
        self._settings = settings
        self._overdue_until = 0.0

    def compute(self, function: Callable[[], T], doing: str = "") -> T:
        """`call` for what computes with tensors: in inference mode, and settings of the process are put back
        afterwards."""
        self._settings.put_back(OTHERS)

        def guarded() -> T:
            with torch.inference_mode():
                return function()

        try:
            return self.call(guarded, doing)
        finally:
            self._settings.put_back(self.name)

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
