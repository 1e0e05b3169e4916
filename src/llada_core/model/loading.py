"""Loading a checkpoint for generation: found, checked, converted, placed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers.utils import logging as transformers_logging

from llada_core.checkpoints import read_config, read_facts, resolve
from llada_core.errors import ParameterError
from llada_core.model.checkpoint import check_checkpoint, llada_config
from llada_core.model.modeling import LLaDAForMaskedDiffusion
from llada_core.model.safetensors_header import TensorEntry

DTYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32, "F64": torch.float32}


def load_model(
    source: str | Path,
    *,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
    revision: str | None = None,
    progress: bool | None = None,
) -> LLaDAForMaskedDiffusion:
    """The model called `source`, ready for generation: on its device, in evaluation mode, without gradients.

    Args:
        source: a local folder, an installed checkpoint's name, or a hub id; see `checkpoints.resolve`.
        device: default a CUDA device if there is one, else the CPU.
        dtype: a torch dtype or its name; default float32 on the CPU, the checkpoint's own elsewhere.
        revision: branch, tag or commit of a hub id.
        progress: show progress bars; default if standard error is a terminal.

    Raises:
        CheckpointError: no such model, or its files do not fit together; the message names file and tensor.
        ParameterError: no such device here, or no such dtype.
    """
    progress = sys.stderr.isatty() if progress is None else progress
    target = parse_device(device)
    wanted = parse_dtype(dtype)
    folder = resolve(source, revision, progress)
    raw = read_config(folder)
    facts = read_facts(folder, raw)
    config = llada_config(folder, {**raw, "mask_token_id": facts.mask_id})
    entries = check_checkpoint(folder, config)
    chosen = wanted or default_dtype(entries, target)
    with _progress_bars(progress):
        model = LLaDAForMaskedDiffusion.from_pretrained(folder, config=config, dtype=chosen)
    model.facts = facts
    model.requires_grad_(False).train(False).to(target)
    return model


def parse_device(device: str | torch.device | None) -> torch.device:
    """A device of this machine from its name; None: a CUDA device if there is one, else the CPU.

    Raises:
        ParameterError: no device has this name, or it is none of this machine's.
    """
    try:
        target = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    except RuntimeError:
        raise ParameterError("device", f"expected cpu, cuda or cuda:N, got {device!r}") from None
    if target.type == "cuda" and (target.index or 0) >= torch.cuda.device_count():
        raise ParameterError("device", f"{device} is not here: torch sees {torch.cuda.device_count()} GPUs")
    return target


def parse_dtype(dtype: str | torch.dtype | None) -> torch.dtype | None:
    """A torch dtype from its name.

    Raises:
        ParameterError: no floating-point dtype has this name.
    """
    if dtype is None or isinstance(dtype, torch.dtype):
        return dtype
    found = getattr(torch, dtype, None)
    if not isinstance(found, torch.dtype) or not found.is_floating_point:
        raise ParameterError("dtype", f"expected float32, bfloat16 or float16, got {dtype!r}")
    return found


def default_dtype(entries: dict[str, TensorEntry], device: torch.device) -> torch.dtype:
    """float32 on the CPU; elsewhere the dtype that most of the checkpoint's numbers have."""
    if device.type == "cpu":
        return torch.float32
    sizes: Counter[str] = Counter()
    for entry in entries.values():
        sizes[entry.dtype] += entry.elements
    return DTYPES[sizes.most_common(1)[0][0]]


@contextmanager
def _progress_bars(shown: bool) -> Iterator[None]:
    """Show or hide transformers' bars, then leave that switch as it was."""
    before = transformers_logging.is_progress_bar_enabled()
    _show_bars(shown)
    try:
        yield
    finally:
        _show_bars(before)


def _show_bars(shown: bool) -> None:
    if shown:
        transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
    else:
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
