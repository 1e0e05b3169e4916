"""The calls that the API panel shows do what the page does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..serving import QUESTION, environment
from .browsing import Tab, expect


def snippets(tab: Tab) -> tuple[str, str]:
    """The curl and the openai-python call on the screen."""
    panel = tab.page.locator(".api-panel")
    return tuple(
        panel.get_by_role("region", name=name).locator("code").inner_text()
        for name in ("curl", "openai-python")
    )  # type: ignore[return-value]


def run_curl(snippet: str) -> str:
    return subprocess.run(
        ["bash", "-c", snippet], capture_output=True, text=True, check=True, timeout=120
    ).stdout


def run_python(snippet: str, folder: Path) -> str:
    (folder / "call.py").write_text(snippet)
    command = [sys.executable, str(folder / "call.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, env=environment())
    return done.stdout


def test_both_calls_give_the_reply_of_the_page(tab: Tab, tmp_path: Path) -> None:
    page = tab.open()
    page.get_by_label("Algorithm").select_option("prefix_cache")
    tab.set("gen_length", "32")
    tab.set("ignore_eos", "false")
    question = f'{QUESTION} It\'s "simple" \\ $HOME `id` {{}}'
    tab.ask(question)
    reply = page.locator(".prose").inner_text()
    page.get_by_role("button", name="API", exact=True).click()
    curl, python = snippets(tab)
    streamed = run_curl(curl)
    assert streamed.rstrip().endswith("data: [DONE]")
    assert '"canvas"' in streamed
    assert run_python(python, tmp_path).strip() == reply.strip()
    page.get_by_label("Stream, with the canvas").uncheck()
    curl, python = snippets(tab)
    assert f'"content":"{reply}"' in run_curl(curl)
    assert run_python(python, tmp_path).strip() == reply.strip()


def test_the_panel_follows_the_screen(tab: Tab) -> None:
    page = tab.open()
    page.get_by_role("button", name="API", exact=True).click()
    page.get_by_label("Message", exact=True).fill("What now?")
    expect(page.locator(".api-panel")).to_contain_text("What now?")
    page.get_by_role("link", name="Compare").click()
    page.get_by_label("Prompt of all lanes").fill("Something else")
    expect(page.locator(".api-panel")).to_contain_text("Something else")
    expect(page.locator(".api-panel")).not_to_contain_text("threshold")
    page.locator(".lane").nth(1).get_by_text("Algorithm and settings").click()
    expect(page.locator(".api-panel")).to_contain_text('"threshold": 0.9')
    page.get_by_role("link", name="Plugins").click()
    expect(page.locator(".api-panel")).to_have_count(0)
