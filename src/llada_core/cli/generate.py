"""`llada generate`: prompts in, text out."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from ..errors import GenerationError
from ..session import Ask, Reply, Session
from .options import (
    ModelChoice,
    given_params,
    json_option,
    load_session,
    model_options,
    plugin_option,
    sampling_options,
)
from .output import print_json, remarks


@click.command()
@click.argument("prompts", nargs=-1, metavar="PROMPT...")
@model_options
@sampling_options
@click.option("--system", help="A system message before each prompt.")
@click.option("--prefix", default="", help="Text with which each reply already begins.")
@click.option("--suffix", default="", help="Text behind the generated part: the model fills the gap.")
@click.option("--raw", is_flag=True, help="Take prompts as plain text, without the model's chat layout.")
@json_option
@plugin_option
def generate(
    prompts: tuple[str, ...],
    choice: ModelChoice,
    algorithm: str,
    own: tuple[str, ...],
    system: str | None,
    prefix: str,
    suffix: str,
    raw: bool,
    as_json: bool,
    files: tuple[Path, ...],
    **sampling: Any,
) -> None:
    """Generate a reply to each PROMPT; several run through the model at once.

    Quote a prompt that has spaces. Without any, the prompt is read from standard input.
    """
    if raw and system is not None:
        raise click.UsageError("--system needs the chat layout, which --raw leaves out")
    params = given_params(sampling, own)
    if not prompts:
        prompts = (sys.stdin.read(),)
    asks = [Ask(_messages(prompt, system), algorithm, params, prefix, suffix, raw) for prompt in prompts]
    session = load_session(choice, files)
    started = time.perf_counter()
    if as_json:
        outcomes = dict(session.as_completed(asks))
        print_json([{"prompt": prompt, **_fields(outcomes[n])} for n, prompt in enumerate(prompts)])
        if any(isinstance(outcome, GenerationError) for outcome in outcomes.values()):
            raise SystemExit(1)
    elif len(asks) == 1:
        _stream(session, asks[0], started)
    else:
        for prompt, reply in zip(prompts, session.replies(asks), strict=True):
            click.echo(f"{click.style(prompt.strip(), bold=True)}\n{reply.text}\n")


def _messages(prompt: str, system: str | None) -> str | list[dict[str, str]]:
    if system is None:
        return prompt
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt}]


def _fields(outcome: Reply | GenerationError) -> dict[str, Any]:
    if isinstance(outcome, GenerationError):
        return {"error": {"code": outcome.code, "message": str(outcome)}}
    return {name: getattr(outcome, name) for name in outcome.__struct_fields__}


def _stream(session: Session, ask: Ask, started: float) -> None:
    """Text as it becomes final; on a terminal, a line about the run behind it."""
    stream = session.open(ask)
    for text in stream:
        click.echo(text, nl=False)
    click.echo()
    if sys.stdout.isatty():
        remarks().print(summary(stream.reply, time.perf_counter() - started), style="dim")


def summary(reply: Reply, seconds: float) -> str:
    """One line about a run."""
    rate = len(reply.tokens) / seconds if seconds > 0 else 0.0
    counts = f"{len(reply.tokens)} tokens in {reply.nfe} forwards"
    return f"{reply.algorithm}: {counts}, {seconds:.1f} s, {rate:.0f} tokens/s"
