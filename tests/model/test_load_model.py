"""Loading: fused, saved again, in shards, by the Auto classes, tied, in each dtype, never remote code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForMaskedLM

from llada_core.errors import CheckpointError, ParameterError
from llada_core.model import LLaDAForMaskedDiffusion, Packed, load_model

IDS = torch.tensor([[5, 9, 310, 310, 17]])


@pytest.mark.parametrize("changes", [{}, {"n_kv_heads": 2}, {"weight_tying": True}])
def test_saving_restores_the_published_tensors(
    make_checkpoint: Callable[..., Path], tmp_path: Path, changes: dict
) -> None:
    folder = make_checkpoint(**changes)
    load_model(folder, device="cpu").save_pretrained(tmp_path / "saved")
    before, after = (load_file(path / "model.safetensors") for path in (folder, tmp_path / "saved"))
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    again = load_model(tmp_path / "saved", device="cpu")
    assert torch.equal(again(IDS).logits, load_model(folder, device="cpu")(IDS).logits)


def test_a_sharded_bfloat16_checkpoint_loads_as_the_whole_one(
    make_checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    whole = load_model(make_checkpoint(dtype=torch.bfloat16), device="cpu", dtype="bfloat16")
    whole.save_pretrained(tmp_path / "shards", max_shard_size="100KB")
    assert len(list((tmp_path / "shards").glob("model-*.safetensors"))) > 2
    shards = load_model(tmp_path / "shards", device="cpu", dtype="bfloat16")
    assert torch.equal(whole(IDS).logits, shards(IDS).logits)


def test_the_cpu_computes_in_float32_unless_told_otherwise(make_checkpoint: Callable[..., Path]) -> None:
    folder = make_checkpoint(dtype=torch.bfloat16)
    assert load_model(folder, device="cpu").dtype == torch.float32
    assert load_model(folder, device="cpu", dtype=torch.bfloat16).dtype == torch.bfloat16
    assert load_model(folder, device="meta").dtype == torch.bfloat16


def test_an_unknown_dtype_is_refused(golden: Path) -> None:
    with pytest.raises(ParameterError, match="dtype: expected float32, bfloat16 or float16, got 'int8'"):
        load_model(golden, dtype="int8")


def test_a_loaded_model_is_ready_for_inference(golden: Path) -> None:
    model = load_model(golden, device="cpu")
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert (model.facts.mask_id, model.facts.end_ids, model.facts.context_length) == (310, (305,), 256)
    assert (model.facts.vocab_size, model.facts.n_layers, model.facts.cached) == (320, 3, True)


def test_the_trained_checkpoint_answers(golden: Path) -> None:
    """The first forward of a recorded run commits the recorded token first."""
    case = json.loads((golden / "trained_cases.json").read_text())[0]
    model = load_model(golden / "trained", device="cpu")
    prompt, length = case["prompt"][0], case["gen_length"]
    row = prompt + [model.facts.mask_id] * length
    with torch.inference_mode():
        logits = model(torch.tensor([row])).logits[0, len(prompt) : len(prompt) + case["block_length"]]
    first = int(logits.double().softmax(-1).max(-1).values.argmax())
    assert case["commit_forward"][first] == 0
    assert int(logits[first].argmax()) == case["output"][0][first]


def test_progress_bars_are_shown_only_on_request(golden: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load_model(golden, device="cpu", progress=False)
    assert capfd.readouterr().err == ""
    load_model(golden, device="cpu", progress=True)
    assert "Loading weights" in capfd.readouterr().err


@pytest.mark.parametrize("auto", [AutoModel, AutoModelForMaskedLM])
def test_auto_classes_never_run_the_folders_code(make_checkpoint: Callable[..., Path], auto: type) -> None:
    trap = "modeling_trap.LLaDAModelLM"
    folder = make_checkpoint(auto_map={"AutoConfig": trap, "AutoModel": trap, "AutoModelForMaskedLM": trap})
    sprung = folder / "sprung"
    (folder / "modeling_trap.py").write_text(f"open({str(sprung)!r}, 'w')\n")
    model = auto.from_pretrained(folder)
    assert isinstance(model, LLaDAForMaskedDiffusion)
    load_model(folder, device="cpu")
    assert not sprung.exists()


def test_importing_the_package_registers_it(golden: Path) -> None:
    code = (
        "import llada_core.model, transformers\n"
        f"print(type(transformers.AutoModel.from_pretrained({str(golden)!r})).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "LLaDAForMaskedDiffusion"


def test_pickled_weights_are_refused_by_the_class_too(golden: Path) -> None:
    with pytest.raises(CheckpointError, match="pickled weights are never opened"):
        AutoModel.from_pretrained(golden, use_safetensors=False)


def test_the_head_of_tied_weights_is_the_embedding(make_checkpoint: Callable[..., Path]) -> None:
    model = load_model(make_checkpoint(weight_tying=True), device="cpu")
    assert model.get_output_embeddings() is model.get_input_embeddings()
    hidden = model.hidden(Packed(IDS[0], torch.arange(5), (5,)))
    want = model.transformer.ln_f(hidden) @ model.get_input_embeddings().weight.T
    torch.testing.assert_close(model.head(hidden), want)
