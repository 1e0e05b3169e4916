"""Requests over plain sockets, some of them given up: at once, while they run, or without being read."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from typing import Any

Address = tuple[str, int]
WAYS = ("whole", "stream", "leave at once", "leave soon", "leave within the stream", "reset")


def request_bytes(body: dict[str, Any], key: str | None = None, path: str = "/v1/chat/completions") -> bytes:
    """A request after which the connection is closed."""
    raw = json.dumps(body).encode()
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{authorization}"
        f"Connection: close\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


async def ask(address: Address, body: dict[str, Any], way: str, key: str | None = None) -> int | None:
    """Send one request in a way of `WAYS`; its status, or None where nobody waited for it."""
    streamed = way in ("stream", "leave within the stream", "reset")
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(request_bytes(body | {"stream": streamed}, key))
        await writer.drain()
        if way == "leave at once":
            return None
        if way == "leave soon":
            await asyncio.sleep(random.random() * 0.05)
            return None
        status = int((await reader.readuntil(b"\r\n")).split()[1])
        await reader.readuntil(b"\r\n\r\n")
        if way in ("leave within the stream", "reset"):
            await reader.read(100)
            if way == "reset":
                now = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
            return None
        rest = await reader.read()
        if streamed and status == 200:
            assert rest.endswith(b"0\r\n\r\n"), rest[-200:]
            assert b"data: [DONE]" in rest
        return status
    finally:
        writer.close()
