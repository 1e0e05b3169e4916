"""Loading a checkpoint for generation: found, checked, converted, placed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tqdm import tqdm
from transformers.utils import logging as transformers_logging

from llada_core.checkpoints import read_config, read_facts, resolve
from llada_core.errors import CheckpointError, ParameterError
from llada_core.model.attention import HALF
from llada_core.model.checkpoint import check_checkpoint, llada_config
from llada_core.model.configuration import LLaDAConfig
from llada_core.model.modeling import LLaDAForMaskedDiffusion
from llada_core.model.safetensors_header import FLOATING, TensorEntry
from llada_core.model.shard import WHOLE, Shard, check_split
from llada_core.model.streaming import stream_weights

if TYPE_CHECKING:
    from llada_core.model.projection import Quantization

DTYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32, "F64": torch.float32}


def load_model(
    source: str | Path,
    *,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
    revision: str | None = None,
    progress: bool | None = None,
    quantization: str | None = None,
    batch_invariant: bool = False,
    shard: Shard = WHOLE,
) -> LLaDAForMaskedDiffusion:
    """The model called `source`, ready for generation: on its device, in evaluation mode, without gradients.

    Args:
        source: a local folder, an installed checkpoint's name, or a hub id; see `checkpoints.resolve`.
        device: default a CUDA device if there is one, else the CPU.
        dtype: a torch dtype or its name; default float32 on the CPU, the checkpoint's own elsewhere.
        revision: branch, tag or commit of a hub id.
        progress: show progress bars; default if standard error is a terminal.
        quantization: `fp8` or `int8`: what the layers' matrices become while they are loaded. The embedding
            and the output projection stay as they are.
        batch_invariant: in half precision, compute each row of a forward to the same bits in any company.
        shard: the part of it that this process holds; see `llada_core.parallel`.

    Raises:
        CheckpointError: no such model, or its files do not fit together; the message names file and tensor.
        ParameterError: no such device here, or no such dtype; a quantization that this device or dtype does
            not have.
    """
    progress = sys.stderr.isatty() if progress is None else progress
    target = parse_device(device)
    if target.type == "cuda":
        torch.cuda.set_device(target.index or 0)  # what kernels, events and graphs mean by default
    wanted = parse_dtype(dtype)
    folder = resolve(source, revision, progress)
    raw = read_config(folder)
    facts = read_facts(folder, raw)
    config = llada_config(folder, {**raw, "mask_token_id": facts.mask_id})
    entries = check_checkpoint(folder, config)
    chosen = wanted or default_dtype(entries, target)
    kind = parse_quantization(quantization, target, chosen)
    check_split(config, shard.size)
    if target.type == "cuda" or shard.size > 1:
        model = _streamed(str(source), config, entries, chosen, target, kind, progress, shard)
    else:
        with _progress_bars(progress):
            model = LLaDAForMaskedDiffusion.from_pretrained(folder, config=config, dtype=chosen)
    model.facts = facts
    model.requires_grad_(False).train(False)
    fused = model.accelerate(invariant=batch_invariant)
    for name, asked in (("quantization", kind), ("batch_invariant", batch_invariant and chosen in HALF)):
        if asked and not fused:
            raise ParameterError(name, f"needs the fused forward, which {target} with {chosen} does not have")
    return model


def _streamed(
    source: str,
    config: LLaDAConfig,
    entries: dict[str, TensorEntry],
    dtype: torch.dtype,
    device: torch.device,
    quantization: Quantization | None,
    progress: bool,
    shard: Shard,
) -> LLaDAForMaskedDiffusion:
    """The model with its weights read straight to the device."""
    with torch.device("meta"):
        model = LLaDAForMaskedDiffusion(config, shard)
    total = sum(entry.elements * FLOATING[entry.dtype] for entry in entries.values())
    finish = None
    if quantization is not None:
        from llada_core.model.projection import quantize_module

        finish = partial(quantize_module, kind=quantization)
    try:
        with tqdm(total=total, unit="B", unit_scale=True, desc="Loading", disable=not progress) as bar:
            stream_weights(model.transformer, config, entries, dtype, device, finish, bar.update, shard)
    except torch.OutOfMemoryError:
        free, size = torch.cuda.mem_get_info(device)
        raise CheckpointError(
            f"{source}: its {total / 1e9:.1f} GB of weights do not fit on {device}, which has "
            f"{size / 1e9:.1f} GB, {free / 1e9:.1f} GB of them free beside what was loaded; quantize them "
            "(fp8 or int8), or choose another device"
        ) from None
    return model


def parse_quantization(name: str | None, device: torch.device, dtype: torch.dtype) -> Quantization | None:
    """A way to store weights in 8 bits that works on a device; None: none.

    Raises:
        ParameterError: there is none of this name, or it does not work there.
    """
    if name is None:
        return None
    if name not in ("fp8", "int8"):
        raise ParameterError("quantization", f"expected fp8 or int8, got {name!r}")
    if device.type != "cuda" or dtype not in HALF:
        raise ParameterError("quantization", f"{name} needs a CUDA device and half precision, not {device}")
    if name == "fp8" and dtype != torch.bfloat16:
        raise ParameterError("quantization", f"fp8 computes in bfloat16, not {dtype}")
    if name == "fp8" and torch.cuda.get_device_capability(device) < (8, 9):
        raise ParameterError(
            "quantization", f"fp8 needs compute capability 8.9, which {device} lacks; use int8"
        )
    return "fp8" if name == "fp8" else "int8"


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
