"""The body of `POST /v1/completions`: prompts as text or token ids, and the hole before a suffix."""

from __future__ import annotations

from typing import Any

import msgspec

from llada_core.facts import ModelFacts
from llada_core.params import SamplingParams

from .errors import bad_request, unsupported
from .fields import COMPLETIONS, MAX_PROMPTS, CompletionBody
from .generation_request import GenerationRequest, Input, TextSide, decode_object, read_common, read_own
from .messages import check_text, kind
from .token_ids import check_ids, read_ids

Prompt = str | list[int]


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

    return GenerationRequest(**common, encode=encode)


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
