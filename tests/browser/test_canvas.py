"""The canvas: live, coloured, explained, and at any of its steps afterwards."""

from __future__ import annotations

import threading
from typing import Any

from ..serving import QUESTION
from .browsing import Page, Tab, expect
from .conftest import MakeTab
from .scripted_server import Pieces, canvas, ending, scripted, text

FOX = "Write a short story about a fox."


def classes(page: Page) -> list[str]:
    """Of each cell of the first canvas."""
    return [str(cell.get_attribute("class")) for cell in page.locator(".canvas").first.locator(".cell").all()]


def test_each_state_of_a_position_while_it_runs(make_tab: MakeTab) -> None:
    steps = [threading.Event() for _ in range(4)]

    def script(body: dict[str, Any]) -> Pieces:
        yield canvas((0, "Tom", 0.99, 1, "commit"), (2, " left", 0.3, 1, "commit"))
        steps[0].wait(60)
        yield canvas((2, " ran", 0.7, 2, "commit"), (1, " and", None, 2, "preview"))
        steps[1].wait(60)
        yield canvas((0, "", None, 3, "remask"))
        steps[2].wait(60)
        yield canvas((0, "Tom", 1.0, 4, "commit"), (7, "", 1.0, 4, "commit"))
        steps[3].wait(60)
        yield from ending()

    with scripted(script) as url:
        tab = make_tab(url, viewport={"width": 1280, "height": 900})
        page = tab.open()
        tab.set("gen_length", "8")
        tab.set("block_length", "4")
        page.get_by_label("Message", exact=True).fill("Hi")
        page.keyboard.press("Enter")
        cells = page.locator(".canvas .cell")
        expect(cells).to_have_count(8)
        expect(page.locator(".canvas .group")).to_have_count(2)
        expect(cells.nth(0)).to_have_class("cell c5 fresh")
        assert classes(page) == ["cell c5 fresh", "cell masked", "cell c0 fresh", *["cell masked"] * 5]
        expect(page.locator(".group.active")).to_have_attribute("aria-label", "Block 1")
        steps[0].set()
        expect(cells.nth(2)).to_have_class("cell c2 fresh revised")
        expect(cells.nth(1)).to_have_class("cell fresh tentative")
        assert classes(page)[0] == "cell c5"
        cells.nth(2).hover()
        tip = page.get_by_role("tooltip")
        expect(tip).to_contain_text("“␣ran”")
        expect(tip).to_contain_text("70.0 %")
        expect(tip).to_contain_text("step 2")
        expect(tip).to_contain_text("before: “␣left”")
        steps[1].set()
        expect(cells.nth(0)).to_have_class("cell masked remasked")
        steps[2].set()
        expect(cells.nth(7)).to_have_class("cell c5 end fresh")
        expect(cells.nth(0)).to_have_class("cell c5 fresh")
        steps[3].set()
        tab.settled()
        expect(page.locator(".canvas.over")).to_be_visible()


def test_the_canvas_of_a_model_is_its_reply(tab: Tab) -> None:
    page = tab.open()
    tab.set("gen_length", "96")
    tab.ask(FOX)
    reply = page.locator(".prose").inner_text()
    assert "".join(tab.canvas()).replace("·", "") == reply.replace(" ", "")
    groups = page.locator(".canvas .group")
    expect(groups).to_have_count(3)
    assert [group.locator(".cell").count() for group in groups.all()] == [32, 32, 32]


def test_colour_by_confidence_or_by_step(tab: Tab) -> None:
    page = tab.open()
    tab.set("gen_length", "32")
    tab.ask(QUESTION)
    committed = [name for name in classes(page) if "masked" not in name]
    assert all(name.split()[1][0] == "c" for name in committed)
    page.get_by_text("step", exact=True).click()
    levels = {name.split()[1] for name in classes(page) if "masked" not in name}
    assert levels == {f"s{level}" for level in range(8)}
    swatches = page.locator(".legend .scale .swatch")
    expect(swatches).to_have_count(8)
    colours = {swatch.evaluate("one => getComputedStyle(one).backgroundColor") for swatch in swatches.all()}
    assert len(colours) == 8


