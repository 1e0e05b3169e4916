"""What Lighthouse would measure: first paint, weight, layout shift; `-s` is not needed to see the numbers."""

from __future__ import annotations

import gzip
import re

import pytest

from llada_server.playground_files import FOLDER

from ..serving import ServerProcess
from .browsing import Page, Tab
from .conftest import MakeTab

SECOND = 1000
MOST_SCRIPT = 120_000
"""Bytes, compressed."""
MOST_SHIFT = 0.01
"""Of Lighthouse's score for layout shift; up to 0.1 counts as good."""
SHIFT = """() => new Promise(resolve => new PerformanceObserver(list => resolve(
        list.getEntries().filter(one => !one.hadRecentInput).reduce((sum, one) => sum + one.value, 0)
    )).observe({type: 'layout-shift', buffered: true}) ?? setTimeout(() => resolve(0), 200))"""
"""The sum of all shifts since the page was opened that nobody's hand caused."""


def painted(page: Page) -> float:
    """Milliseconds from the start of the navigation to the first contentful paint."""
    while not page.evaluate("performance.getEntriesByName('first-contentful-paint').length"):
        page.wait_for_timeout(50)
    at: float = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return at


def test_first_paint_and_size(
    make_tab: MakeTab, server: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under a second on localhost, under 120 kB of script; the best of three, since other things run too."""
    paints = []
    for _ in range(3):
        page = make_tab(server.url).open()
        paints.append(painted(page))
    sent = page.evaluate("performance.getEntriesByType('resource').filter(one => /app.js/.test(one.name))[0]")
    with capsys.disabled():
        print(f"\nfirst contentful paint {min(paints):.0f} ms, app.js {sent['encodedBodySize']} bytes packed")
    assert min(paints) < SECOND
    assert sent["encodedBodySize"] < MOST_SCRIPT
    assert sent["encodedBodySize"] == len(gzip.compress((FOLDER / "app.js").read_bytes(), mtime=0))
    names = page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)")
    assert all(re.match(r"/(playground|health|generation|v1)/", name) for name in names)


@pytest.mark.parametrize("width", [360, 1440])
def test_layout_shift(
    make_tab: MakeTab, server: ServerProcess, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    """From opening the page to the end of a reply, which takes longer than what counts as caused by a key."""
    tab: Tab = make_tab(server.url, viewport={"width": width, "height": 900})
    page = tab.open()
    opened = page.evaluate(SHIFT)
    tab.ask("Write a short story about a fox.")
    shift = page.evaluate(SHIFT)
    with capsys.disabled():
        print(f"\nlayout shift at {width} px: {opened:.4f} when opened, {shift:.4f} after a reply")
    assert shift < MOST_SHIFT
