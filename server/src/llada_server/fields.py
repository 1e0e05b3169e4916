"""Every field of a chat request, in one table: what it does here, or why it is refused.

Fields fall into four classes: implemented (`ChatBody`, and the core's `SamplingParams`), benign (accepted, no
effect, none expected), refused (would change the meaning of the reply; only values that change nothing pass),
and unknown (in no table: ignored, and named in the reply's header `x-llada-ignored-params`).
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from llada_core.params import SamplingParams

Count = Annotated[int, Meta(ge=1)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
StopString = Annotated[str, Meta(min_length=1, max_length=256)]


class StreamOptions(Struct, frozen=True, kw_only=True):
    """`stream_options` of a streamed request."""

    include_usage: Annotated[bool, Meta(description="A last chunk with the token counts.")] = False
    continuous_usage_stats: Annotated[bool, Meta(description="Token counts so far on every chunk.")] = False
    include_canvas: Annotated[
        bool,
        Meta(description="Chunks with `llada.canvas`: what each step changed, for those who want to watch."),
    ] = False
    include_obfuscation: Annotated[bool, Meta(description="Accepted; nothing is padded.")] = False


class ChatBody(Struct, frozen=True, kw_only=True):
    """The fields that the server itself reads; the sampling parameters are the core's."""

    messages: Annotated[
        Any,
        Meta(
            description="1 to 2048 turns; content is a string or an array of text parts.",
            extra_json_schema={"type": "array of messages"},
        ),
    ]
    model: Annotated[str | None, Meta(description="A served name; left out: the model that is served.")] = (
        None
    )
    max_completion_tokens: Annotated[
        Count | None, Meta(description="Most tokens of the reply; the canvas is rounded up to whole blocks.")
    ] = None
    max_tokens: Annotated[
        Count | None, Meta(description="Older name of `max_completion_tokens`, which wins. Default: 128.")
    ] = None
    gen_length: Annotated[Count | None, Meta(description="LLaDA's name of `max_tokens`, which wins.")] = None
    temperature: Annotated[
        float,
        Meta(ge=0, le=2, description="0 takes the likeliest token; above, draws from softmax(logits / t)."),
    ] = 0.0
    top_k: Annotated[int, Meta(ge=-1, description="Draw among the k likeliest tokens; 0 and -1: off.")] = -1
    seed: Annotated[
        Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None,
        Meta(description="Seeds the request; left out: a random one, in the reply."),
    ] = None
    stop: Annotated[
        StopString | Annotated[list[StopString], Meta(max_length=4)] | None,
        Meta(description="Up to 4 strings of up to 256 characters; the text ends before the first one."),
    ] = None
    stream: Annotated[bool, Meta(description="Answer with server-sent events.")] = False
    stream_options: Annotated[
        dict[str, Any] | None, Meta(description="Only with `stream`; its members are listed below.")
    ] = None
    n: Annotated[int, Meta(ge=1, le=8, description="Choices; choice i runs with seed + i.")] = 1
    remasking: Annotated[
        bool | str,
        Meta(description="What ranks positions: `low_confidence` (or true), `random` (or false)."),
    ] = "low_confidence"
    generation_algorithm: Annotated[
        Name | None,
        Meta(description="Name or alias; see `GET /generation/algorithms`."),
    ] = None
    algorithm: Annotated[Name | None, Meta(description="The same as `generation_algorithm`.")] = None
    algorithm_params: Annotated[
        dict[str, Any] | None,
        Meta(description="The algorithm's and the unmasking rule's own parameters; top level will do too."),
    ] = None
    use_cache: Annotated[
        bool | None, Meta(description="Older switch: false is `basic`. `generation_algorithm` wins.")
    ] = None
    use_dual_cache: Annotated[
        bool | None,
        Meta(description="Older switch: true is `dual_cache`, false `prefix_cache`; `use_cache` goes first."),
    ] = None


BENIGN = {
    "user": "who asks",
    "metadata": "labels for the caller's own records",
    "store": "nothing is stored",
    "service_tier": "there is one tier",
    "safety_identifier": "who asks",
    "prompt_cache_key": "there is no cache across requests",
    "prompt_cache_options": "there is no cache across requests",
    "prompt_cache_retention": "there is no cache across requests",
    "verbosity": "a hint that this model was not trained for",
    "parallel_tool_calls": "without tools it means nothing",
    "moderation": "there is none",
}
"""Accepted without effect, and why that harms nobody."""

REFUSED: dict[str, tuple[Any, ...]] = {
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "response_format": ({"type": "text"},),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "repetition_penalty": (1,),
    "audio": (),
    "modalities": (["text"],),
    "prediction": (),
    "web_search_options": (),
    "reasoning_effort": ("none",),
    "best_of": (1,),
    "echo": (False,),
    "suffix": ("",),
    "min_p": (0,),
    "min_tokens": (0,),
    "stop_token_ids": ([],),
    "bad_words": ([],),
    "structured_outputs": (),
    "guided_json": (),
    "guided_regex": (),
    "guided_choice": (),
    "guided_grammar": (),
    "chat_template": (),
    "chat_template_kwargs": ({},),
    "continue_final_message": (False,),
    "add_generation_prompt": (True,),
}
"""Refused unless null or one of these values, which ask for nothing."""

SAMPLING_FIELDS = frozenset(SamplingParams.__struct_fields__)
"""Fields that go on to the core; `ChatBody` reads some of them first, with OpenAI's bounds."""
ACCEPTED_FIELDS = frozenset({*ChatBody.__struct_fields__, *SAMPLING_FIELDS, *BENIGN})
KNOWN_FIELDS = ACCEPTED_FIELDS | frozenset(REFUSED)
