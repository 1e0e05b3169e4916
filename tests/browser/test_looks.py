"""Accessible and whole at every width, in light and dark; LOOKS_AT=FOLDER keeps pictures."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from ..serving import QUESTION, ServerProcess
from .browsing import SCHEMES, WIDTHS, Page, Tab, expect
from .conftest import MakeTab

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FINGER = 44
"""Pixels that a target has at least where screens are touched."""
TOO_SMALL = """finger => [...document.querySelectorAll(
        'button, nav a, input:not([type=checkbox], [type=radio]), select, textarea, summary, .check, ' +
        '.segmented label'
    )].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width && (box.width < finger || box.height < finger);
    }).map(one => one.outerHTML.slice(0, 120))"""
"""Targets that are smaller; a box that is ticked counts with its label."""


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds wrong on the screen: rules, and where."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert found["passes"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]


def check(page: Page, name: str) -> None:
    """No violation, nothing wider than the screen; keeps a picture."""
    folder = os.environ.get("LOOKS_AT")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "parts scroll, not the page"
    beyond = page.evaluate(
        """[...document.querySelectorAll('button, a, input, select, textarea, .cell, p')].filter(one => {
            const box = one.getBoundingClientRect();
            return box.width && box.right > innerWidth + 1 && !one.closest('pre');
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert beyond == []
    if page.viewport_size["width"] == min(WIDTHS):
        assert page.evaluate(TOO_SMALL, FINGER) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_view(make_tab: MakeTab, server: ServerProcess, width: int, scheme: str) -> None:
    height = {360: 740, 768: 1024}.get(width, 900)
    tab = make_tab(server.url, viewport={"width": width, "height": height}, color_scheme=scheme)
    page, name = tab.open(), f"{width}-{scheme}"
    check(page, f"{name}-1-welcome")
    tab.ask("Write a short story about a fox.")
    check(page, f"{name}-2-chat")
    page.locator(".chat .scroll").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    check(page, f"{name}-2-chat-end")
    page.locator(".cell").nth(3).hover()
    page.get_by_label("Step", exact=True).fill("20")
    check(page, f"{name}-3-scrubbed")
    page.get_by_role("button", name="API", exact=True).click()
    check(page, f"{name}-4-api")
    page.get_by_role("button", name="Close the panel").click()
    page.get_by_role("button", name="Settings", exact=True).click()
    tab.set("temperature", "50")
    check(page, f"{name}-5-settings")
    page.get_by_role("button", name="Close the panel").click()
    tab.ask("What is 17 plus 25?")
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, f"{name}-5-refused")
    page.get_by_role("link", name="Compare").click()
    check(page, f"{name}-6-compare-before")
    page.get_by_role("button", name="Race").click()
    expect(page.locator(".lane-head .badge")).to_have_count(2)
    page.locator(".lane").first.get_by_text("Algorithm and settings").click()
    check(page, f"{name}-6-compare")
    page.get_by_role("button", name="Add a lane").click()
    page.get_by_role("button", name="Add a lane").click()
    check(page, f"{name}-6-compare-four")
    page.get_by_role("link", name="Infill").click()
    check(page, f"{name}-7-infill-before")
    page.get_by_role("button", name="Fill").click()
    expect(page.locator(".filled mark").first).to_be_visible()
    check(page, f"{name}-7-infill")
    page.get_by_role("link", name="Plugins").click()
    check(page, f"{name}-8-plugins")
    page.get_by_role("link", name="Chat").click()
    page.route("**/health/ready", lambda route: route.abort())
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".top-notice")).to_be_visible()
    check(page, f"{name}-9-unreachable")


def test_the_theme_can_be_chosen(tab: Tab) -> None:
    page = tab.open()
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Use dark colours").click()
    assert page.evaluate(background) != light
    page.get_by_role("button", name="Use light colours").click()
    assert page.evaluate(background) == light


def test_every_tint_has_enough_contrast(tab: Tab) -> None:
    """Text in cells is too short for axe to judge it in every colour; AA asks for 4.5."""
    page = tab.open()
    for button in ("Use dark colours", "Use light colours"):
        ratios = page.evaluate(
            """() => {
                const rgb = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
                const light = colour => rgb(colour).map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
                const cell = document.createElement('span');
                document.body.append(cell);
                const found = {};
                for (const name of ['c0','c1','c2','c3','c4','c5','s0','s1','s2','s3','s4','s5','s6','s7']) {
                    cell.className = 'cell ' + name;
                    const style = getComputedStyle(cell);
                    const [a, b] = [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a);
                    found[name] = (a + 0.05) / (b + 0.05);
                }
                cell.remove();
                return found;
            }"""
        )
        assert len(ratios) == 14
        assert min(ratios.values()) > 4.5, ratios
        page.get_by_role("button", name=button).click()


def test_reduced_motion_is_respected(make_tab: MakeTab, server: ServerProcess) -> None:
    tab = make_tab(server.url, reduced_motion="reduce")
    page = tab.open()
    tab.ask(QUESTION)
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].filter(one => {
            const style = getComputedStyle(one);
            return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0
