"""`ModelFacts` from a checkpoint's configuration and tokenizer files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from llada_core.checkpoints.config_file import read_config, read_json, read_optional_json
from llada_core.errors import CheckpointError
from llada_core.facts import ModelFacts

END_OF_TURN = "<|eot_id|>"


def read_facts(folder: Path | str, config: Mapping[str, Any] | None = None) -> ModelFacts:
    """Facts of the checkpoint in `folder`; `config` stands in for its config.json where already read.

    End ids come from config.json, then generation_config.json, then the tokenizer's end-of-turn token.

    Raises:
        CheckpointError: a file is unreadable, or names no mask token, or an id outside of the vocabulary.
    """
    folder = Path(folder)
    return build_facts(
        read_config(folder) if config is None else config,
        generation=read_optional_json(folder / "generation_config.json"),
        special=_special_tokens(folder),
    )


def build_facts(
    config: Mapping[str, Any],
    generation: Mapping[str, Any] | None = None,
    special: Mapping[str, int] | None = None,
) -> ModelFacts:
    """Facts from the keys of config.json and generation_config.json.

    `special` maps `mask_token`, `bos_token`, `eos_token` and the end-of-turn token to the tokenizer's ids.

    Raises:
        CheckpointError: no mask token is named, or an id lies outside of the vocabulary.
    """
    generation, special = generation or {}, special or {}
    width = config.get("embedding_size") or config["vocab_size"]
    mask = _first(config.get("mask_token_id"), special.get("mask_token"))
    if mask is None:
        raise CheckpointError(
            "config.json: mask_token_id is missing, and no tokenizer names a mask_token; "
            "LLaDA cannot denoise without its mask token's id"
        )
    configured = [*_ids(config.get("eos_token_id")), *_ids(generation.get("eos_token_id"))]
    ends = dict.fromkeys([*(configured or _ids(special.get("eos_token"))), *_ids(special.get(END_OF_TURN))])
    bos = _first(config.get("bos_token_id"), generation.get("bos_token_id"), special.get("bos_token"))
    for name, value in (("mask", mask), ("bos", bos), *(("end", end) for end in ends)):
        if value is not None and not (isinstance(value, int) and 0 <= value < width):
            raise CheckpointError(f"config.json: the {name} token's id {value!r} is not below {width}")
    return ModelFacts(
        mask_id=mask,
        end_ids=tuple(ends),
        bos_id=bos,
        context_length=config["max_sequence_length"],
        vocab_size=width,
        n_layers=config["n_layers"],
    )


def _special_tokens(folder: Path) -> dict[str, int]:
    """Ids of the tokenizer's named tokens and of its end-of-turn token; empty without a tokenizer."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        return {}
    ids = {token["content"]: token["id"] for token in read_json(path).get("added_tokens") or ()}
    found = {END_OF_TURN: ids[END_OF_TURN]} if END_OF_TURN in ids else {}
    settings = read_optional_json(folder / "tokenizer_config.json")
    for name in ("mask_token", "bos_token", "eos_token"):
        token = settings.get(name)
        content = token.get("content") if isinstance(token, dict) else token
        if content in ids:
            found[name] = ids[content]
    return found


def _ids(value: int | Iterable[int] | None) -> list[int]:
    """A configured id, several or none, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, int) else list(value)


def _first(*values: int | None) -> int | None:
    """The first that is not None."""
    return next((value for value in values if value is not None), None)
