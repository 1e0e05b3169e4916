"""`llada chat`: a conversation in the terminal, where the canvas can be seen denoising."""

from __future__ import annotations

import contextlib
import itertools
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ..engine.events import Event, Preview
from ..errors import LladaError
from ..session import Session, Stream
from .canvas_view import CanvasView
from .conversation import Conversation
from .generate import summary
from .interrupt import interruptible
from .options import ModelChoice, given_params, load_session, model_options, plugin_option, sampling_options
from .output import console


@click.command()
@model_options
@sampling_options
@click.option("--system", help="A system message at the beginning.")
@plugin_option
def chat(
    choice: ModelChoice,
    algorithm: str,
    own: tuple[str, ...],
    system: str | None,
    files: tuple[Path, ...],
    **sampling: Any,
) -> None:
    """Chat with a model and watch the canvas denoise.

    Masked positions show as blocks, what a step has just committed is highlighted. Where standard output is
    no terminal, replies come as plain text. /help in the chat lists its commands.
    """
    params = given_params(sampling, own)
    session = load_session(choice, files)
    conversation = Conversation(session, algorithm, params, system)
    interactive = sys.stdin.isatty()
    if interactive:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  # input() then has a history and line editing
        click.echo(f"{choice.model}, {algorithm}. /help lists commands, /quit leaves.")
    while (line := read_line(interactive)) is not None:
        if line in ("/quit", "/exit"):
            return
        if line.startswith("/"):
            click.echo(conversation.command(line))
        elif line:
            answer(conversation, line)


def read_line(interactive: bool) -> str | None:
    """The next line without spaces around it; None at the end of input. Ctrl-C gives the line up."""
    try:
        return input("> " if interactive else "").strip()
    except EOFError:
        if interactive:
            click.echo()
        return None
    except KeyboardInterrupt:
        click.echo("\n(/quit or Ctrl-D leaves)")
        return ""


def answer(conversation: Conversation, text: str) -> None:
    """Let the model reply to `text`; what was given up or failed leaves the conversation as it was."""
    screen = console()
    started = time.perf_counter()
    try:
        stream = conversation.session.open(conversation.ask(text), preview=True)
        with interruptible() as interrupted, contextlib.closing(stream.events()) as events:
            show = show_live if screen.is_terminal else show_plain
            show(
                screen, stream, itertools.takewhile(lambda _: not interrupted(), events), conversation.session
            )
        reply = stream.reply
    except LladaError as error:
        click.echo("(given up)" if error.code == "cancelled" else f"Error: {error}", err=True)
        return
    conversation.add(text, reply.text)
    if screen.is_terminal:
        screen.print(reply.text)
        screen.print(summary(reply, time.perf_counter() - started), style="dim")


def show_live(screen: Console, stream: Stream, events: Iterable[Event], session: Session) -> None:
    """The canvas while it changes; nothing is left of it afterwards."""
    view = CanvasView(stream.request.params.gen_length, session.tokenizer.decode, session.facts.end_ids)
    with Live(console=screen, transient=True, auto_refresh=False) as live:
        for event in events:
            if isinstance(event, Preview):
                view.apply(event)
                live.update(Group(view.render(), Text(view.status(), style="dim")), refresh=True)


def show_plain(screen: Console, stream: Stream, events: Iterable[Event], session: Session) -> None:
    """The text as it becomes final."""
    shown = 0
    for _ in events:
        click.echo(stream.text[shown:], nl=False)
        shown = len(stream.text)
    click.echo()
