"""Every field of the generating endpoints: what it does there, or why it is refused.

Fields fall into four classes: implemented (the endpoint's body, and the core's `SamplingParams` and
`LogitControl`), benign
(accepted, no effect, none expected), refused (would change the meaning of the reply; only values that change
nothing pass), and unknown (in no table: ignored, and named in the reply's header `x-llada-ignored-params`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from llada_core.engine.likelihood_request import MOST_SAMPLES
from llada_core.engine.request import MOST_LOGPROBS
from llada_core.filling import MOST_HOLES
from llada_core.logit_control import LogitControl
from llada_core.params import SamplingParams
from llada_core.trace import Kind

from .messages import MAX_MESSAGES, MAX_PARTS, ROLES

MAX_PROMPTS = 64
"""Most prompts of one request."""
MAX_N = 128
"""Most choices a prompt that an operator can allow."""
Count = Annotated[int, Meta(ge=1)]
Offset = Annotated[int, Meta(ge=0)]
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


class GenerationBody(Struct, frozen=True, kw_only=True):
    """The fields of all endpoints that the server itself reads; the sampling parameters are the core's."""

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
    response_format: Annotated[
        Any,
        Meta(
            description="What the reply has to be: `text`, `json_object`, or `json_schema` with a schema.",
            extra_json_schema={"type": "object"},
        ),
    ] = None
    structured_outputs: Annotated[
        Any,
        Meta(
            description="vLLM's: an object with one of `json`, `json_object`, `choice`, `regex`.",
            extra_json_schema={"type": "object"},
        ),
    ] = None
    stream: Annotated[bool, Meta(description="Answer with server-sent events.")] = False
    stream_options: Annotated[
        dict[str, Any] | None, Meta(description="Only with `stream`; its members are listed below.")
    ] = None
    n: Annotated[
        int, Meta(ge=1, le=MAX_N, description="Choices a prompt, at most `--max-n`, by default 8; see below.")
    ] = 1
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
    bad_words: Annotated[
        Annotated[list[StopString], Meta(max_length=64)] | None,
        Meta(description="Up to 64 texts that must not come up, as they stand and behind a space."),
    ] = None
    trace: Annotated[
        Kind | None,
        Meta(
            description="`llada.traces`: token ids and the forward that committed each; "
            "with `trajectory` every change of the canvas too."
        ),
    ] = None
    use_cache: Annotated[
        bool | None, Meta(description="Older switch: false is `basic`. `generation_algorithm` wins.")
    ] = None
    use_dual_cache: Annotated[
        bool | None,
        Meta(description="Older switch: true is `dual_cache`, false `prefix_cache`; `use_cache` goes first."),
    ] = None

    @property
    def alternatives(self) -> int | None:
        """How many with each log-probability; None: none are wanted."""
        return None


SCHEMA = "#/components/schemas/{name}"
"""Where the OpenAPI document has a body."""
TURN = {
    "type": "object",
    "required": ["role", "content"],
    "properties": {
        "role": {"enum": list(ROLES)},
        "content": {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "maxItems": MAX_PARTS,
                    "items": {
                        "type": "object",
                        "required": ["type", "text"],
                        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
                    },
                },
            ]
        },
    },
}
MESSAGES = {"type": "array", "minItems": 1, "maxItems": MAX_MESSAGES, "items": TURN}
TOKENS = {"type": "array", "minItems": 1, "items": {"type": "integer"}}
PROMPT_FORMS = [
    {"type": "string"},
    {"type": "array", "minItems": 1, "maxItems": MAX_PROMPTS, "items": {"type": "string"}},
    TOKENS,
    {"type": "array", "minItems": 1, "maxItems": MAX_PROMPTS, "items": TOKENS},
]


class ChatBody(GenerationBody, frozen=True, kw_only=True):
    """What `POST /v1/chat/completions` reads."""

    logprobs: Annotated[
        bool, Meta(description="Log-probability of each token at the step that committed it.")
    ] = False
    top_logprobs: Annotated[
        Annotated[int, Meta(ge=0, le=MOST_LOGPROBS)] | None,
        Meta(description="With `logprobs`: as many of the likeliest tokens beside each."),
    ] = None

    @property
    def alternatives(self) -> int | None:
        """How many with each log-probability; None: none are wanted."""
        return (self.top_logprobs or 0) if self.logprobs else None

    messages: Annotated[
        Any,
        Meta(
            description="The turns; content is a string or an array of up to 256 text parts.",
            extra_json_schema=MESSAGES,
        ),
    ]


