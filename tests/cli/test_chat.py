"""`llada chat`: the conversation, its commands, Ctrl-C, and the canvas."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable

import pytest
from rich.console import Console

from llada_core.cli import chat as chat_module
from llada_core.cli.canvas_view import CanvasView
from llada_core.engine.events import Change, Preview
from llada_core.engine.request import Request
from llada_core.session import Session
from llada_core.tokenizer import Tokenizer

from .run_command import run

UseSession = Callable[..., Session]


def lines(*text: str) -> str:
    return "\n".join(text) + "\n"


def test_a_conversation_keeps_its_turns(use_session: UseSession, tokenizer: Tokenizer) -> None:
    session = use_session("fine")
    assert run("chat", "--system", "Be brief.", input=lines("Hi", "", "And now?")).stdout == "fine\nfine\n"
    first, second = (tokenizer.decode(request.prompt) for request in session.engine.added)
    assert "Be brief." in first
    assert "Be brief." in second
    assert second.index("Hi") < second.index("fine") < second.index("And now?")


def test_reset_forgets_all_but_the_system_message(use_session: UseSession, tokenizer: Tokenizer) -> None:
    session = use_session("fine")
    run("chat", "--system", "Be brief.", input=lines("Remember this", "/reset", "And now?"))
    prompt = tokenizer.decode(session.engine.added[-1].prompt)
    assert "Remember this" not in prompt
    assert "Be brief." in prompt


def test_set_changes_the_following_replies(use_session: UseSession) -> None:
    session = use_session("fine")
    text = run(
        "chat",
        "--seed",
        "4",
        input=lines(
            "Hi", "/set threshold 0.8", "/set algorithm=prefix", "/set", "Hi", "/set threshold", "Hi"
        ),
    ).stdout
    first, second, third = session.engine.added
    assert (first.algorithm, first.params.threshold, first.params.seed) == ("dual_cache", None, 4)
    assert (second.algorithm, second.params.threshold, second.params.seed) == ("prefix_cache", 0.8, 4)
    assert (third.algorithm, third.params.threshold) == ("prefix_cache", None)
    assert "threshold = 0.8" in text
    assert "threshold is at its default" in text
    assert "algorithm = prefix" in text


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("steps 0", "steps: expected `int` >= 1"),
        ("stepz 4", "did you mean steps?"),
        ("algorithm dual_cach", "did you mean 'dual_cache'"),
    ],
)
def test_set_refuses_what_can_never_work(use_session: UseSession, assignment: str, message: str) -> None:
    session = use_session("fine")
    result = run("chat", input=lines(f"/set {assignment}", "Hi"))
    assert message in result.stdout
    assert result.stdout.endswith("fine\n")
    assert session.engine.added[0].params.steps == 128


def test_quit_ends_and_help_helps(use_session: UseSession) -> None:
    session = use_session()
    result = run("chat", input=lines("/help", "/nonsense", "/quit", "Hi"))
    assert result.exit_code == 0
    assert "/set NAME VALUE" in result.stdout
    assert "no command /nonsense" in result.stdout
    assert session.engine.added == []


def test_options_that_can_never_work_end_it_at_once(use_session: UseSession) -> None:
    use_session()
    result = run("chat", "--steps", "0", input=lines("Hi"))
    assert result.exit_code == 2
    assert "steps" in result.output


def test_a_failed_reply_is_one_line_and_no_turn(use_session: UseSession, tokenizer: Tokenizer) -> None:
    def script(request: Request) -> str | Exception:
        return ValueError("not finite") if tokenizer.decode(request.prompt).count("Bad") else "fine"

    session = use_session(script)
    result = run("chat", input=lines("Bad", "Hi"))
    assert "Error: not finite" in result.stderr
    assert result.stdout.endswith("fine\n")
    assert "Bad" not in tokenizer.decode(session.engine.added[-1].prompt)


def test_ctrl_c_gives_up_the_reply_and_not_the_program(use_session: UseSession, tokenizer: Tokenizer) -> None:
    def script(request: Request) -> str:
        if "Slow" not in tokenizer.decode(request.prompt):
            return "fine"
        os.kill(os.getpid(), signal.SIGINT)
        return "one two three four five six seven eight nine ten " * 9

    before = signal.getsignal(signal.SIGINT)
    session = use_session(script)
    result = run("chat", input=lines("Slow", "Hi"))
    assert result.exit_code == 0
    assert "(given up)" in result.stderr
    assert result.stdout.endswith("fine\n")
    assert session.engine.cancelled == [session.engine.added[0].id]
    assert "Slow" not in tokenizer.decode(session.engine.added[-1].prompt)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_twice_ends_the_program(use_session: UseSession) -> None:
    def script(request: Request) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        return "fine"

    use_session(script)
    assert run("chat", input=lines("Hi", "Hi")).exit_code == 1


def test_a_terminal_shows_the_canvas_and_then_the_text(
    use_session: UseSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=120, height=40)
    monkeypatch.setattr(chat_module, "console", lambda: screen)
    use_session("hello [bold] there :smile:")
    run("chat", "--gen-length", "64", input=lines("Hi"))
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "░" * 32 in shown
    assert "forward 1, 32 of 64 tokens" in shown
    assert "dual_cache: " in shown


def preview(*changes: tuple[int, int, int, str]) -> Preview:
    """Changes given as (position, token, forward, kind)."""
    return Preview("r", [Change(at, token, 0.5, forward, kind) for at, token, forward, kind in changes])  # type: ignore[arg-type]


def test_the_view_shows_masks_fresh_and_settled_tokens_and_ends(tokenizer: Tokenizer) -> None:
    first, second = tokenizer.encode("one two")
    view = CanvasView(5, tokenizer.decode, end_ids=[9])
    assert view.render().plain == "░░░░░"
    view.apply(preview((0, first, 1, "commit"), (4, 9, 1, "commit")))
    assert view.render().plain == "one░░░·"
    view.apply(preview((1, second, 2, "commit")))
    text = view.render()
    assert text.plain == "one two░░·"
    assert [(text.plain[span.start : span.end], span.style) for span in text.spans] == [
        (" two", "bold green"),
        ("░░", "dim"),
        ("·", "dim"),
    ]
    assert view.status() == "forward 2, 3 of 5 tokens"
    view.apply(preview((0, 7, 3, "remask")))
    assert view.render().plain == "░ two░░·"
    assert view.masked == 3
