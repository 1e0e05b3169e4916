"""What is said, and what can be done, when something goes wrong."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..serving import QUESTION, ServerProcess, serving
from .browsing import Browser, Tab, expect
from .conftest import MakeTab
from .scripted_server import Pieces, ending, scripted, text

KEY = "sk-of-the-playground-1"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """One that may be broken."""
    with serving(tmp_path / "log") as process:
        yield process


def test_a_refusal_is_told_in_the_servers_words(tab: Tab) -> None:
    page = tab.open()
    tab.set("temperature", "50")
    assert page.locator(".panel input:invalid").count() == 1, "the bounds of the listing mark it"
    tab.ask(QUESTION)
    alert = page.locator(".turn").get_by_role("alert")
    expect(alert).to_contain_text("Refusedtemperature: expected")
    expect(page.locator(".canvas")).to_have_count(0)
    expect(alert).to_contain_text("<= 2")
    page.get_by_role("button", name="Reset temperature").click()
    alert.get_by_role("button", name="Try again").click()
    tab.settled()
    expect(page.locator(".prose")).to_contain_text("42")


def test_a_lost_engine_and_its_return(make_tab: MakeTab, own_server: ServerProcess) -> None:
    tab = make_tab(own_server.url, viewport={"width": 1280, "height": 900})
    page = tab.open()
    tab.set("gen_length", "768")
    tab.set("ignore_eos", "true")
    page.get_by_label("Message", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".cell.fresh")).not_to_have_count(0)
    pid = int(re.findall(r"the engine runs in process (\d+)", own_server.log.read_text())[-1])
    os.kill(pid, signal.SIGKILL)
    alert = page.locator(".turn").get_by_role("alert")
    expect(alert).to_contain_text("the engine stopped (killed by signal 9)")
    expect(page.locator(".top-notice")).to_contain_text("takes no requests now")
    expect(page.locator(".top-notice")).to_contain_text("It says:")
    expect(page.locator(".status.ready")).to_have_count(1)
    expect(page.locator(".top-notice")).to_have_count(0)
    tab.set("gen_length", "32")
    tab.set("ignore_eos", "false")
    alert.get_by_role("button", name="Try again").click()
    tab.settled()
    expect(page.locator(".prose")).to_contain_text("42")


def test_a_server_that_is_gone_and_comes_back(make_tab: MakeTab, tmp_path: Path) -> None:
    first = ServerProcess(tmp_path / "log")
    first.wait_until_ready()
    tab = make_tab(first.url, viewport={"width": 1280, "height": 900})
    page = tab.open()
    tab.set("gen_length", "32")
    tab.ask(QUESTION)
    first.stop()
    page.get_by_label("Message", exact=True).fill("What is 3 plus 4?")
    page.keyboard.press("Enter")
    expect(page.locator(".top-notice")).to_contain_text("The server cannot be reached.")
    expect(page.locator(".turn").first.locator(".prose")).to_contain_text("42")
    second = ServerProcess(tmp_path / "log", port=first.port)
    try:
        second.wait_until_ready()
        expect(page.locator(".top-notice")).to_have_count(0)
        page.get_by_role("button", name="Try again").click()
        tab.settled()
        expect(page.locator(".turn").last.locator(".prose")).to_contain_text("7")
    finally:
        second.stop()


def test_a_slow_network_is_told_from_a_lost_connection(make_tab: MakeTab) -> None:
    def slow(body: dict[str, Any]) -> Pieces:
        yield text("slowly ")
        yield 6.0
        yield text("but surely")
        yield from ending()

    with scripted(slow) as url:
        tab = make_tab(url)
        page = tab.open()
        page.get_by_label("Message", exact=True).fill("Hi")
        page.keyboard.press("Enter")
        expect(page.get_by_text("still connected and waiting")).to_be_visible()
        tab.settled()
        expect(page.get_by_text("still connected and waiting")).to_have_count(0)
        expect(page.locator(".prose")).to_have_text("slowly but surely")

    def cut(body: dict[str, Any]) -> Pieces:
        yield text("half a")
        raise ConnectionResetError

    with scripted(cut) as url:
        tab = make_tab(url)
        page = tab.open()
        tab.ask("Hi")
        expect(page.locator(".turn").get_by_role("alert")).to_contain_text("connection was lost")
        expect(page.locator(".prose")).to_have_text("half a")


def test_a_slow_network_brings_all_of_it_later(tab: Tab) -> None:
    """As on a bad telephone line: the page opens, and a reply and its canvas come whole."""
    line = tab.context.new_cdp_session(tab.page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 40_000, "uploadThroughput": 20_000}
    line.send("Network.emulateNetworkConditions", slow)
    page = tab.open()
    tab.set("gen_length", "32")
    tab.ask(QUESTION)
    reply = page.locator(".prose").inner_text()
    assert "42" in reply
    assert "".join(tab.canvas()).replace("·", "") == reply.replace(" ", "")


def test_a_key_is_asked_for_and_kept_in_memory_only(make_tab: MakeTab, tmp_path: Path) -> None:
    with serving(tmp_path / "log", "--api-key", KEY) as server:
        tab = make_tab(server.url, viewport={"width": 1280, "height": 900})
        page = tab.page
        page.goto(server.url)
        page.get_by_label("API key").fill("sk-wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not one of the server's")
        page.get_by_label("API key").fill(KEY)
        page.keyboard.press("Enter")
        expect(page.locator(".status.ready")).to_have_count(1)
        tab.set("gen_length", "32")
        tab.ask(QUESTION)
        expect(page.locator(".prose")).to_contain_text("42")
        page.get_by_role("button", name="API", exact=True).click()
        expect(page.locator(".api-panel")).to_contain_text("$LLADA_API_KEY")
        assert KEY not in page.content()
        kept = page.evaluate(
            "[Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]"
        )
        assert kept == [[], [], ""]
        assert page.evaluate("indexedDB.databases()") == []
        assert KEY not in page.url
        page.reload()
        expect(page.get_by_label("API key")).to_have_value("")


def test_without_a_script_the_page_says_so(chromium: Browser, server: ServerProcess) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    assert "needs JavaScript" in page.content()
    context.close()
