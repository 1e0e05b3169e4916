"""The checkpoint loads into llada-core and answers."""

from __future__ import annotations

import json

import pytest

import llada_demo

load_model = pytest.importorskip("llada_core.model").load_model
torch = pytest.importorskip("torch")
tokenizers = pytest.importorskip("tokenizers")


def test_it_answers_a_word_problem_through_the_framework() -> None:
    from llada_core import get_algorithm

    model = load_model(str(llada_demo.checkpoint()))
    tokenizer = tokenizers.Tokenizer.from_file(str(llada_demo.checkpoint() / "tokenizer.json"))
    problem = json.loads(llada_demo.problems().read_text(encoding="utf-8").splitlines()[1])
    text = (
        f"<|startoftext|><|start_header_id|>user<|end_header_id|>\n\n{problem['prompt']}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )
    prompt = torch.tensor([tokenizer.encode(text, add_special_tokens=False).ids])
    tokens, forwards = get_algorithm("basic").generate(
        model, prompt, steps=32, gen_length=32, block_length=32
    )
    reply = tokenizer.decode(tokens[0, prompt.shape[1] :].tolist())
    assert reply.strip() == problem["reference"]
    assert forwards == 32