class CompletionBody(GenerationBody, frozen=True, kw_only=True):
    """What `POST /v1/completions` reads."""

    prompt: Annotated[
        Any,
        Meta(
            description="A text, its token ids, or an array of up to 64 of either kind.",
            extra_json_schema={"anyOf": PROMPT_FORMS},
        ),
    ]
    suffix: Annotated[
        str | None, Meta(description="Text behind the reply, which then fills the hole between the two.")
    ] = None
    logprobs: Annotated[
        Annotated[int, Meta(ge=0, le=MOST_LOGPROBS)] | None,
        Meta(
            description="Log-probability of each token at the step that committed it, "
            "and as many of the likeliest ones beside it."
        ),
    ] = None
    echo: Annotated[
        bool,
        Meta(
            description="Put the prompt in front of each choice's text; with `logprobs` its likelihood too."
        ),
    ] = False
    likelihood_samples: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_SAMPLES)] | None,
        Meta(description="With `echo` and `logprobs`: samples of the estimate; null: 128."),
    ] = None
    likelihood_from: Annotated[
        Offset | Annotated[list[Offset], Meta(max_length=MAX_PROMPTS)] | None,
        Meta(
            description="How many of the prompt's tokens are given, those behind being estimated; "
            "an array has one a prompt; null: 0."
        ),
    ] = None
    best_of: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_N)] | None,
        Meta(description="Accepted where it equals `n`: choices are not ranked."),
    ] = None

    @property
    def alternatives(self) -> int | None:
        """How many with each log-probability; None: none are wanted."""
        return self.logprobs


