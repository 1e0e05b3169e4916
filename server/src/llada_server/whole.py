"""A reply in one piece."""

from __future__ import annotations

from typing import Any

from . import wire
from .generation import Generation
from .prepare import Prepared
from .report import report
from .shapes import Shape


async def whole_reply(prepared: Prepared, generation: Generation, shape: Shape, id: str, created: int) -> Any:
    """Wait for every choice and put the reply together; the text is what a stream would have carried.

    Raises:
        ApiError: a choice failed, or the time is up.
    """
    texts = [choice.echo for choice in generation.choices]
    async for update in generation.updates():
        if update is not None:
            texts[update.choice.index] += update.text
    choices = generation.choices
    return shape.reply(
        id=id,
        created=created,
        model=prepared.model,
        choices=[shape.choice(choice, texts[choice.index]) for choice in choices],
        usage=wire.Usage.of(prepared.prompt_tokens, sum(choice.text.tokens for choice in choices)),
        llada=report(prepared, choices),
    )
