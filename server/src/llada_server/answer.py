"""The way of a request through the server: read, prepare, run, reply whole or as a stream."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.exceptions import InternalServerException
from litestar.types import Receive

from llada_core.engine.request import Request as EngineRequest
from llada_core.filling import Fills
from llada_core.reply_text import ReplyText

from .breaker import Plugged
from .chunks import ChunkWriter
from .context import Context
from .errors import ApiError
from .event_stream import EventStream, gone
from .generation import Choice, Generation
from .generation_request import GenerationRequest
from .hole_texts import HoleTexts
from .likelihood import estimate
from .prepare import Prepared, prepare
from .replies import as_api_error, json_reply
from .shapes import Shape
from .watch import Watch
from .whole import whole_reply

log = logging.getLogger(__name__)
T = TypeVar("T")

CLIENT_GONE = ApiError(499, "the client closed the connection", code="client_closed")
"""For the log; nobody is left to read it."""


async def answer(
    request: Request[Any, Any, Any],
    context: Context,
    read: Callable[[bytes], GenerationRequest],
    shape: Shape,
) -> Response[bytes]:
    """Answer a request that `read` understands, in the form of `shape`."""
    place = ExitStack()
    try:
        prepared = await _prepare(request, context, read)
        first = prepared.requests[0]
        context.breaker.check(Plugged.of(first))
        place.enter_context(context.gate.enter(first.algorithm, prepared.work, prepared.canvas_tokens))
        generation = await _start(request, context, prepared, place)
    except Exception as error:
        _count_rejection(context, error)
        raise
    id, created = f"{shape.id_prefix}{uuid.uuid4().hex}", int(time.time())
    headers = _headers(context, prepared)

    async def close() -> None:
        place.close()
        await generation.close()

    if prepared.asked.stream is None:
        try:
            work = _whole(context, prepared, generation, shape, id, created)
            return json_reply(await unless_gone(work, request.receive), headers=headers)
        finally:
            await close()
    events = ChunkWriter(prepared, generation, context.tokenizer, shape, id, created).events()
    return EventStream(events, headers, close=close, send_timeout=context.settings.send_timeout)


async def _whole(
    context: Context, prepared: Prepared, generation: Generation, shape: Shape, id: str, created: int
) -> Any:
    scores = await estimate(context.client, prepared.likelihoods, context.settings.request_timeout)
    return await whole_reply(prepared, generation, scores, context.tokenizer, shape, id, created)


async def _prepare(
    request: Request[Any, Any, Any], context: Context, read: Callable[[bytes], GenerationRequest]
) -> Prepared:
    asked = read(await read_body(request, context))
    context.check_ready()
    return await asyncio.to_thread(prepare, context, asked)


async def _start(
    request: Request[Any, Any, Any], context: Context, prepared: Prepared, place: ExitStack
) -> Generation:
    """Hand every choice to the engine; leaves `place` if that does not work."""
    generation = _generation(context, prepared)
    try:
        await unless_gone(generation.start(), request.receive)
    except BaseException:
        place.close()
        await generation.close()
        raise
    return generation


def _count_rejection(context: Context, error: Exception) -> None:
    reply = as_api_error(error)
    if reply is not CLIENT_GONE:
        context.metrics.rejected(reply.code or str(reply.status))


async def read_body(request: Request[Any, Any, Any], context: Context) -> bytes:
    """The bytes of a JSON body.

    Raises:
        ApiError: 415 for another content type, 408 if it does not arrive in time. Too large ones are a 413.
    """
    media_type, _ = request.content_type
    if media_type.lower() != "application/json":
        raise ApiError(
            415,
            f"expected the header Content-Type: application/json, got {media_type[:100] or 'none'!r}",
            code="unsupported_media_type",
        )
    seconds = context.settings.body_timeout
    try:
        async with asyncio.timeout(seconds):
            return await request.body()
    except InternalServerException:
        raise CLIENT_GONE from None
    except TimeoutError:
        raise ApiError(
            408, f"the request's body did not arrive within {seconds:g} seconds", code="request_timeout"
        ) from None


def _generation(context: Context, prepared: Prepared) -> Generation:
    settings = context.settings
    choices = [
        Choice(index, request, _text(context, prepared, request), prepared.input_of(index).echo)
        for index, request in enumerate(prepared.requests)
    ]
    return Generation(
        context.client,
        choices,
        timeout=settings.request_timeout,
        keep_alive=settings.keep_alive,
        watcher=Watch(context.metrics, context.breaker),
    )


def _text(context: Context, prepared: Prepared, request: EngineRequest) -> ReplyText | HoleTexts:
    """The text of one choice. In front of a suffix an end token is padding, and more text may follow it."""
    if prepared.asked.holes is not None:
        decoder, padding = context.tokenizer.incremental_decoder, request.padding_ids(context.facts.end_ids)
        fills = Fills(request.holes, decoder, padding, open_end=not request.suffix)
        return HoleTexts(prepared.asked.holes, fills)
    ends = context.facts.end_ids
    return ReplyText(
        context.tokenizer.incremental_decoder(),
        max_tokens=prepared.asked.max_tokens,
        end_ids=request.stop_ids(() if request.suffix else ends),
        padding_ids=ends if request.suffix else (),
        stop=prepared.asked.stop,
        judged=request.structure is not None,
    )


def _headers(context: Context, prepared: Prepared) -> dict[str, str]:
    algorithm = {"x-llada-algorithm": prepared.requests[0].algorithm}
    return algorithm | ignored_header(context, prepared.ignored)


def ignored_header(context: Context, ignored: list[str]) -> dict[str, str]:
    """The header that names ignored fields, if there are some; counts them."""
    context.ignored_fields += len(ignored)
    return {"x-llada-ignored-params": header_list(ignored)} if ignored else {}


def header_list(names: list[str], most: int = 16) -> str:
    """Names for a header: printable ASCII, cut to a bounded length."""
    shown = ["".join(c if "!" <= c <= "~" and c != "," else "?" for c in name[:40]) for name in names[:most]]
    return ",".join([*shown, "..."] if len(names) > most else shown)


async def unless_gone(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Do `work`, unless the client disconnects first.

    Raises:
        ApiError: 499, which nobody will read.
    """
    task = asyncio.create_task(work)
    watcher = asyncio.create_task(gone(receive))
    try:
        await asyncio.wait((task, watcher), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            log.info("a client is gone; its request is given up")
            raise CLIENT_GONE
        return task.result()
    finally:
        task.cancel()
        watcher.cancel()
        await asyncio.gather(task, watcher, return_exceptions=True)
