"""From a torch distributed checkpoint (DCP), as training frameworks write it, to a published-style one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from llada_core.checkpoints import read_config, resolve
from llada_core.checkpoints.hub import DESCRIPTIONS
from llada_core.errors import CheckpointError
from llada_core.model import dcp_child
from llada_core.model.checkpoint import check_checkpoint, llada_config

MARKER = "converted_from.json"
"""Names the source. Only a folder that holds it is ever replaced."""


def convert_dcp(dcp_path: Path | str, base_model: str | Path, out: Path | str) -> Path:
    """Write the distributed checkpoint `dcp_path` to the folder `out` as safetensors, and return that folder.

    Its weights lie under one top-level key `model`, or bare; either way under the published names, and they
    keep their dtype. Configuration and tokenizer are copied from `base_model`, anything that `resolve` takes.
    The folder appears when complete; an earlier conversion in its place is replaced. The checkpoint's
    metadata is a pickle: name only a folder that you trust.

    Raises:
        CheckpointError: no such checkpoint, or it does not fit the base model, or `out` is taken.
    """
    source, out = _checked_source(Path(dcp_path)), Path(out).absolute()
    _check_replaceable(out)
    base = resolve(base_model, weights=False)
    config = llada_config(base, read_config(base))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as staging:
        new = Path(staging, "new")
        new.mkdir()
        _run_child(source, new)
        for name in DESCRIPTIONS:
            if (base / name).is_file():
                shutil.copyfile(base / name, new / name)
        try:
            check_checkpoint(new, config)
        except CheckpointError as error:
            raise CheckpointError(
                f"{source} does not fit the configuration of {base_model}: {error}"
            ) from None
        (new / MARKER).write_text(json.dumps({"dcp_path": str(source), "base_model": str(base_model)}))
        if out.exists():
            os.rename(out, Path(staging, "old"))
        os.rename(new, out)
    return out


def _checked_source(source: Path) -> Path:
    if not (source / ".metadata").is_file():
        inner = next((path.parent for path in sorted(source.glob("*/.metadata"))), None)
        hint = f"; did you mean {inner}?" if inner else ""
        raise CheckpointError(f"{source}: no file .metadata, so this is no distributed checkpoint{hint}")
    return source.absolute()


def _check_replaceable(out: Path) -> None:
    if out.exists() and not (out / MARKER).is_file() and not (out.is_dir() and not any(out.iterdir())):
        raise CheckpointError(
            f"{out}: already there, and not from an earlier conversion; choose another folder"
        )


def _run_child(source: Path, new: Path) -> None:
    """Convert in a fresh process, whose module path leaves out the script's own folder."""
    command = [sys.executable, "-P", str(Path(dcp_child.__file__)), str(source), str(new)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise CheckpointError(f"{source}: the conversion failed: {lines[-1]}")
