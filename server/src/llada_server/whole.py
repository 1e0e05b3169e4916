"""A reply in one piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from llada_core.engine.events import Scored, TokenLogprob

from . import wire
from .context import ChatTokenizer
from .generation import Choice, Generation
from .prepare import Prepared
from .report import report
from .shapes import Shape


async def whole_reply(
    prepared: Prepared,
    generation: Generation,
    scores: Sequence[Scored | None],
    tokenizer: ChatTokenizer,
    shape: Shape,
    id: str,
    created: int,
) -> Any:
    """Wait for every choice and put the reply together; the text is what a stream would have carried.

    Raises:
        ApiError: a choice failed, or the time is up.
    """
    texts = [choice.echo for choice in generation.choices]
    while True:
        for update in generation.news():
            texts[update.choice.index] += update.text
        if generation.unwanted:
            await generation.let_go()
        if generation.done:
            break
        await generation.wait()
    choices = generation.choices
    run = report(prepared, choices)
    run.likelihoods = [_likelihood(prepared, n, score) for n, score in enumerate(scores)] or UNSET
    return shape.reply(
        id=id,
        created=created,
        model=prepared.model,
        choices=[
            shape.choice(choice, texts[choice.index], _logprobs(prepared, choice, scores, shape, tokenizer))
            for choice in choices
        ],
        usage=wire.Usage.of(prepared.prompt_tokens, sum(choice.text.tokens for choice in choices)),
        llada=run,
    )


def _logprobs(
    prepared: Prepared,
    choice: Choice,
    scores: Sequence[Scored | None],
    shape: Shape,
    tokenizer: ChatTokenizer,
) -> Any:
    """Of a choice where they are wanted, and in front of it of its prompt, where that is estimated."""
    text = choice.text
    if prepared.asked.logprobs is None:
        return None
    if not scores:
        return shape.logprobs(text.ids, text.logprobs, tokenizer.token_text, len(choice.echo))
    index = choice.index // prepared.asked.body.n
    prompt, score = prepared.inputs[index].prompt, scores[index]
    told = [] if score is None else score.logprobs
    given = len(prompt) - len(told)
    estimates = [TokenLogprob(value, [(id, value)]) for id, value in zip(prompt[given:], told, strict=True)]
    logprobs = [*[None] * given, *estimates, *text.logprobs]
    return shape.logprobs([*prompt, *text.ids], logprobs, tokenizer.token_text, 0)


def _likelihood(prepared: Prepared, index: int, score: Scored | None) -> wire.Likelihood:
    request = prepared.likelihoods[index]
    return wire.Likelihood(
        index=index,
        log_likelihood=0.0 if score is None else sum(score.logprobs),
        error=0.0 if score is None else score.error,
        tokens=0 if score is None else len(score.logprobs),
        samples=0 if request is None else request.samples,
        forwards=0 if score is None else score.forwards,
    )
