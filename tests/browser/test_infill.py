"""Text with holes, filled before one's eyes."""

from __future__ import annotations

from .browsing import Tab, expect


def test_holes_are_filled_where_they_stand(tab: Tab) -> None:
    page = tab.open("infill")
    page.get_by_label("In reply to").fill("What is 17 plus 25?")
    page.get_by_label("Text with holes").fill("17 +[[4]] = 42. The answer is")
    page.get_by_label("Text with holes").press("End")
    page.get_by_role("button", name="Insert a hole").click()
    page.keyboard.type("6")
    expect(page.get_by_label("Text with holes")).to_have_value("17 +[[4]] = 42. The answer is[[6]]")
    expect(page.locator("#template-hint")).to_contain_text("2 holes, 10 tokens")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".filled mark")).to_have_count(2)
    template = [{"text": "17 +"}, {"hole": {"max_tokens": 4}}, {"text": " = 42. The answer is"}]
    assert tab.sent[-1]["template"] == [*template, {"hole": {"max_tokens": 6}}]
    groups = page.locator(".canvas .group")
    assert [group.locator(".cell").count() for group in groups.all()] == [4, 6]
    fills = page.locator(".filled mark").all_inner_texts()
    for group, fill in zip(groups.all(), fills, strict=True):
        shown = "".join(group.locator(".cell").all_inner_texts()).replace("·", "")
        assert shown == fill.replace(" ", "")
    text = page.locator(".filled .as-is").inner_text()
    assert text == f"17 +{fills[0]} = 42. The answer is{fills[1]}"
    groups.nth(1).locator(".cell").first.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("hole 2")


def test_a_text_is_filled_again_on_a_canvas_of_its_own(tab: Tab) -> None:
    page = tab.open("infill")
    page.get_by_label("In reply to").fill("What is 17 plus 25?")
    for size in (4, 5):
        page.get_by_label("Text with holes").fill(f"17 +[[{size}]] = 42.")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".canvas .cell")).to_have_count(size)
        fill = page.locator(".filled mark").inner_text()
        assert "".join(tab.canvas()).replace("·", "") == fill.replace(" ", "") != ""


def test_a_text_without_a_hole_is_not_sent(tab: Tab) -> None:
    page = tab.open("infill")
    page.get_by_label("Text with holes").fill("Nothing is missing.")
    expect(page.get_by_text("There is no hole yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Fill")).to_be_disabled()
