"""The checkpoint that the benchmark of replicas writes is one, and its tokenizer is laid out as LLaDA's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from llada_core.checkpoints.facts import read_facts
from llada_core.model import load_model
from llada_core.tokenizer import Tokenizer

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "gpu"))

import random_checkpoint as checkpoint  # type: ignore[import-not-found]
import replicas  # type: ignore[import-not-found]


def test_the_small_checkpoint_loads_and_computes(tmp_path: Path) -> None:
    size = checkpoint.write(tmp_path, checkpoint.TINY, torch.device("cpu"))
    model = load_model(tmp_path)
    assert sum(weight.numel() for weight in model.parameters()) * 2 == size
    logits = model(torch.tensor([[1, 2, model.facts.mask_id]])).logits
    assert logits.shape == (1, 3, checkpoint.TINY.vocab_size)
    assert logits.isfinite().all()


def test_large_weights_go_into_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder, limit in ((whole, 10**9), (parts, 10**5)):
        folder.mkdir()
        monkeypatch.setattr(checkpoint, "SHARD", limit)
        checkpoint.write(folder, checkpoint.TINY, torch.device("cpu"))
    assert len(list(whole.glob("*.safetensors"))) == 1
    assert len(list(parts.glob("*.safetensors"))) > 2
    one, other = (load_model(folder).state_dict() for folder in (whole, parts))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_special_tokens_are_where_llada_has_them(tmp_path: Path) -> None:
    checkpoint.write_tokenizer(tmp_path, checkpoint.LARGE.vocab_size)
    tokenizer = Tokenizer(tmp_path)
    assert tokenizer.vocab_size == 126464
    ids = {tokenizer.token_text(id): id for id in tokenizer.special_ids}
    assert ids["<|startoftext|>"] == 126080
    assert ids["<|endoftext|>"] == 126081
    assert ids["<|mdm_mask|>"] == 126336
    assert (ids["<|start_header_id|>"], ids["<|end_header_id|>"], ids["<|eot_id|>"]) == (
        126346,
        126347,
        126348,
    )


def test_a_question_has_256_tokens_and_ordinary_tokens_have_texts_of_their_own(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, checkpoint.TINY, torch.device("cpu"))
    facts, tokenizer = read_facts(tmp_path), Tokenizer(tmp_path)
    words = checkpoint.words(checkpoint.TINY.vocab_size)
    for number in range(3):
        ids = tokenizer.chat([{"role": "user", "content": replicas.question(words, number)}])
        assert len(ids) == 256
        assert ids[0] == facts.bos_id
    first = checkpoint.TINY.vocab_size - checkpoint.SPECIAL
    texts = {tokenizer.decode([id]) for id in range(256, first)}
    assert len(texts) == first - 256
    assert facts.mask_id == first + 256
    assert set(facts.end_ids) == {first + 1, first + 268}
