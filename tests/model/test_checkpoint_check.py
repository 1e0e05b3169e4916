"""A checkpoint that does not fit is refused before loading, naming file, tensor and shapes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from llada_core.errors import CheckpointError
from llada_core.model import load_model

MakeCheckpoint = Callable[..., Path]
UP = "model.transformer.blocks.1.up_proj.weight"
NORM = "model.transformer.blocks.2.ff_norm.weight"


def rewrite(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def reconfigure(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text()) | changes
    config = {key: value for key, value in config.items() if value is not ...}
    (folder / "config.json").write_text(json.dumps(config))


def refusal(folder: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_model(folder, device="cpu")
    return str(caught.value)


def test_a_missing_tensor(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    rewrite(folder, lambda tensors: tensors.pop(NORM))
    assert refusal(folder) == f"{folder}/model.safetensors: tensor {NORM} is missing; expected shape [64]"


def test_a_surplus_tensor(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    rewrite(folder, lambda tensors: tensors.update({"model.transformer.wpe.weight": torch.zeros(4, 64)}))
    want = (
        "model.safetensors: tensor model.transformer.wpe.weight of shape [4, 64] has no place in this model"
    )
    assert refusal(folder) == f"{folder}/{want}"


def test_a_head_beside_tied_weights(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    reconfigure(folder, weight_tying=True)
    assert "model.transformer.ff_out.weight of shape [320, 64]" in refusal(folder)
    assert "weight_tying is true" in refusal(folder)


def test_a_misshapen_tensor(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    rewrite(folder, lambda tensors: tensors.update({UP: torch.zeros(160, 32)}))
    want = f"model.safetensors: tensor {UP} has shape [160, 32], but config.json asks for [160, 64]"
    assert refusal(folder) == f"{folder}/{want}"


def test_the_auto_class_checks_too(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    rewrite(folder, lambda tensors: tensors.pop(NORM))
    with pytest.raises(CheckpointError, match="ff_norm"):
        AutoModel.from_pretrained(folder)


def test_a_quantised_tensor(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    rewrite(folder, lambda tensors: tensors.update({UP: torch.zeros(160, 64, dtype=torch.int8)}))
    assert f"tensor {UP} is I8; expected F32, BF16, F16 or F64" in refusal(folder)


def test_many_faults_are_counted(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    reconfigure(folder, n_layers=4)
    assert refusal(folder).endswith("... and 4 more")


def test_a_truncated_file(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1000])
    assert f"{path}: cut off: its header describes" in refusal(folder)
    path.write_bytes(whole[:100])
    assert f"{path}: not a safetensors file, or cut off within its header (100 bytes)" in refusal(folder)
    path.write_bytes(b"")
    assert f"{path}: not a safetensors file" in refusal(folder)


def test_a_header_that_is_no_header(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    (folder / "model.safetensors").write_bytes((8).to_bytes(8, "little") + b'{"a": 1}')
    assert "its safetensors header cannot be read" in refusal(folder)


def test_a_header_whose_sizes_contradict_each_other(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    header = json.dumps({"x": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}).encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    assert "tensor x of F32 [3] cannot take 8 bytes" in refusal(folder)


def test_only_pickled_weights(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert f"{folder}: only pickled weights (pytorch_model.bin), which are never opened" in refusal(folder)


def test_no_weights(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    (folder / "model.safetensors").rename(folder / "weights.safetensors")
    want = "neither model.safetensors nor model.safetensors.index.json; other safetensors files here: weights"
    assert want in refusal(folder)


@pytest.fixture
def shards(make_checkpoint: MakeCheckpoint, tmp_path: Path) -> Path:
    load_model(make_checkpoint(), device="cpu").save_pretrained(tmp_path / "shards", max_shard_size="200KB")
    return tmp_path / "shards"


def test_a_missing_shard(shards: Path) -> None:
    lost = sorted(shards.glob("model-*.safetensors"))[1]
    lost.unlink()
    assert f"{lost}: no such file, though model.safetensors.index.json names it" in refusal(shards)


def test_a_tensor_that_its_shard_lacks(shards: Path) -> None:
    path = shards / "model.safetensors.index.json"
    index = json.loads(path.read_text())
    place = index["weight_map"][NORM]
    tensors = load_file(shards / place)
    del tensors[NORM]
    save_file(tensors, shards / place)
    assert f"{shards / place}: tensor {NORM} is missing, though model.safetensors.index.json" in refusal(
        shards
    )
    del index["weight_map"][NORM]
    path.write_text(json.dumps(index))
    assert refusal(shards) == f"{path}: tensor {NORM} is missing; expected shape [64]"


def test_a_tensor_in_two_shards(shards: Path) -> None:
    index = json.loads((shards / "model.safetensors.index.json").read_text())["weight_map"]
    other = next(file for file in index.values() if file != index[NORM])
    save_file({**load_file(shards / other), NORM: torch.zeros(64)}, shards / other)
    assert f"{shards / other}: holds tensor {NORM}, which model.safetensors.index.json places" in refusal(
        shards
    )


def test_an_index_that_leaves_the_folder(shards: Path) -> None:
    path = shards / "model.safetensors.index.json"
    index = json.loads(path.read_text())
    index["weight_map"][NORM] = "../elsewhere.safetensors"
    path.write_text(json.dumps(index))
    assert f"{path}: '../elsewhere.safetensors' is not the name of a file" in refusal(shards)
    path.write_text("{}")
    assert f"{path}: no weight_map" in refusal(shards)


def test_no_configuration(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    (folder / "config.json").unlink()
    assert refusal(folder) == f"{folder}: no config.json, so this folder is not a checkpoint"


def test_an_unreadable_configuration(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    (folder / "config.json").write_text("{")
    assert f"{folder}/config.json: cannot be read as JSON" in refusal(folder)
    (folder / "config.json").write_text("[]")
    assert refusal(folder) == f"{folder}/config.json: expected a JSON object, got list"


def test_another_kind_of_model(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint(model_type="llada_moe")
    assert f"{folder}/config.json: model_type = 'llada_moe'" in refusal(folder)


def test_a_key_without_a_default(make_checkpoint: MakeCheckpoint) -> None:
    folder = make_checkpoint()
    reconfigure(folder, rope_theta=..., rope=...)
    assert f"{folder}/config.json: rope_theta, rope missing" in refusal(folder)
