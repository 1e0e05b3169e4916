"""From callbacks on the event loop to what awaits them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from llada_core.engine.events import Ending, Event

EventQueue = asyncio.Queue[Event | None]
"""Events of one request; None ends them without an ending."""


async def read(events: EventQueue) -> AsyncIterator[Event]:
    """The events of a request until its last one."""
    while (event := await events.get()) is not None:
        yield event
        if isinstance(event, Ending):
            return


def resolve(future: asyncio.Future[None], error: Exception | None) -> None:
    """Set the result of `future`, unless it has one."""
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
