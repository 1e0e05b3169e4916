"""What a checkpoint must hold, checked against the safetensors headers before a weight is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llada_core.checkpoints.config_file import read_json
from llada_core.errors import CheckpointError
from llada_core.model.configuration import LLaDAConfig
from llada_core.model.safetensors_header import TensorEntry, read_header

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
SHOWN = 5


def published_shapes(config: LLaDAConfig) -> dict[str, tuple[int, ...]]:
    """Shape of every tensor of a checkpoint with this configuration, by its published name."""
    d_model, width = config.d_model, config.mlp_width
    kv_width = config.kv_heads * config.head_dim
    block = {
        "attn_norm": (d_model,),
        "ff_norm": (d_model,),
        "q_proj": (d_model, d_model),
        "k_proj": (kv_width, d_model),
        "v_proj": (kv_width, d_model),
        "attn_out": (d_model, d_model),
        "ff_proj": (width, d_model),
        "up_proj": (width, d_model),
        "ff_out": (d_model, width),
    }
    shapes: dict[str, tuple[int, ...]] = {"wte": (config.logits_width, d_model), "ln_f": (d_model,)}
    if not config.weight_tying:
        shapes["ff_out"] = (config.logits_width, d_model)
    for layer in range(config.n_layers):
        shapes |= {f"blocks.{layer}.{name}": shape for name, shape in block.items()}
    return {f"model.transformer.{name}.weight": shape for name, shape in shapes.items()}


def llada_config(folder: Path, raw: Mapping[str, Any]) -> LLaDAConfig:
    """The configuration with the keys `raw` of `folder`'s config.json.

    Raises:
        CheckpointError: an option that is not implemented, or sizes that do not fit together.
    """
    try:
        return LLaDAConfig(**raw)
    except CheckpointError as error:
        raise CheckpointError(f"{folder}: {error}") from None


def check_checkpoint(folder: Path, config: LLaDAConfig) -> dict[str, TensorEntry]:
    """The header entries of the checkpoint in `folder`, found to be exactly what `config` asks for.

    Raises:
        CheckpointError: no safetensors file, or a damaged one; a tensor missing, surplus or misshapen.
    """
    entries, listing = _entries(folder)
    expected = published_shapes(config)
    faults = [
        f"{listing}: tensor {name} is missing; expected shape {list(shape)}"
        for name, shape in expected.items()
        if name not in entries
    ]
    for name, entry in entries.items():
        if name not in expected:
            tied = " (weight_tying is true)" if config.weight_tying and "transformer.ff_out" in name else ""
            faults.append(
                f"{entry.file}: tensor {name} of shape {list(entry.shape)} has no place in this model{tied}"
            )
        elif entry.shape != expected[name]:
            faults.append(
                f"{entry.file}: tensor {name} has shape {list(entry.shape)}, "
                f"but config.json asks for {list(expected[name])}"
            )
        elif not entry.floating:
            faults.append(f"{entry.file}: tensor {name} is {entry.dtype}; expected F32, BF16, F16 or F64")
    if faults:
        more = f"\n... and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise CheckpointError("\n".join(faults[:SHOWN]) + more)
    return entries


def _entries(folder: Path) -> tuple[dict[str, TensorEntry], Path]:
    """All tensors by name, and the file that should have listed a missing one."""
    if (folder / WEIGHTS).is_file():
        return read_header(folder / WEIGHTS), folder / WEIGHTS
    index = folder / INDEX
    if not index.is_file():
        raise CheckpointError(_no_weights(folder))
    weight_map = read_json(index).get("weight_map")
    if not isinstance(weight_map, dict) or not all(isinstance(file, str) for file in weight_map.values()):
        raise CheckpointError(f"{index}: no weight_map from tensor names to file names")
    found: dict[str, TensorEntry] = {}
    for file in sorted(set(weight_map.values())):
        if Path(file).name != file:
            raise CheckpointError(f"{index}: {file!r} is not the name of a file in the same folder")
        if not (folder / file).is_file():
            raise CheckpointError(
                f"{folder / file}: no such file, though {INDEX} names it; download it again"
            )
        for name, entry in read_header(folder / file).items():
            if weight_map.get(name) != file:
                raise CheckpointError(
                    f"{entry.file}: holds tensor {name}, which {INDEX} places in {weight_map.get(name)}"
                )
            found[name] = entry
    for name, file in weight_map.items():
        if name not in found:
            raise CheckpointError(f"{folder / file}: tensor {name} is missing, though {INDEX} places it here")
    return found, index


def _no_weights(folder: Path) -> str:
    pickled = sorted(path.name for path in folder.glob("*.bin"))
    if pickled:
        return (
            f"{folder}: only pickled weights ({', '.join(pickled[:3])}), which are never opened, since a "
            "pickle can run any code. Look for a safetensors version, or convert it in a sandbox."
        )
    present = sorted(path.name for path in folder.glob("*.safetensors"))
    beside = f"; other safetensors files here: {', '.join(present[:5])}" if present else ""
    return f"{folder}: neither {WEIGHTS} nor {INDEX}{beside}"
