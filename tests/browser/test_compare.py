"""One prompt, several lanes at once."""

from __future__ import annotations

from typing import Any

from .browsing import Tab, expect
from .conftest import MakeTab
from .scripted_server import Pieces, ending, scripted, text

FOX = "Write a short story about a fox."


def test_lanes_race_and_are_compared(tab: Tab) -> None:
    page = tab.open("compare")
    for _ in range(2):
        page.get_by_role("button", name="Add a lane").click()
    expect(page.get_by_role("button", name="Add a lane")).to_have_count(0)
    page.get_by_role("button", name="Remove Lane 4").click()
    lanes = page.locator(".lane")
    expect(lanes).to_have_count(3)
    third = lanes.nth(2)
    third.get_by_text("Algorithm and settings").click()
    third.get_by_label("Algorithm").select_option("basic")
    third.locator(".field", has=page.get_by_text("temperature", exact=True)).locator("input").fill("1.2")
    third.locator(".field", has=page.get_by_text("seed", exact=True)).locator("input").fill("7")
    for lane in lanes.all():
        if lane.locator("details[open]").count() == 0:
            lane.get_by_text("Algorithm and settings").click()
        lane.locator(".field", has=page.get_by_text("gen_length", exact=True)).locator("input").fill("32")
        lane.get_by_text("Algorithm and settings").click()
    page.get_by_label("Prompt of all lanes").fill(FOX)
    page.get_by_role("button", name="Race").click()
    expect(page.locator(".lane-head .badge")).to_have_count(3)
    assert sorted(page.locator(".lane-head .badge").all_inner_texts()) == ["first", "second", "third"]
    assert [body.get("generation_algorithm") for body in tab.sent] == [None, None, "basic"]
    assert tab.sent[1]["threshold"] == 0.9
    assert {body["messages"][0]["content"] for body in tab.sent} == {FOX}
    numbers = [lane.locator(".numbers dd").all_inner_texts() for lane in lanes.all()]
    forwards = [int(row[0]) for row in numbers]
    assert forwards[1] < forwards[0] == 32
    for row in numbers:
        seconds, rate = float(row[1]), float(row[2])
        assert 0 < seconds < 120
        assert rate > 0
    expect(lanes.nth(2).locator("ins").first).to_be_visible()
    expect(lanes.nth(2).locator("del").first).to_be_visible()


def test_differences_are_those_of_the_texts(make_tab: MakeTab) -> None:
    replies = iter(["The fox ran home.", "The red fox ran.", "The fox ran home.", "A fox ran."])

    def script(body: dict[str, Any]) -> Pieces:
        return [text(next(replies)), 0.3, *ending()]

    with scripted(script) as url:
        tab = make_tab(url)
        page = tab.open("compare")
        for _ in range(2):
            page.get_by_role("button", name="Add a lane").click()
        expect(page.locator(".lane").first).to_contain_text("Race starts all lanes at once.")
        page.get_by_role("button", name="Race").click()
        expect(page.locator(".lane-head .badge")).to_have_count(4)
        texts = {lane.locator(".lane-text").inner_text() for lane in page.locator(".lane").all()}
        assert any("The same text as lane 1." in text for text in texts) or page.locator("ins").count()
        for lane in page.locator(".lane").all()[1:]:
            shown = lane.locator(".as-is")
            kept, struck = (
                shown.evaluate(
                    """(one, left) => [...one.childNodes].filter(n => n.nodeName !== left)
                        .map(n => n.textContent).join('')""",
                    left,
                )
                for left in ("DEL", "INS")
            )
            assert kept in {"The fox ran home.", "The red fox ran.", "A fox ran."}
            assert struck == page.locator(".lane").first.locator(".prose").inner_text()


def test_a_second_race_has_canvases_of_its_own(tab: Tab) -> None:
    page = tab.open("compare")
    for question in ("What is 17 plus 25?", "What is 3 plus 4?"):
        page.get_by_label("Prompt of all lanes").fill(question)
        page.get_by_role("button", name="Race").click()
        expect(page.get_by_role("button", name="Race")).to_be_visible()
        expect(page.locator(".lane-head .badge")).to_have_count(2)
        for lane in page.locator(".lane").all():
            text = lane.locator(".lane-text p").first.inner_text()
            held = "".join(lane.locator(".cell").all_inner_texts()).replace("·", "")
            assert held == text.replace(" ", "") != ""


def test_all_lanes_stop_at_once(tab: Tab) -> None:
    page = tab.open("compare")
    page.get_by_label("Prompt of all lanes").fill(FOX)
    page.get_by_role("button", name="Race").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Race")).to_be_visible()
    expect(page.locator(".lane", has_text="Stopped.").first).to_be_visible()
