"""`llada batch`: a file of prompts in, a file of replies out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..rollouts import Summary, generate_many
from .options import ModelChoice, given_params, model_options, plugin_option, sampling_options
from .output import remarks

COUNT = click.IntRange(1)


@click.command()
@click.argument("prompts", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="IN")
@click.argument("output", type=click.Path(path_type=Path), metavar="OUT")
@model_options
@sampling_options
@click.option("--replicas", default=1, show_default=True, type=COUNT, help="Processes, each with the model.")
@click.option("--rows", default=32, show_default=True, type=COUNT, help="Most requests at once, a replica.")
@click.option("--samples", default=1, show_default=True, type=COUNT, help="Replies to each line.")
@click.option("--system", help="A system message before each prompt that is text.")
@click.option("--prefix", default="", help="Text with which each reply already begins.")
@click.option("--suffix", default="", help="Text behind the generated part: the model fills the gap.")
@click.option("--raw", is_flag=True, help="Take prompts as plain text, without the model's chat layout.")
@plugin_option
def batch(
    prompts: Path,
    output: Path,
    choice: ModelChoice,
    algorithm: str,
    own: tuple[str, ...],
    replicas: int,
    rows: int,
    samples: int,
    system: str | None,
    prefix: str,
    suffix: str,
    raw: bool,
    files: tuple[Path, ...],
    **sampling: Any,
) -> None:
    """Reply to every line of IN and write each reply to OUT as it is complete.

    IN is JSON Lines, text with a prompt a line (.txt), or parquet. A line is a text, or an object with
    prompt, messages or token_ids, and possibly id, algorithm, params, prefix, suffix and raw; what else it
    holds is carried over. OUT is JSON Lines, or a folder of parquet files if its name ends in .parquet. What
    is wrong with a line is written in place of its reply.

    The same command again goes on after a crash or Ctrl-C.
    """
    if raw and system is not None:
        raise click.UsageError("--system needs the chat layout, which --raw leaves out")
    try:
        summary = generate_many(
            prompts,
            output,
            model=choice.model,
            **choice.loading(),
            replicas=replicas,
            max_rows=rows,
            samples=samples,
            algorithm=algorithm,
            params=given_params(sampling, own),
            prefix=prefix,
            suffix=suffix,
            raw=raw,
            system=system,
            files=files,
        )
    except KeyboardInterrupt:
        remarks().print("stopped; the same command goes on")
        raise SystemExit(130) from None
    remarks().print(describe(summary))


def describe(summary: Summary) -> str:
    """One line about a run."""
    counts = f"{summary.replies:,} replies and {summary.errors:,} errors in {summary.seconds:.1f} s"
    if summary.found:
        counts += f", {summary.found:,} were there"
    rate = summary.tokens / summary.seconds if summary.seconds else 0.0
    return f"{counts}; {summary.tokens:,} tokens, {rate:,.0f} a second"
