"""Reading a checkpoint's JSON files, with an error that names the file whenever that fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from llada_core.errors import CheckpointError

REQUIRED = (
    "d_model",
    "n_heads",
    "n_layers",
    "vocab_size",
    "max_sequence_length",
    "rope_theta",
    "rms_norm_eps",
    "weight_tying",
    "block_type",
    "activation_type",
    "layer_norm_type",
    "rope",
    "include_bias",
)
"""Keys without which the published code would compute something other than LLaDA, so none has a default."""


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`.

    Raises:
        CheckpointError: the file is missing, is no JSON, or holds something other than an object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path}: expected a JSON object, got {type(value).__name__}")
    return value


def read_optional_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`, or an empty one if there is no such file."""
    return read_json(path) if path.is_file() else {}


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json` of the LLaDA checkpoint in `folder`, its model type and required keys checked.

    Raises:
        CheckpointError: there is none, or it is for another kind of model, or a required key is left out.
    """
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise CheckpointError(f"{folder}: no config.json, so this folder is not a checkpoint")
    config = read_json(path)
    kind = config.get("model_type")
    if kind != "llada":
        raise CheckpointError(
            f"{path}: model_type = {kind!r}, architectures = {config.get('architectures')!r}; expected "
            "model_type = 'llada'. "
            "Only dense LLaDA checkpoints in the published layout can be loaded."
        )
    missing = [key for key in REQUIRED if key not in config]
    if missing:
        raise CheckpointError(f"{path}: {', '.join(missing)} missing; the published configuration states it")
    return config
