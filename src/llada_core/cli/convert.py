"""`llada convert`: a torch distributed checkpoint becomes safetensors."""

from __future__ import annotations

from pathlib import Path

import click

from .output import remarks


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--dcp-path",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the distributed checkpoint. Its metadata is a pickle: name only one that you trust.",
)
@click.option(
    "--base-model",
    required=True,
    help="Where configuration and tokenizer come from: a folder, a hub id, or an installed name.",
)
def convert(out: Path, dcp_path: Path, base_model: str) -> None:
    """Convert a torch distributed checkpoint to safetensors in the folder OUT.

    An earlier conversion in OUT is replaced, anything else there is left alone.
    """
    with remarks().status("importing torch") as status:
        from ..model import convert_dcp

        status.update(f"converting {dcp_path}")
        folder = convert_dcp(dcp_path, base_model, out)
    click.echo(folder)
