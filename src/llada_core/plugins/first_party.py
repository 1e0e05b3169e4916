"""Names that belong to this project's own distributions, and those that parameters may not have."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from ..logit_control import LogitControl
from ..names import fold
from ..params import SamplingParams

OWNERS = {
    **dict.fromkeys(("basic", "no_cache", "simple"), "llada-basic"),
    **dict.fromkeys(("prefix_cache", "prefix", "cache"), "llada-prefix-cache"),
    **dict.fromkeys(("dual_cache", "dual", "double_cache"), "llada-dual-cache"),
}
"""Names and aliases of the first-party algorithms, each with the one distribution that may provide it."""

CORE_RULES = frozenset({"schedule", "threshold", "factor"})
"""Unmasking rules of the core itself; no plugin may provide them."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPENAI_FIELDS = _words(
    """
    audio best_of echo frequency_penalty function_call functions logit_bias logprobs max_completion_tokens
    max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction presence_penalty
    prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format
    safety_identifier seed service_tier stop store stream stream_options suffix temperature tool_choice tools
    top_logprobs top_p user verbosity web_search_options
    """
)
"""Fields of OpenAI's chat completions and completions requests."""

SERVER_FIELDS = _words(
    """
    algorithm algorithm_params bad_words generation_algorithm likelihood_from likelihood_samples llada preview
    structured_outputs template together trace use_cache use_dual_cache
    """
)
"""Fields that the server adds to them."""

RESERVED_PARAMETERS = (
    OPENAI_FIELDS
    | SERVER_FIELDS
    | frozenset(SamplingParams.__struct_fields__)
    | frozenset(LogitControl.__struct_fields__)
)
"""Names that an algorithm's or a rule's own parameter may not have: requests use them already."""


def may_provide(distribution: str | None, name: str) -> bool:
    """Whether a distribution (None: a lone file) may provide an algorithm of this name or alias."""
    owner = OWNERS.get(fold(name))
    return owner is None or (distribution is not None and canonicalize_name(distribution) == owner)
