"""Loading a checkpoint over several ranks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from ..checkpoints import read_config, resolve
from ..errors import ParameterError
from ..model.checkpoint import llada_config
from ..model.loading import load_model, parse_device, parse_dtype
from ..model.modeling import LLaDAForMaskedDiffusion
from ..model.shard import Shard, check_split
from .group import Group
from .meeting import meet
from .model import ParallelModel
from .team import Team


def load(
    source: str | Path,
    *,
    tensor_parallel: int = 1,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
    revision: str | None = None,
    progress: bool | None = None,
    on_loss: Callable[[str], object] | None = None,
    **options: Any,
) -> LLaDAForMaskedDiffusion | ParallelModel:
    """The model called `source`, computed by `tensor_parallel` processes; arguments as for `load_model`.

    On GPUs each process has one: `device` and those after it. The others end with this one, or once
    `team.close()` of the result is called.

    Args:
        on_loss: see `Team`.

    Raises:
        CheckpointError: no such model, or its files do not fit together.
        ParameterError: the model does not split so, or there are too few GPUs.
    """
    if tensor_parallel == 1:
        return load_model(source, device=device, dtype=dtype, revision=revision, progress=progress, **options)
    target = parse_device(device)
    if target.type == "cuda" and (target.index or 0) + tensor_parallel > torch.cuda.device_count():
        raise ParameterError(
            "tensor_parallel",
            f"{tensor_parallel} ranks from {target} on need as many GPUs, and torch sees "
            f"{torch.cuda.device_count()}",
        )
    kind = parse_dtype(dtype)
    folder = resolve(source, revision, sys.stderr.isatty() if progress is None else progress)
    check_split(llada_config(folder, read_config(folder)), tensor_parallel)
    name = None if kind is None else str(kind).removeprefix("torch.")
    values = {"folder": str(folder), "dtype": name, **options}
    return Team(tensor_parallel, target, f"{__name__}:part", values, on_loss).model


def part(
    group: Group, *, folder: str, batch_invariant: bool = False, **options: Any
) -> LLaDAForMaskedDiffusion:
    """One rank's part of the checkpoint in a folder."""
    return load_model(
        folder,
        device=group.device,
        batch_invariant=batch_invariant,
        progress=False,
        shard=shard_of(group, invariant=batch_invariant),
        **options,
    )


def shard_of(group: Group, *, invariant: bool = False) -> Shard:
    """What a rank holds; with `invariant` a token's sums do not depend on what else is summed."""
    if invariant:
        return Shard(group.rank, group.size, group.ordered_sum)
    return Shard(group.rank, group.size, group.sum, partial(meet, group))
