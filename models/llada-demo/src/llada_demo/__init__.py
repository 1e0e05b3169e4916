"""A small LLaDA checkpoint and its held-out problems, found by llada-core through an entry point.

Importing this package reads no weights and imports no torch.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["checkpoint", "problems"]

_HERE = Path(__file__).resolve().parent


def checkpoint() -> Path:
    """The folder with `config.json`, safetensors shards and tokenizer files, laid out as LLaDA's are."""
    return _HERE / "model"


def problems() -> Path:
    """The held-out problems with their references: JSON Lines, one problem a line.

    The fields are described in this package's README.
    """
    return _HERE / "problems.jsonl"
