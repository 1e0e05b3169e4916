"""Facts of a checkpoint, from its configuration and tokenizer files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llada_core.checkpoints import build_facts, read_facts
from llada_core.errors import CheckpointError

MakeCheckpoint = Callable[..., Path]


def write_tokenizer(folder: Path, **ids: int) -> None:
    tokens = {"mask": "<|mdm_mask|>", "bos": "<|startoftext|>", "eos": "<|endoftext|>", "eot": "<|eot_id|>"}
    added = [{"id": id, "content": tokens[name]} for name, id in ids.items()]
    (folder / "tokenizer.json").write_text(json.dumps({"added_tokens": added}))
    settings = {f"{name}_token": tokens[name] for name in ("mask", "bos", "eos")}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def test_facts_of_a_trained_checkpoint(golden: Path) -> None:
    facts = read_facts(golden / "trained")
    assert (facts.mask_id, facts.end_ids, facts.bos_id) == (2047, (2043, 2046), 2042)
    assert (facts.context_length, facts.vocab_size, facts.n_layers, facts.cached) == (1024, 2048, 8, True)


def test_end_ids_come_from_all_three_places_in_order(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint(eos_token_id=[305, 301])
    (folder / "generation_config.json").write_text('{"eos_token_id": [300, 305]}')
    write_tokenizer(folder, eos=299, eot=298)
    assert read_facts(folder).end_ids == (305, 301, 300, 298)


def test_a_tokenizer_fills_in_what_the_configuration_leaves_out(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint(eos_token_id=None, mask_token_id=None)
    write_tokenizer(folder, mask=310, bos=304, eos=305, eot=306)
    facts = read_facts(folder)
    assert (facts.mask_id, facts.bos_id, facts.end_ids) == (310, 304, (305, 306))


def test_the_beginning_comes_from_the_generation_configuration(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    (folder / "generation_config.json").write_text('{"bos_token_id": 304}')
    assert read_facts(folder).bos_id == 304


def test_a_wider_embedding_is_the_width_of_the_logits(make_checkpoint: MakeCheckpoint) -> None:
    assert read_facts(make_checkpoint(embedding_size=384)).vocab_size == 384


def test_a_checkpoint_without_a_mask_token_is_refused(make_checkpoint: MakeCheckpoint) -> None:
    with pytest.raises(
        CheckpointError, match="mask_token_id is missing, and no tokenizer names a mask_token"
    ):
        read_facts(make_checkpoint(mask_token_id=None))


@pytest.mark.parametrize(
    ("key", "name"), [("mask_token_id", "mask"), ("eos_token_id", "end"), ("bos_token_id", "bos")]
)
def test_an_id_outside_of_the_vocabulary_is_refused(
    make_checkpoint: MakeCheckpoint, key: str, name: str
) -> None:
    with pytest.raises(CheckpointError, match=f"the {name} token's id 320 is not below 320"):
        read_facts(make_checkpoint(**{key: 320}))


def test_facts_of_a_configuration_alone() -> None:
    config = {
        "vocab_size": 9,
        "mask_token_id": 8,
        "max_sequence_length": 64,
        "n_layers": 1,
        "eos_token_id": 7,
    }
    facts = build_facts(config)
    assert (facts.mask_id, facts.end_ids, facts.bos_id) == (8, (7,), None)
