"""Run as a script: `dcp_child.py CHECKPOINT OUT` writes a torch distributed checkpoint as safetensors.

The one place where a pickle is opened: torch itself unpickles such a checkpoint's metadata. So it happens in
a process of its own, which imports nothing of this package, for a folder that the operator named.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

SHARD_BYTES = 4_000_000_000


def main(checkpoint: str, out: str, shard_bytes: int = SHARD_BYTES) -> None:
    """Write the tensors under the top-level key `model`, or all of them where there is no such key."""
    import torch
    from safetensors.torch import save_file
    from torch.distributed.checkpoint.filesystem import FileSystemReader
    from torch.distributed.checkpoint.metadata import TensorStorageMetadata
    from torch.distributed.checkpoint.state_dict_loader import load

    metadata = FileSystemReader(checkpoint).read_metadata()
    paths = metadata.planner_data or {}
    stored = {
        key: entry
        for key, entry in metadata.state_dict_metadata.items()
        if isinstance(entry, TensorStorageMetadata)
    }
    tops = {key: str(paths[key][0]) if key in paths else key.split(".")[0] for key in stored}
    # A bare state dict has one top-level key a tensor, and each of those is a whole name.
    wrapped = "model" in tops.values() and not any(key.startswith("model.transformer.") for key in stored)
    names = {key: key.removeprefix("model.") if wrapped else key for key in stored}
    wanted = [key for key in stored if not wrapped or tops[key] == "model"]
    if not wanted:
        sys.exit(f"no tensors; top-level keys: {', '.join(sorted(set(tops.values()))) or 'none'}")

    sizes = {key: stored[key].size.numel() * stored[key].properties.dtype.itemsize for key in wanted}
    shards = list(_shards(sizes, shard_bytes))
    weight_map: dict[str, str] = {}
    for number, keys in enumerate(shards, 1):
        tensors = {key: torch.empty(stored[key].size, dtype=stored[key].properties.dtype) for key in keys}
        load(tensors, storage_reader=FileSystemReader(checkpoint), no_dist=True)
        file = (
            f"model-{number:05}-of-{len(shards):05}.safetensors" if len(shards) > 1 else "model.safetensors"
        )
        save_file({names[key]: t for key, t in tensors.items()}, Path(out, file), metadata={"format": "pt"})
        weight_map |= {names[key]: file for key in keys}
    if len(shards) > 1:
        index = {"metadata": {"total_size": sum(sizes.values())}, "weight_map": weight_map}
        Path(out, "model.safetensors.index.json").write_text(json.dumps(index, indent=1))


def _shards(sizes: dict[str, int], limit: int) -> Iterator[list[str]]:
    """Keys in order, in runs of at most `limit` bytes, or of one key."""
    run: list[str] = []
    total = 0
    for key, size in sizes.items():
        if run and total + size > limit:
            yield run
            run, total = [], 0
        run.append(key)
        total += size
    if run:
        yield run


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
