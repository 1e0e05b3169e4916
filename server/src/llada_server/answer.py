"""The way of a request through the server: read, prepare, run, reply whole or as a stream."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from litestar import Request, Response
from litestar.exceptions import InternalServerException

from llada_core.engine.request import Request as EngineRequest
from llada_core.errors import LladaError
from llada_core.filling import Fills
from llada_core.reply_text import ReplyText

from .breaker import Plugged
from .chunks import ChunkWriter
from .context import Context
from .errors import ApiError
from .event_stream import EventStream
from .generation import Choice, Generation
from .generation_request import GenerationRequest
from .hole_texts import HoleTexts
from .likelihood import estimate
from .prepare import Prepared, prepare
from .presence import ClientGoneError, WhileThere
from .replies import as_api_error, json_reply
from .selection import select_algorithm
from .shapes import Shape
from .watch import Watch
from .whole import whole_reply

SHORT = 4096
"""Bytes of a body that is prepared at once: a thread would take longer."""
FEW = 8
"""Fields beyond the common ones in such a body."""


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
    except Exception as error:
        _count_rejection(context, error)
        raise
    generation = _generation(context, prepared)
    id, created = f"{shape.id_prefix}{uuid.uuid4().hex}", int(time.time())
    headers = _headers(context, prepared)

    async def close() -> None:
        place.close()
        await generation.close()

    try:
        async with WhileThere(request.receive):
            await _start(context, generation)
            if prepared.asked.stream is None:
                body = await _whole(context, prepared, generation, shape, id, created)
    except BaseException:
        await close()
        raise
    if prepared.asked.stream is None:
        await close()
        return json_reply(body, headers=headers)
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
    raw = await read_body(request, context)
    asked = read(raw)
    context.check_ready()
    if len(raw) <= SHORT and _is_quick(context, asked):
        async with context.turn:
            prepared = prepare(context, asked)
            await asyncio.sleep(0)
        return prepared
    return await asyncio.to_thread(prepare, context, asked)


def _is_quick(context: Context, asked: GenerationRequest) -> bool:
    """Whether a short request takes no grammar, no plugin's answer and no long search for misspelt names."""
    if asked.structure is not None or len(asked.extra) + len(asked.algorithm_params) > FEW:
        return False
    try:
        name = select_algorithm(asked.body, context.settings.default_algorithm).name
        return context.answers_at_once(name)
    except (ApiError, LladaError):
        return True


async def _start(context: Context, generation: Generation) -> None:
    try:
        await generation.start()
    except Exception as error:
        _count_rejection(context, error)
        raise


def _count_rejection(context: Context, error: Exception) -> None:
    reply = as_api_error(error)
    if not isinstance(reply, ClientGoneError):
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
        raise ClientGoneError from None
    except TimeoutError:
        raise ApiError(
            408, f"the request's body did not arrive within {seconds:g} seconds", code="request_timeout"
        ) from None


def _generation(context: Context, prepared: Prepared) -> Generation:
    settings = context.settings
    choices = [
        Choice(
            index,
            request,
            _text(context, prepared, request),
            prepared.input_of(index).echo,
            prepared.asked.structure_field,
        )
        for index, request in enumerate(prepared.requests)
    ]
    return Generation(
        context.client,
        choices,
        timeout=settings.request_timeout,
        keep_alive=settings.keep_alive,
        watcher=Watch(context.metrics, context.breaker),
        beat=None if prepared.asked.stream is None else context.beat,
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
