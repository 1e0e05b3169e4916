"""The body of `POST /v1/completions`: prompts as text or token ids, and the hole before a suffix."""

from __future__ import annotations

from typing import Any

import msgspec

from llada_core.facts import ModelFacts
from llada_core.params import SamplingParams

from .errors import bad_request, unsupported
from .fields import COMPLETIONS, MAX_PROMPTS, CompletionBody
from .generation_request import (
    GenerationRequest,
    Input,
    Likelihood,
    TextSide,
    decode_object,
    read_common,
    read_own,
)
from .messages import check_text, kind
from .structured_request import read_structure
from .token_ids import check_ids, read_ids

Prompt = str | list[int]
DEFAULT_SAMPLES = 128
MAX_SAMPLES = 16384
"""Most samples of one request."""


def read_completion(raw: bytes) -> GenerationRequest:
    """Decode and check prompts to continue.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    values = decode_object(raw)
    body = read_own(CompletionBody, values)
    prompts = read_prompts(body.prompt)
    suffix = check_text(body.suffix or "", "suffix")
    if body.best_of not in (None, body.n):
        raise unsupported(
            "best_of", f"best_of: choices are not ranked here; leave it out, or send n, which is {body.n}"
        )
    common = read_common(COMPLETIONS, values, body)
    if suffix:
        common["sampling"] = hole(common["sampling"])

    def encode(tokenizer: TextSide, facts: ModelFacts) -> list[Input]:
        behind = tuple(tokenizer.encode(suffix))
        return [_input(prompts, index, body.echo, behind, tokenizer, facts) for index in range(len(prompts))]

    return GenerationRequest(
        **common, **read_structure(body), encode=encode, likelihood=_likelihood(body, len(prompts))
    )


def _likelihood(body: CompletionBody, prompts: int) -> Likelihood | None:
    """What is to be estimated of the prompts: asked for by `echo` together with `logprobs`."""
    if not body.echo or body.logprobs is None:
        for name in ("likelihood_samples", "likelihood_from"):
            if getattr(body, name) is not None:
                raise bad_request(f"{name}: only allowed with echo: true and logprobs", name)
        return None
    if body.stream:
        raise unsupported("logprobs", "logprobs: with echo they come whole, not as a stream")
    if body.suffix:
        raise unsupported("logprobs", "logprobs: with echo there can be no suffix")
    start = body.likelihood_from or 0
    if isinstance(start, list) and len(start) != prompts:
        raise bad_request(f"likelihood_from: {len(start)} numbers for {prompts} prompts", "likelihood_from")
    samples = DEFAULT_SAMPLES if body.likelihood_samples is None else body.likelihood_samples
    if samples * prompts > MAX_SAMPLES:
        raise bad_request(
            f"likelihood_samples: {samples} for each of {prompts} prompts; at most {MAX_SAMPLES} in all",
            "likelihood_samples",
        )
    return Likelihood(samples=samples, start=start)


def read_prompts(value: Any) -> list[Prompt]:
    """The prompts in any of the four forms: text, token ids, or an array of one of these.

    Raises:
        ApiError: 400 naming the prompt at fault.
    """
    if isinstance(value, str):
        return [check_text(value, "prompt")]
    if not isinstance(value, list):
        raise bad_request(f"prompt: expected a string or an array, got {kind(value)}", "prompt")
    if not value:
        raise bad_request("prompt: expected at least one prompt or token id, got an empty array", "prompt")
    if type(value[0]) in (int, float):
        return [read_ids(value, "prompt")]
    if len(value) > MAX_PROMPTS:
        raise bad_request(f"prompt: at most {MAX_PROMPTS} prompts, got {len(value)}", "prompt")
    return [_prompt(prompt, f"prompt[{index}]", type(value[0])) for index, prompt in enumerate(value)]


def hole(sampling: SamplingParams) -> SamplingParams:
    """`sampling` for a reply with text behind it: as many equal blocks, but none beyond `gen_length`.

    A canvas rounded up to whole blocks would be cut at max_tokens, and the text before the suffix be lost.
    """
    blocks = -(-sampling.gen_length // sampling.block_length)
    length = sampling.gen_length // blocks
    return msgspec.structs.replace(sampling, block_length=length, gen_length=blocks * length)


def _prompt(value: Any, where: str, form: type) -> Prompt:
    if not isinstance(value, (str, list)) or type(value) is not form:
        raise bad_request(f"{where}: expected all strings or all arrays of token ids", where)
    return check_text(value, where) if isinstance(value, str) else read_ids(value, where)


def _input(
    prompts: list[Prompt],
    index: int,
    echo: bool,
    suffix: tuple[int, ...],
    tokenizer: TextSide,
    facts: ModelFacts,
) -> Input:
    prompt, name = prompts[index], "" if len(prompts) == 1 else f"prompt[{index}]"
    if isinstance(prompt, str):
        ids, text = tokenizer.encode(prompt), prompt
    else:
        check_ids(prompt, name or "prompt", tokenizer, facts)
        ids, text = prompt, tokenizer.decode(prompt) if echo else ""
    return Input(prompt=tuple(ids), suffix=suffix, echo=text if echo else "", name=name)
