"""What `llada batch` hands over."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from llada_core.cli import main
from llada_core.cli.options import ModelChoice
from llada_core.rollouts import Summary, generate_many


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_every_option_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def take(*files: Path, **arguments: Any) -> Summary:
        inspect.signature(generate_many).bind(*files, **arguments)
        given.update(arguments, files_=files)
        return Summary(replies=3, tokens=50, seconds=2.0, found=4)

    monkeypatch.setattr("llada_core.cli.batch.generate_many", take)
    prompts, out = tmp_path / "in.txt", tmp_path / "out.jsonl"
    prompts.write_text("a\n")
    options = ["--steps", "8", "-o", "confidence=0.5", "--samples", "2", "--rows", "4", "--replicas", "3"]
    done = run("batch", str(prompts), str(out), "-m", "x", "--dtype", "float32", "--system", "s", *options)
    assert given["files_"] == (prompts, out)
    assert given["params"] == {"steps": 8, "confidence": 0.5}
    assert (given["samples"], given["max_rows"], given["replicas"]) == (2, 4, 3)
    assert (given["model"], given["dtype"], given["system"]) == ("x", "float32", "s")
    assert set(ModelChoice("x").loading()) <= set(given)
    assert "3 replies and 0 errors in 2.0 s, 4 were there; 50 tokens, 25 a second" in done.stderr


def test_raw_prompts_have_no_system_message(tmp_path: Path) -> None:
    prompts = tmp_path / "in.txt"
    prompts.write_text("a\n")
    done = run("batch", str(prompts), str(tmp_path / "out.jsonl"), "--raw", "--system", "s")
    assert done.exit_code == 2