def test_the_timeline_goes_back_and_forth(tab: Tab) -> None:
    page = tab.open()
    tab.set("gen_length", "32")
    tab.ask(QUESTION)
    last, slider = tab.canvas(), page.get_by_label("Step", exact=True)
    steps = int(str(slider.get_attribute("max")))
    assert steps == 32
    shown = []
    for step in (0, 5, 31, 12, 32):
        slider.fill(str(step))
        expect(page.locator(".timeline output")).to_have_text(f"step {step} of 32")
        shown.append(page.locator(".cell:not(.masked)").count())
        fresh = page.locator(".canvas .cell.fresh")
        expect(fresh).to_have_count(1 if step else 0)
        if step:
            fresh.hover()
            expect(page.get_by_role("tooltip")).to_contain_text(f"committed at step {step}")
    assert shown == [0, 5, 31, 12, 32]
    assert tab.canvas() == last
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".timeline output")).to_have_text("step 31 of 32")


def test_a_recording_plays_at_the_chosen_speed(tab: Tab) -> None:
    page = tab.open()
    tab.set("gen_length", "32")
    tab.ask(QUESTION)
    page.get_by_label("Speed").select_option("10")
    page.evaluate(
        """window.seen = []; new MutationObserver(() => seen.push([
            performance.now(), parseInt(document.querySelector('.timeline output').innerText.slice(5))
        ])).observe(document.querySelector('.timeline output'), {characterData: true, subtree: true})"""
    )
    page.get_by_role("button", name="Play the steps").click()
    output = page.locator(".timeline output")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    while page.evaluate("seen.at(-1)?.[1] ?? 0") < 10:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Pause").click()
    held = output.inner_text()
    page.wait_for_timeout(400)
    assert output.inner_text() == held
    (began, first), *_, (ended, last) = page.evaluate("seen")
    assert 7 < (last - first) / (ended - began) * 1000 < 13
    page.get_by_label("Speed").select_option("100")
    page.get_by_role("button", name="Play the steps").click()
    expect(output).to_have_text("step 32 of 32")
    expect(page.get_by_role("button", name="Play the steps")).to_be_visible()


def test_an_algorithm_that_revises_is_shown_to(tab: Tab) -> None:
    page = tab.open()
    page.get_by_label("Algorithm").select_option("wino")
    tab.set("gen_length", "64")
    tab.set("block_length", "64")
    tab.set("threshold", "0.2")
    tab.set("threshold_back", "0.95")
    tab.ask(FOX)
    reply = page.locator(".prose").inner_text()
    assert "".join(tab.canvas()).replace("·", "") == reply.replace(" ", "")
    slider, seen = page.get_by_label("Step", exact=True), set()
    for step in range(1, int(str(slider.get_attribute("max"))) + 1):
        slider.fill(str(step))
        expect(page.locator(".timeline output")).to_contain_text(f"step {step} of")
        seen |= {word for name in classes(page) for word in name.split()}
    assert seen >= {"remasked", "revised", "fresh", "masked"}


def test_nothing_moves_while_the_canvas_changes(make_tab: MakeTab) -> None:
    def script(body: dict[str, Any]) -> Pieces:
        for step in range(64):
            words = ["a", " incomprehensibilities", "", "\n", "字", "🙂"]
            change = (step, words[step % 6], step / 64, step + 1, "commit")
            yield canvas(change)
            yield 0.02
            if step % 8 == 7:
                yield text(f"line {step}\n\n")
        yield from ending(64)

    with scripted(script) as url:
        for width in (360, 1440):
            tab = make_tab(url, viewport={"width": width, "height": 800})
            page = tab.open()
            page.evaluate(
                """window.shifts = []; new PerformanceObserver(list => {
                    for (const entry of list.getEntries()) shifts.push(...entry.sources.map(
                        one => (one.node?.parentElement ?? one.node)?.outerHTML + ' ' + entry.value));
                }).observe({type: 'layout-shift', buffered: false})"""
            )
            page.get_by_label("Message", exact=True).fill("Hi")
            page.keyboard.press("Enter")
            box = page.locator(".canvas")
            box.wait_for()
            before = box.bounding_box()
            page.evaluate("shifts.length = 0")
            tab.settled()
            assert box.bounding_box() == before
            assert page.evaluate("shifts") == []
