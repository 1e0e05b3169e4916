"""Every command once as a process, with the demo checkpoint and the real engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed.checkpoint as dcp
from safetensors.torch import load_file

from llada_core.checkpoints import resolve


def llada(*arguments: str, input: str = "") -> str:
    """Standard output of `llada`, exit code 0."""
    done = subprocess.run(
        [sys.executable, "-m", "llada_core.cli", *arguments],
        input=input,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def llada_json(*arguments: str) -> Any:
    return json.loads(llada(*arguments, "--json"))


def test_generate() -> None:
    (reply,) = llada_json("generate", "What is 17 plus 25?", "-a", "prefix", "--gen-length", "32")
    assert "42" in reply["text"]
    assert (reply["algorithm"], reply["nfe"]) == ("prefix_cache", 32)


def test_chat_through_a_pipe() -> None:
    said = llada("chat", "--threshold", "0.9", "--gen-length", "32", input="What is 3 plus 4?\n/quit\n")
    assert "7" in said


def test_plugins() -> None:
    names = {record["name"] for record in llada_json("plugins")["plugins"] if record["status"] == "loaded"}
    assert names >= {"basic", "prefix-cache", "dual-cache"}


def test_algorithms() -> None:
    assert {info["name"] for info in llada_json("algorithms")["algorithms"]} >= {"basic", "dual_cache"}


def test_doctor() -> None:
    assert "nothing is broken" in llada("doctor", "demo")


def test_eval(tmp_path: Path) -> None:
    problem = {
        "id": "a",
        "prompt": "What is 17 plus 25?",
        "reference": "The answer is 42.",
        "match": "final_answer",
    }
    path = tmp_path / "problems.jsonl"
    path.write_text(json.dumps(problem))
    (result,) = llada_json("eval", "--problems", str(path), "-a", "dual", "-s", "threshold=0.9")["results"]
    assert (result["algorithm"], result["all"]["accuracy"]) == ("dual_cache", 1.0)


@pytest.mark.filterwarnings("ignore:torch.distributed is")
def test_convert(tmp_path: Path) -> None:
    out = tmp_path / "out"
    weights = read_weights(resolve("demo"))
    dcp.save({"model": weights}, checkpoint_id=tmp_path / "dcp", no_dist=True)
    paths = ("--dcp-path", str(tmp_path / "dcp"), "--base-model", "demo", str(out))
    assert llada("convert", *paths) == f"{out}\n"
    converted = read_weights(out)
    assert converted.keys() == weights.keys()
    assert all(torch.equal(converted[name], weights[name]) for name in weights)


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    return {name: tensor for file in folder.glob("*.safetensors") for name, tensor in load_file(file).items()}


def test_serve_is_there() -> None:
    assert "OpenAI-compatible" in llada("serve", "--help")
