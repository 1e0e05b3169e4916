"""Running the estimates of a request's prompts, beside its choices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from llada_core.engine.events import Event, Failed, Scored
from llada_core.engine.likelihood_request import LikelihoodRequest

from .engine_client import EngineClient
from .errors import from_code


async def estimate(
    client: EngineClient, requests: Sequence[LikelihoodRequest | None], timeout: float
) -> list[Scored | None]:
    """What each comes to; None stays None. Whatever happens, none is left running.

    Raises:
        ApiError: one failed, or the time is up.
        LladaError: the engine refuses one.
    """
    if not requests:
        return []
    open_: dict[str, AsyncIterator[Event]] = {}
    found: dict[str, Scored] = {}
    try:
        async with asyncio.timeout(timeout):
            for request in filter(None, requests):
                open_[request.id] = await client.submit(request)
            for id in list(open_):
                found[id] = await _result(open_[id])
                del open_[id]
    except TimeoutError:
        raise from_code("request_deadline", f"not finished within {timeout:g} seconds") from None
    finally:
        for id in open_:
            await client.cancel(id)
    return [None if request is None else found[request.id] for request in requests]


async def _result(events: AsyncIterator[Event]) -> Scored:
    async for event in events:
        if isinstance(event, Scored):
            return event
        if isinstance(event, Failed):
            raise from_code(event.code, event.message, event.field)
    raise from_code("cancelled", "the request was cancelled")
