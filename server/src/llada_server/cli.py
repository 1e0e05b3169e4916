"""`llada serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from .settings import Settings

DEFAULTS = Settings()


@click.command()
@click.argument("model", default=DEFAULTS.model)
@click.option("--host", default=DEFAULTS.host, show_default=True, help="Address to listen on.")
@click.option("--port", default=DEFAULTS.port, show_default=True, type=click.IntRange(0, 65535))
@click.option("--device", help="cpu, cuda, cuda:1, ...; default: a GPU if there is one.")
@click.option("--dtype", help="float32, bfloat16, float16; default: what suits the device.")
@click.option(
    "--quantization",
    type=click.Choice(["fp8", "int8"]),
    help="Weights in 8 bits, on a GPU: fp8 for cards that compute with it, int8 for older ones.",
)
@click.option(
    "--batch-invariant",
    is_flag=True,
    help="On a GPU, compute each request to the same bits in any company; slower.",
)
@click.option("--revision", help="Branch, tag or commit of a hub id.")
@click.option(
    "--max-rows",
    default=DEFAULTS.max_rows,
    show_default=True,
    type=click.IntRange(1),
    help="Most requests that run at once.",
)
@click.option(
    "--max-wait-time",
    default=DEFAULTS.max_wait_time,
    show_default=True,
    type=click.FloatRange(0, 60),
    help="Seconds that an idle engine waits for company.",
)
@click.option(
    "--kv-tokens",
    type=click.IntRange(1),
    help="Canvas positions that the key/value pool holds; default: what --max-rows can use, or what fits.",
)
@click.option(
    "--max-batched-tokens",
    default=DEFAULTS.max_batched_tokens,
    show_default=True,
    type=click.IntRange(1),
    help="Most tokens of one forward, unless a single request needs more.",
)
@click.option(
    "--whole-loop-threads",
    default=DEFAULTS.whole_loop_threads,
    show_default=True,
    type=click.IntRange(1),
    help="Most requests at once of algorithms that bring their own loop.",
)
@click.option(
    "--algorithm-timeout",
    default=DEFAULTS.algorithm_timeout,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="Seconds that a plugin's code may compute by itself before its request fails.",
)
@click.option(
    "--engine",
    default=DEFAULTS.engine,
    show_default=True,
    type=click.Choice(["process", "in-process"]),
    help="Run the engine in a process of its own, which is started again when it fails, or in the server's.",
)
@click.option(
    "--step-timeout",
    default=DEFAULTS.step_timeout,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="Seconds without progress after which the engine's process is started again; at least twice "
    "--algorithm-timeout.",
)
@click.option("--served-model-name", "names", multiple=True, help="Name that requests send; may be repeated.")
@click.option(
    "--plugin",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Python file with an algorithm; may be repeated.",
)
@click.option("--required-plugin", "required", multiple=True, help="Do not start without this plugin.")
@click.option("--strict-params", is_flag=True, help="Refuse unknown request fields instead of ignoring them.")
@click.option(
    "--log-level",
    default=DEFAULTS.log_level,
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
)
def serve(
    model: str,
    host: str,
    port: int,
    device: str | None,
    dtype: str | None,
    quantization: str | None,
    batch_invariant: bool,
    revision: str | None,
    max_rows: int,
    max_wait_time: float,
    kv_tokens: int | None,
    max_batched_tokens: int,
    whole_loop_threads: int,
    algorithm_timeout: float,
    engine: Literal["process", "in-process"],
    step_timeout: float,
    names: tuple[str, ...],
    files: tuple[Path, ...],
    required: tuple[str, ...],
    strict_params: bool,
    log_level: str,
) -> None:
    """Serve MODEL over an OpenAI-compatible HTTP interface.

    MODEL is a folder, a Hugging Face hub id, or the name of an installed checkpoint; by default the small
    demo model.
    """
    from .startup import start

    settings = Settings(
        host=host,
        port=port,
        model=model,
        revision=revision,
        device=device,
        dtype=dtype,
        quantization=quantization,
        batch_invariant=batch_invariant,
        served_model_names=names,
        max_rows=max_rows,
        max_wait_time=max_wait_time,
        kv_tokens=kv_tokens,
        max_batched_tokens=max_batched_tokens,
        whole_loop_threads=whole_loop_threads,
        algorithm_timeout=algorithm_timeout,
        engine=engine,
        step_timeout=step_timeout,
        strict_params=strict_params,
        log_level=log_level,
    )
    start(settings, files=files, required=required)
