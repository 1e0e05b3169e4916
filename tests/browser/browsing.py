"""A browser with the page in it. Importing this skips the importing module where there is no browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

if "CHROMIUM" not in os.environ:
    pytest.skip("CHROMIUM names no browser; nox -s browser does", allow_module_level=True)
pytest.importorskip("playwright", reason="nox -s browser installs playwright")

from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

SECONDS = 1000
expect.set_options(timeout=60 * SECONDS)
WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")

__all__ = ["SCHEMES", "SECONDS", "WIDTHS", "Browser", "Page", "Request", "expect"]


@contextmanager
def browsing() -> Iterator[Browser]:
    """The browser that CHROMIUM names."""
    with sync_playwright() as playwright:
        # Without its sandbox, which containers and root do not allow; it sees pages of these tests only.
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """One page, and what went wrong in it."""

    def __init__(self, browser: Browser, url: str, **context: Any) -> None:
        self.url = url
        self.context = browser.new_context(**context)
        self.context.set_default_timeout(60 * SECONDS)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.sent: list[dict[str, Any]] = []
        """Bodies of requests for texts."""
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("request", self._asked)

    def _heard(self, kind: str, text: str) -> None:
        # The browser itself reports replies that are errors; those belong to the tests that cause them.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.faults.append(text)

    def _asked(self, request: Request) -> None:
        assert request.url.startswith((self.url, "data:", "blob:")), f"{request.url} is elsewhere"
        if request.method == "POST":
            self.sent.append(request.post_data_json)

    def open(self, view: str = "chat") -> Page:
        """The page, once it has reached the server."""
        self.page.goto(f"{self.url}/#{view}")
        self.page.locator(".status.ready").wait_for()
        return self.page

    def set(self, name: str, value: str) -> None:
        """Fill in a parameter of the settings."""
        control = self.page.locator(".panel").get_by_label(name, exact=True)
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)

    def ask(self, question: str) -> None:
        """Send a message; returns when the reply is complete."""
        box = self.page.get_by_label("Message", exact=True)
        box.fill(question)
        box.press("Enter")
        self.settled()

    def settled(self) -> None:
        """Return once nothing runs."""
        expect(self.page.locator('[aria-busy="true"]')).to_have_count(0)

    def canvas(self) -> list[str]:
        """Texts of the last canvas' cells."""
        texts: list[str] = self.page.locator(".canvas").last.locator(".cell").all_inner_texts()
        return texts

    def close(self) -> None:
        """End it; what went wrong fails the test."""
        self.context.close()
        assert self.faults == []
