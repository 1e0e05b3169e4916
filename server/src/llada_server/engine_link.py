"""The engine process's end of the socket: blocking, for threads."""

from __future__ import annotations

import os
import socket
import threading

import msgspec

from .engine_messages import LENGTH, FromEngine, ToEngine, frame, read_to_engine

LOST = 3
"""Exit code of a process that cannot speak to its server any more."""


class Link:
    """Sends from any thread, receives in one."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(True)
        connection.set_inheritable(False)
        self._socket = connection
        self._file = connection.makefile("rb")
        self._lock = threading.Lock()

    def send(self, message: FromEngine) -> None:
        """Send a message; without a server at the other end the process ends here."""
        data = frame(message)
        with self._lock:
            try:
                self._socket.sendall(data)
            except OSError:
                os._exit(LOST)

    def receive(self) -> ToEngine | None:
        """Wait for a message; None once there will be no more."""
        try:
            head = self._file.read(LENGTH)
            payload = self._file.read(int.from_bytes(head, "big")) if len(head) == LENGTH else b""
            return read_to_engine(payload) if payload else None
        except (OSError, msgspec.DecodeError):
            return None
