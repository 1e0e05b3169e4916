"""Whether a model fits into memory, told from its configuration and headers without loading it."""

from __future__ import annotations

from math import prod

import msgspec
import torch

from ..checkpoints import read_config, read_facts, resolve
from ..engine.memory import free_memory, room_for_keys, token_bytes
from ..model.checkpoint import check_checkpoint, llada_config, published_shapes
from ..model.loading import default_dtype, parse_device, parse_dtype


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """What a model needs and what there is, in bytes where nothing else is said."""

    model: str
    folder: str
    device: str
    dtype: str
    parameters: int
    weights: int
    context_length: int
    """Positions of the largest canvas."""
    token: int
    """Keys and values of one position."""
    free: int
    """Free memory of the device."""
    kv_tokens: int
    """Positions whose keys and values an engine would find room for beside the weights."""

    @property
    def canvas(self) -> int:
        """Keys and values of the largest canvas."""
        return self.token * self.context_length

    @property
    def fits(self) -> bool:
        """Whether weights and the keys and values of one largest canvas fit."""
        return self.weights < self.free and self.kv_tokens >= self.context_length


def measure(
    source: str, device: str | None = None, dtype: str | None = None, revision: str | None = None
) -> Fit:
    """Look at the checkpoint called `source`; of one on the hub only the small files are downloaded.

    Raises:
        CheckpointError: no such model, or its files do not fit together.
        ParameterError: no such device or dtype.
    """
    target = parse_device(device)
    wanted = parse_dtype(dtype)
    folder = resolve(source, revision, weights=False)
    raw = read_config(folder)
    config = llada_config(folder, raw)
    if any(folder.glob("*.safetensors")):
        chosen = wanted or default_dtype(check_checkpoint(folder, config), target)
    else:  # on the hub, and not downloaded yet
        stored = parse_dtype(raw.get("torch_dtype") or raw.get("dtype") or "bfloat16")
        chosen = wanted or (torch.float32 if target.type == "cpu" else stored) or torch.float32
    parameters = sum(prod(shape) for shape in published_shapes(config).values())
    weights = parameters * chosen.itemsize
    token = token_bytes((config.n_layers, config.kv_heads, config.head_dim), chosen)
    free = free_memory(target)
    return Fit(
        model=source,
        folder=str(folder),
        device=str(target),
        dtype=str(chosen).removeprefix("torch."),
        parameters=parameters,
        weights=weights,
        context_length=read_facts(folder).context_length,
        token=token,
        free=free,
        kv_tokens=room_for_keys(free - weights, target) // token,
    )
