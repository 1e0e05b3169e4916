"""A torch distributed checkpoint becomes a checkpoint that loads as if it had always been one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed.checkpoint as dcp
from safetensors.torch import load_file

from llada_core.errors import CheckpointError
from llada_core.model import convert_dcp, dcp_child, load_model

MakeCheckpoint = Callable[..., Path]


def save_dcp(state: dict[str, Any], folder: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dcp.save(state, checkpoint_id=folder, no_dist=True)
    return folder


@pytest.fixture
def base(make_checkpoint: MakeCheckpoint) -> Path:
    folder = make_checkpoint("base")
    (folder / "tokenizer.json").write_text("{}")
    (folder / "modeling_llada.py").write_text("raise SystemExit")
    return folder


@pytest.mark.parametrize(
    "wrap",
    [
        lambda weights: {"model": weights},
        lambda weights: weights,
        lambda weights: {"model": weights, "optim": {"step": torch.ones(3)}, "epoch": 4},
    ],
    ids=["under model", "bare", "beside an optimizer"],
)
def test_the_converted_checkpoint_is_the_same_model(base: Path, tmp_path: Path, wrap: Callable) -> None:
    weights = load_file(base / "model.safetensors")
    source = save_dcp(wrap(weights), tmp_path / "dcp")
    out = convert_dcp(source, base, tmp_path / "deep" / "out")
    converted = load_file(out / "model.safetensors")
    assert converted.keys() == weights.keys()
    assert all(torch.equal(weights[name], converted[name]) for name in weights)
    assert sorted(path.name for path in out.iterdir()) == [
        "config.json",
        "converted_from.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    assert load_model(out, device="cpu").facts.mask_id == 310
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_dtypes_stay(make_checkpoint: MakeCheckpoint, tmp_path: Path) -> None:
    base = make_checkpoint(dtype=torch.bfloat16)
    source = save_dcp({"model": load_file(base / "model.safetensors")}, tmp_path / "dcp")
    out = convert_dcp(source, base, tmp_path / "out")
    assert {tensor.dtype for tensor in load_file(out / "model.safetensors").values()} == {torch.bfloat16}


def test_large_checkpoints_are_written_in_shards(base: Path, tmp_path: Path) -> None:
    weights = load_file(base / "model.safetensors")
    source = save_dcp({"model": weights}, tmp_path / "dcp")
    command = [sys.executable, "-P", dcp_child.__file__, str(source), str(base), "200000"]
    (base / "model.safetensors").unlink()
    subprocess.run(command, check=True)
    assert len(list(base.glob("model-*.safetensors"))) > 2
    head = load_model(base, device="cpu").transformer.ff_out
    assert head is not None
    assert torch.equal(head.weight, weights["model.transformer.ff_out.weight"])


def test_a_checkpoint_of_another_shape_is_refused_and_leaves_nothing(base: Path, tmp_path: Path) -> None:
    weights = load_file(base / "model.safetensors")
    weights["model.transformer.ln_f.weight"] = torch.ones(32)
    source = save_dcp({"model": weights}, tmp_path / "dcp")
    with pytest.raises(
        CheckpointError, match=r"does not fit the configuration.*ln_f.weight has shape \[32\]"
    ):
        convert_dcp(source, base, tmp_path / "place" / "out")
    assert list((tmp_path / "place").iterdir()) == []


def test_an_earlier_conversion_is_replaced(base: Path, tmp_path: Path) -> None:
    weights = load_file(base / "model.safetensors")
    convert_dcp(save_dcp({"model": weights}, tmp_path / "first"), base, tmp_path / "out")
    weights["model.transformer.ln_f.weight"] = torch.full((64,), 2.0)
    out = convert_dcp(save_dcp({"model": weights}, tmp_path / "second"), base, tmp_path / "out")
    assert load_file(out / "model.safetensors")["model.transformer.ln_f.weight"][0] == 2.0
    assert json.loads((out / "converted_from.json").read_text())["dcp_path"] == str(tmp_path / "second")


def test_a_folder_with_something_else_is_not_replaced(base: Path, tmp_path: Path) -> None:
    source = save_dcp({"model": load_file(base / "model.safetensors")}, tmp_path / "dcp")
    precious = tmp_path / "home"
    precious.mkdir()
    assert convert_dcp(source, base, precious) == precious
    (precious / "converted_from.json").unlink()
    with pytest.raises(CheckpointError, match="already there, and not from an earlier conversion"):
        convert_dcp(source, base, precious)


def test_a_folder_that_is_no_distributed_checkpoint(base: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no file \.metadata"):
        convert_dcp(base, base, tmp_path / "out")
    save_dcp({"x": torch.ones(1)}, tmp_path / "run" / "weights")
    with pytest.raises(CheckpointError, match=r"did you mean .*/run/weights\?"):
        convert_dcp(tmp_path / "run", base, tmp_path / "out")


def test_damaged_metadata_is_told(base: Path, tmp_path: Path) -> None:
    (tmp_path / "dcp").mkdir()
    (tmp_path / "dcp" / ".metadata").write_bytes(b"not a pickle")
    with pytest.raises(CheckpointError, match=r"the conversion failed: .*Unpickling"):
        convert_dcp(tmp_path / "dcp", base, tmp_path / "out")


def test_the_pickle_is_opened_in_another_process(base: Path, tmp_path: Path) -> None:
    """A metadata file that runs code runs it in the child: this process sees no trace of it."""
    witness = tmp_path / "pid"
    (tmp_path / "dcp").mkdir()
    body = f"import os; open({str(witness)!r}, 'w').write(str(os.getpid()))"
    call = b"cbuiltins\nexec\n(V" + body.encode() + b"\ntR."
    (tmp_path / "dcp" / ".metadata").write_bytes(call)
    with pytest.raises(CheckpointError, match="the conversion failed"):
        convert_dcp(tmp_path / "dcp", base, tmp_path / "out")
    assert witness.read_text() != str(os.getpid())
