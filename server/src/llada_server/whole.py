"""A chat reply in one piece."""

from __future__ import annotations

from . import wire
from .generation import Generation
from .prepare import Prepared
from .report import report


async def whole_reply(
    prepared: Prepared, generation: Generation, id: str, created: int
) -> wire.ChatCompletion:
    """Wait for every choice and put the reply together; the text is what a stream would have carried.

    Raises:
        ApiError: a choice failed, or the time is up.
    """
    texts = [""] * len(generation.choices)
    async for update in generation.updates():
        if update is not None:
            texts[update.choice.index] += update.text
    choices = generation.choices
    return wire.ChatCompletion(
        id=id,
        created=created,
        model=prepared.model,
        choices=[
            wire.Choice(
                index=choice.index,
                message=wire.Message(content=texts[choice.index]),
                finish_reason=choice.text.finish_reason or "length",
            )
            for choice in choices
        ],
        usage=wire.Usage.of(prepared.prompt_tokens, sum(choice.text.tokens for choice in choices)),
        llada=report(prepared, choices),
    )
