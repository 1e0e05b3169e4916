"""`llada convert`. What a conversion yields is tested with the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llada_core import model

from .run_command import run


def test_options_reach_the_conversion(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[tuple[Any, ...]] = []

    def convert_dcp(*arguments: Any) -> Path:
        calls.append(arguments)
        return tmp_path / "out"

    monkeypatch.setattr(model, "convert_dcp", convert_dcp)
    result = run("convert", "--dcp-path", "dcp", "--base-model", "org/base", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'out'}\n")
    assert calls == [(Path("dcp"), "org/base", tmp_path / "out")]


def test_what_cannot_be_converted_is_one_line(tmp_path: Path) -> None:
    result = run("convert", "--dcp-path", str(tmp_path), "--base-model", "demo", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert ".metadata" in result.output


def test_both_paths_are_required(tmp_path: Path) -> None:
    assert run("convert", "--dcp-path", str(tmp_path), str(tmp_path / "out")).exit_code == 2
