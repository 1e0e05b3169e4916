"""What llada-demo ships: its files, its problems, and that finding them needs no torch."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections import Counter
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

import llada_demo
from llada_demo.scoring import MATCHES, is_right

FOLDER = llada_demo.checkpoint()
PROBLEMS = [json.loads(line) for line in llada_demo.problems().read_text(encoding="utf-8").splitlines()]
GROUPS = {"word", "arithmetic", "string", "units", "json", "talk", "unknown", "open", "infill"}
REQUIRED = {"id", "group", "task", "prompt", "reference", "match", "gen_length", "difficulty"}
OPTIONAL = {"accept", "pattern", "prefix", "suffix", "hole_tokens"}


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def header(file: Path) -> dict[str, Any]:
    """The tensor table at the start of a safetensors file."""
    with file.open("rb") as stream:
        (size,) = struct.unpack("<Q", stream.read(8))
        return json.loads(stream.read(size))


def expected_shapes(config: dict[str, Any]) -> dict[str, list[int]]:
    """Name and shape of every tensor of a LLaDA with this configuration, as published."""
    width, hidden, vocabulary = config["d_model"], config["mlp_hidden_size"], config["embedding_size"]
    shapes = {"wte": [vocabulary, width], "ln_f": [width], "ff_out": [vocabulary, width]}
    for layer in range(config["n_layers"]):
        shapes |= {
            f"blocks.{layer}.{name}": shape
            for name, shape in {
                "attn_norm": [width],
                "q_proj": [width, width],
                "k_proj": [width, width],
                "v_proj": [width, width],
                "attn_out": [width, width],
                "ff_norm": [width],
                "ff_proj": [hidden, width],
                "up_proj": [hidden, width],
                "ff_out": [width, hidden],
            }.items()
        }
    return {f"model.transformer.{name}.weight": shape for name, shape in shapes.items()}


def test_shards_agree_with_index_and_configuration() -> None:
    index, config = read("model.safetensors.index.json"), read("config.json")
    found: dict[str, list[int]] = {}
    size = 0
    for file in FOLDER.glob("*.safetensors"):
        assert file.stat().st_size < 16_000_000
        for name, tensor in header(file).items():
            if name != "__metadata__":
                assert index["weight_map"][name] == file.name
                assert tensor["dtype"] == "BF16"
                found[name] = tensor["shape"]
                size += tensor["data_offsets"][1] - tensor["data_offsets"][0]
    assert found == expected_shapes(config)
    assert set(found) == set(index["weight_map"])
    assert index["metadata"]["total_size"] == size


def test_special_tokens_agree() -> None:
    config, generation = read("config.json"), read("generation_config.json")
    ids = {token["content"]: token["id"] for token in read("tokenizer.json")["added_tokens"]}
    assert config["mask_token_id"] == ids["<|mdm_mask|>"]
    assert config["eos_token_id"] == config["pad_token_id"] == ids["<|endoftext|>"]
    assert config["bos_token_id"] == ids["<|startoftext|>"]
    assert generation["eos_token_id"] == [ids["<|endoftext|>"], ids["<|eot_id|>"]]
    assert len(read("tokenizer.json")["model"]["vocab"]) + len(ids) == config["vocab_size"]


def test_problems_are_well_formed() -> None:
    assert len({problem["id"] for problem in PROBLEMS}) == len(PROBLEMS)
    assert {problem["group"] for problem in PROBLEMS} == GROUPS | {"handwritten", "blind"}
    for problem in PROBLEMS:
        assert set(problem) >= REQUIRED
        assert set(problem) <= REQUIRED | OPTIONAL
        assert problem["match"] in MATCHES
        assert ("accept" in problem) == (problem["match"] == "any_of")
        assert ("pattern" in problem) == (problem["match"] == "pattern")
        assert len(OPTIONAL & {"prefix", "suffix", "hole_tokens"} & set(problem)) in (0, 3)
        assert problem["prompt"].strip()


@pytest.mark.parametrize("group", sorted(GROUPS | {"handwritten", "blind"}))
def test_difficulty_is_by_quarters(group: str) -> None:
    counts = Counter(problem["difficulty"] for problem in PROBLEMS if problem["group"] == group)
    assert set(counts) == {1, 2, 3, 4}
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("match", MATCHES)
def test_references_are_right_and_others_are_not(match: str) -> None:
    chosen = [problem for problem in PROBLEMS if problem["match"] == match]
    assert chosen
    for problem in chosen:
        rest = (match, problem["reference"], problem.get("accept", ()), problem.get("pattern"))
        assert is_right(problem["reference"], *rest), problem["id"]
        assert not is_right("", *rest), problem["id"]
        assert not is_right(problem["reference"] + " x", *rest), problem["id"]


def test_importing_needs_no_torch() -> None:
    program = "import sys, llada_demo, llada_demo.scoring; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_entry_point_leads_to_the_checkpoint() -> None:
    (entry,) = [entry for entry in entry_points(group="llada_core.models") if entry.name == "demo"]
    assert entry.load()() == FOLDER
    assert (FOLDER / "config.json").is_file()
