"""Token ids that a client sends: integers of the model's vocabulary, and no special ones in a prompt."""

from __future__ import annotations

from typing import Any

from llada_core.facts import ModelFacts

from .errors import bad_request
from .generation_request import TextSide
from .messages import kind


def read_ids(value: Any, where: str) -> list[int]:
    """The ids of a JSON array, which must hold at least one.

    Raises:
        ApiError: 400 naming the element at fault.
    """
    if not isinstance(value, list):
        raise bad_request(f"{where}: expected an array of token ids, got {kind(value)}", where)
    if not value:
        raise bad_request(f"{where}: expected at least one token id, got an empty array", where)
    return [_read_id(id, f"{where}[{index}]") for index, id in enumerate(value)]


def _read_id(value: Any, where: str) -> int:
    """As for every integer of a request: 4.0 is one, true is none."""
    if type(value) is int or (isinstance(value, float) and value.is_integer()):
        return int(value)
    got = f"{value!r:.40}" if isinstance(value, float) else kind(value)
    raise bad_request(f"{where}: expected a token id, got {got}", where)


def check_range(ids: list[int], where: str, facts: ModelFacts) -> None:
    """Refuse ids that the model does not have.

    Raises:
        ApiError: 400 naming the first one.
    """
    for index, id in enumerate(ids):
        if not 0 <= id < facts.vocab_size:
            raise bad_request(
                f"{where}[{index}]: token id {id} is outside the model's vocabulary of {facts.vocab_size}",
                f"{where}[{index}]",
            )


def check_ids(ids: list[int], where: str, tokenizer: TextSide, facts: ModelFacts) -> None:
    """Refuse ids that may not stand in a prompt: those that the model does not have, and special ones.

    Raises:
        ApiError: 400 naming the first one.
    """
    check_range(ids, where, facts)
    special = special_ids(tokenizer, facts)
    for index, id in enumerate(ids):
        if id in special:
            raise bad_request(
                f"{where}[{index}]: token id {id} is a special token, which a prompt cannot hold; "
                "turns and masks are put in by the server",
                f"{where}[{index}]",
            )


def special_ids(tokenizer: TextSide, facts: ModelFacts) -> frozenset[int]:
    """Ids with a meaning of their own: the tokenizer's, and the model's mask, begin and end ids."""
    named = {facts.mask_id, *facts.end_ids} | (set() if facts.bos_id is None else {facts.bos_id})
    return tokenizer.special_ids | named
