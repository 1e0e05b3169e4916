"""What tasks wait for: bells, and the beat that many bells share."""

from __future__ import annotations

import asyncio

import pytest

from llada_server.bell import Beat, Bell

pytestmark = pytest.mark.anyio

SHORT = 0.02
"""Seconds; that something waits is seen without waiting for as long."""


async def settle() -> None:
    """Let every task run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_bell_that_was_rung_ends_the_next_wait() -> None:
    bell = Bell()
    bell.ring()
    assert await bell.wait()
    assert not await bell.wait(SHORT)
    bell.close()


async def test_waiting_goes_on_until_it_is_rung() -> None:
    bell = Bell()
    waiting = asyncio.ensure_future(bell.wait())
    await settle()
    assert not waiting.done()
    bell.ring()
    bell.ring()
    assert await waiting
    assert not await bell.wait(SHORT)


async def test_the_first_ring_after_a_pause_does_not_wait_for_the_beat() -> None:
    bell = Bell(Beat(1000))
    waiting = asyncio.ensure_future(bell.wait())
    await settle()
    bell.ring()
    await settle()
    assert waiting.done()


async def test_a_ring_soon_after_waits_for_the_beat() -> None:
    bell = Bell(Beat(1000))
    bell.ring()
    await bell.wait()
    waiting = asyncio.ensure_future(bell.wait())
    await settle()
    bell.ring()
    await settle()
    assert not waiting.done()
    waiting.cancel()


async def test_a_stroke_wakes_all_together() -> None:
    beat = Beat(SHORT)
    bells = [Bell(beat) for _ in range(3)]
    for bell in bells:
        bell.ring()
        await bell.wait()
    waiting = [asyncio.ensure_future(bell.wait()) for bell in bells]
    await settle()
    for bell in bells[:2]:
        bell.ring()
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert done == set(waiting[:2])
    bells[2].ring()
    assert pending == {waiting[2]}
    assert await waiting[2]


async def test_a_stroke_ends_no_wait_that_nobody_rang() -> None:
    beat = Beat(SHORT)
    bell = Bell(beat)
    bell.ring()
    await bell.wait()
    bell.ring()
    late = asyncio.ensure_future(bell.wait(0))  # the time is up, and the beat still knows of it
    await late
    waiting = asyncio.ensure_future(bell.wait())
    await asyncio.sleep(2 * SHORT)
    assert not waiting.done()
    waiting.cancel()
