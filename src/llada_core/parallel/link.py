"""One end of the socket between rank 0 and another rank: whole messages, no pickle."""

from __future__ import annotations

import socket

from .commands import Message, decode, encode

LENGTH = 4
"""Bytes before a message that say how long it is."""


class Link:
    """Blocks until a message is sent or has come. For one thread at a time."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    def send(self, message: Message) -> None:
        """Send a message; `OSError` if nobody can get it."""
        payload = encode(message)
        self._socket.sendall(len(payload).to_bytes(LENGTH, "big") + payload)

    def receive(self) -> Message:
        """The next message; `EOFError` if the other end is gone."""
        return decode(self._read(int.from_bytes(self._read(LENGTH), "big")))

    def close(self) -> None:
        """Let the other end find nobody."""
        self._socket.close()

    def _read(self, size: int) -> bytearray:
        buffer = bytearray(size)
        view = memoryview(buffer)
        while view:
            try:
                count = self._socket.recv_into(view)
            except ConnectionError:
                raise EOFError from None
            if not count:
                raise EOFError
            view = view[count:]
        return buffer