PIECES = {
    "type": "array",
    "minItems": 1,
    "maxItems": 2 * MOST_HOLES + 1,
    "items": {
        "anyOf": [
            {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
            {
                "type": "object",
                "required": ["hole"],
                "properties": {"hole": {"$ref": SCHEMA.format(name="HoleBody")}},
            },
        ]
    },
}


class HoleBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hole of a template."""

    name: Annotated[
        Name | None,
        Meta(description="Under which it is answered; left out: `hole_1` for the first, and so on."),
    ] = None
    max_tokens: Annotated[int, Meta(ge=1, description="Its length in tokens; a shorter fill is padded.")] = 32
    min_tokens: Annotated[int, Meta(ge=0, description="Fewest tokens of its fill.")] = 0


class InfillBody(GenerationBody, frozen=True, kw_only=True):
    """What `POST /v1/infill` reads."""

    template: Annotated[
        Any,
        Meta(
            description='Fixed text `{"text": "…"}` and holes `{"hole": {…}}`, in order; up to 64 holes.',
            extra_json_schema=PIECES,
        ),
    ]
    messages: Annotated[
        Any,
        Meta(
            description="The conversation that the template replies to; left out: it stands by itself.",
            extra_json_schema=MESSAGES,
        ),
    ] = None
    together: Annotated[bool, Meta(description="Fill all holes at once, instead of one after the other.")] = (
        False
    )


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


class Refused(Struct, frozen=True):
    """Why a field is refused, and the values beside null that pass because they ask for nothing."""

    why: str
    harmless: tuple[Any, ...] = ()


_TOOLS = "the model was not trained to call tools"
_TEMPLATE = "the checkpoint's own template is the only one"
_LIKELIHOOD = "prompts are estimated at /v1/completions"
_HOLE = "a hole says itself how long it is: max_tokens inside it"

REFUSED: dict[str, Refused] = {
    "tools": Refused(_TOOLS, ([],)),
    "tool_choice": Refused(_TOOLS, ("none", "auto")),
    "functions": Refused(_TOOLS, ([],)),
    "function_call": Refused(_TOOLS, ("none", "auto")),
    "response_format": Refused("holes have no grammar", ({"type": "text"},)),
    "structured_outputs": Refused("holes have no grammar"),
    "guided_json": Refused("its name is `structured_outputs` now: json"),
    "guided_regex": Refused("its name is `structured_outputs` now: regex"),
    "guided_choice": Refused("its name is `structured_outputs` now: choice"),
    "guided_grammar": Refused("there are JSON Schema, choices and regular expressions"),
    "logprobs": Refused("they come with replies and completions", (False,)),
    "likelihood_samples": Refused(_LIKELIHOOD),
    "likelihood_from": Refused(_LIKELIHOOD),
    "min_tokens": Refused("a hole says itself how many it needs: min_tokens inside it", (0,)),
    "top_logprobs": Refused("here `logprobs` is the number of alternatives", (0,)),
    "prompt_logprobs": Refused("a token of the prompt has no left-to-right probability here"),
    "min_p": Refused("sampling has `top_k` and `top_p`", (0,)),
    "include_stop_str_in_output": Refused("the text ends before the stop string", (False,)),
    "use_beam_search": Refused("there are no beams", (False,)),
    "truncate_prompt_tokens": Refused("a prompt is never shortened"),
    "audio": Refused("text only"),
    "modalities": Refused("text only", (["text"],)),
    "prediction": Refused("a predicted output is not taken"),
    "web_search_options": Refused("nothing is searched"),
    "reasoning_effort": Refused("the model does not reason apart from its answer", ("none",)),
    "max_tokens": Refused(_HOLE),
    "max_completion_tokens": Refused(_HOLE),
    "gen_length": Refused(_HOLE),
    "stop": Refused("a hole ends where it is padded, or full", ([],)),
    "template": Refused("holes belong to /v1/infill"),
    "together": Refused("holes belong to /v1/infill", (False,)),
    "messages": Refused("a conversation belongs to /v1/chat/completions"),
    "prompt": Refused("a plain prompt belongs to /v1/completions"),
    "suffix": Refused("filling the hole before a suffix belongs to /v1/completions", ("",)),
    "echo": Refused("belongs to /v1/completions", (False,)),
    "best_of": Refused("choices are not ranked", (1,)),
    "chat_template": Refused(_TEMPLATE),
    "chat_template_kwargs": Refused(_TEMPLATE, ({},)),
    "continue_final_message": Refused("a reply is always a turn of its own", (False,)),
    "add_generation_prompt": Refused("a reply is always a turn of its own", (True,)),
}
"""Refused wherever the endpoint's body does not hold the name."""

CONTROL_FIELDS = frozenset(LogitControl.__struct_fields__)
"""Fields that go on to the core's logit control."""
SAMPLING_FIELDS = frozenset(SamplingParams.__struct_fields__)
"""Fields that go on to the core; `GenerationBody` reads some of them first, with OpenAI's bounds."""

Use = Literal["implemented", "benign", "refused", "unknown"]


class Endpoint:
    """A generating endpoint, and the class of every field there."""

    def __init__(self, name: str, body: type[GenerationBody], without: frozenset[str] = frozenset()) -> None:
        """`without` names the common fields that mean nothing there."""
        self.name = name
        self.body = body
        self.without = without
        self.implemented = (frozenset(body.__struct_fields__) | SAMPLING_FIELDS | CONTROL_FIELDS) - without
        self.accepted = self.implemented | frozenset(BENIGN)
        self.refused = frozenset(REFUSED) - self.accepted
        self.known = self.accepted | self.refused

    def use(self, field: str) -> Use:
        """The class of a field."""
        if field in self.implemented:
            return "implemented"
        if field in BENIGN:
            return "benign"
        return "refused" if field in self.refused else "unknown"


CHAT = Endpoint("chat", ChatBody)
COMPLETIONS = Endpoint("completions", CompletionBody)
LENGTHS = frozenset({"max_tokens", "max_completion_tokens", "gen_length"})
INFILL = Endpoint(
    "infill",
    InfillBody,
    LENGTHS | {"stop", "min_tokens", "response_format", "structured_outputs"},
)
ENDPOINTS = (CHAT, COMPLETIONS, INFILL)
ACCEPTED_FIELDS = CHAT.accepted | COMPLETIONS.accepted | INFILL.accepted
"""Names that a plugin's own parameters cannot have."""
