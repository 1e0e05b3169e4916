"""`python -m llada_batch_server`: the command line of older installations, with its flags and defaults."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from .options import Words, setting
from .settings import Settings

OLD_NAME = "llada-8b-instruct"
"""The model name that older clients send, whatever model is loaded."""


@click.command(name="llada_batch_server")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--model-path", help="A folder, a hub id, or the name of an installed checkpoint.")
@click.option(
    "--dcp-path", type=click.Path(path_type=Path), help="Distributed checkpoint to convert and serve."
)
@click.option(
    "--base-model",
    default="GSAI-ML/LLaDA-8B-Instruct",
    show_default=True,
    help="Where a distributed checkpoint's configuration and tokenizer come from.",
)
@click.option(
    "--temp-dir",
    default="/tmp/llada_hf_converted",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where the converted checkpoint is written.",
)
@click.option(
    "--batch-size",
    default=8,
    show_default=True,
    type=click.IntRange(1),
    help="Most requests that run at once.",
)
@click.option(
    "--max-wait-time",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0, 60),
    help="Seconds that an idle engine waits for company.",
)
@setting(
    "Security", "--api-key", "api_keys", multiple=True, type=Words(), help="Key that requests must send."
)
@setting(
    "Security", "--api-key-file", type=click.Path(path_type=Path), help="File with such keys, one a line."
)
def main(
    host: str,
    port: int,
    model_path: str | None,
    dcp_path: Path | None,
    base_model: str,
    temp_dir: Path,
    batch_size: int,
    max_wait_time: float,
    api_keys: tuple[str, ...],
    api_key_file: Path | None,
) -> None:
    """Serve a LLaDA model; `llada serve` is the newer form of this command."""
    from .startup import start, take_keys

    if (model_path is None) == (dcp_path is None):
        raise click.UsageError("give either --model-path or --dcp-path")
    keys = take_keys(api_keys, api_key_file)
    if dcp_path is not None:
        model_path = _convert(dcp_path, base_model, temp_dir)
    settings = Settings(
        host=host,
        port=port,
        model=str(model_path),
        max_rows=batch_size,
        max_wait_time=max_wait_time,
        extra_model_names=(OLD_NAME,),
    )
    start(settings, keys=keys)


def _convert(dcp_path: Path, base_model: str, temp_dir: Path) -> str:
    """Convert in a process of its own, since that needs torch; it says itself what went wrong."""
    paths = ["--dcp-path", str(dcp_path), "--base-model", base_model, str(temp_dir)]
    done = subprocess.run([sys.executable, "-m", "llada_core.cli", "convert", *paths], check=False)
    if done.returncode:
        raise SystemExit(1)
    return str(temp_dir)
