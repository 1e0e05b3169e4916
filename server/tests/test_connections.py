"""Connections that say nothing, too much, too slowly, or what is no HTTP; on a real socket."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress

import h11
import pytest

from llada_server.context import Context

from .conftest import MakeContext
from .live import live

pytestmark = pytest.mark.anyio
LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


async def talk(address: tuple[str, int], *parts: bytes, pause: float = 0.0) -> bytes:
    """Send `parts` with pauses between, and read until the server closes."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def error_of(raw: bytes) -> tuple[int, str]:
    """Status and code of the last reply in `raw`."""
    *_, start = re.finditer(rb"HTTP/1.1 \d", raw)
    head, _, body = raw[start.start() :].partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head
    return int(head.split()[1]), json.loads(body)["error"]["code"]


@pytest.mark.parametrize("start", [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nA: b\r\n"])
async def test_heads_that_do_not_arrive(make_context: MakeContext, start: bytes) -> None:
    async with live(make_context(header_timeout=0.1)) as address:
        assert error_of(await talk(address, start)) == (408, "request_timeout")


async def test_heads_that_trickle(make_context: MakeContext) -> None:
    async with live(make_context(header_timeout=0.2)) as address:
        parts = [b"GET / HTTP/1.1\r\n", *(b"A: %d\r\n" % n for n in range(3))]
        assert error_of(await talk(address, *parts, pause=0.05)) == (408, "request_timeout")


async def test_second_head_that_does_not_arrive(make_context: MakeContext) -> None:
    async with live(make_context(header_timeout=0.2)) as address:
        raw = await talk(address, LIVE, b"GET /", pause=0.1)
        assert raw.startswith(b"HTTP/1.1 200")
        assert error_of(raw) == (408, "request_timeout")


async def test_body_that_trickles_after_its_refusal(make_context: MakeContext) -> None:
    """Nobody reads it; it must not keep the connection open."""
    head = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    async with live(make_context(header_timeout=0.2)) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(head)

        async def trickle() -> None:
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.02)

        trickling = asyncio.create_task(trickle())
        async with asyncio.timeout(5):
            assert b" 404 " in await reader.readline()
            with suppress(ConnectionError):
                await reader.read()
        trickling.cancel()
        writer.close()


async def test_slow_answers_are_not_cut(make_context: MakeContext) -> None:
    """The limit is for heads: an answer, and a body with a limit of its own, may take longer."""
    body = json.dumps({"messages": [{"role": "user", "content": "x"}]}).encode()
    head = (
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    async with live(make_context(header_timeout=0.05)) as address:
        raw = await talk(address, head, body[:10], body[10:], pause=0.1)
    assert raw.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("size", [100_000, 1_000_000, 20_000_000])
async def test_heads_that_are_too_long(context: Context, size: int) -> None:
    async with live(context) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nA: ")
        for _ in range(size // 100_000):
            writer.write(b"a" * 100_000)
            try:
                await writer.drain()
            except ConnectionError:
                break
        try:
            async with asyncio.timeout(10):
                assert error_of(await reader.read()) == (431, "headers_too_large")
        except ConnectionError:
            assert size > 100_000  # closed while more of it was on its way
        writer.close()


async def test_too_many_headers(context: Context) -> None:
    async with live(context) as address:
        reader, writer = await asyncio.open_connection(*address)
        headers = b"".join(b"A%d: b\r\n" % n for n in range(10_000))
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
        async with asyncio.timeout(10):
            assert b" 431 " in await reader.readline()
        writer.close()


@pytest.mark.parametrize("raw", [b"\x16\x03\x01\x02\x00", b"\r\n\r\n\0\0", b"x y\r\n\r\n"])
async def test_what_is_no_http(context: Context, raw: bytes) -> None:
    async with live(context) as address:
        assert error_of(await talk(address, raw + b"\r\n\r\n")) == (400, "invalid_http")


async def test_too_many_connections(make_context: MakeContext) -> None:
    async with live(make_context(max_connections=2)) as address:
        first, second = [await asyncio.open_connection(*address) for _ in range(2)]
        await asyncio.sleep(0.05)
        raw = await talk(address)
        assert error_of(raw) == (503, "too_many_connections")
        assert b"retry-after: 1" in raw
        first[1].write(LIVE)
        async with asyncio.timeout(10):
            assert b" 200 " in await first[0].readline()
        first[1].close()
        second[1].close()
        await asyncio.sleep(0.05)
        assert (await talk(address, LIVE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))).startswith(
            b"HTTP/1.1 200"
        )


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_streams_are_framed_as_their_version_wants(context: Context, version: bytes) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "Hi"}], "stream": True, "block_length": 1})
    ask = (
        b"POST /v1/chat/completions HTTP/%s\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json"
        b"\r\nContent-Length: %d\r\n\r\n%s" % (version, len(body), body.encode())
    )
    async with live(context) as address:
        raw = await talk(address, ask)
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="POST", target="/", headers=[("host", "x")]))
    client.send(h11.EndOfMessage())
    client.receive_data(raw)
    client.receive_data(b"")
    head, text = client.next_event(), b""
    while isinstance(piece := client.next_event(), h11.Data):
        text += bytes(piece.data)
    assert isinstance(head, h11.Response)
    assert isinstance(piece, h11.EndOfMessage)
    assert ((b"transfer-encoding", b"chunked") in list(head.headers)) == (version == b"1.1")
    assert text.count(b'"content":"') == 13  # the role, and twelve tokens
    assert text.endswith(b"data: [DONE]\n\n")
