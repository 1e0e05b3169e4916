"""Conversation, stop, retry, edit, copy, markdown, keyboard, and settings from the listing."""

from __future__ import annotations

import httpx

from ..serving import QUESTION, ServerProcess
from .browsing import Page, Tab, expect
from .conftest import MakeTab
from .scripted_server import ending, scripted, text

ANSWER = "17 + 25 = 42. The answer is 42."
MARKDOWN = """# Sum

1. **bold** and *slanted*
2. `code`

```python
print("<b>")
```

| a | b |
|---|---|
| 1 | 2 |

[a page](https://example.org/x) and ![a picture](https://example.org/p.png)
"""


def test_a_conversation_goes_on(tab: Tab) -> None:
    page = tab.open()
    tab.ask(QUESTION)
    expect(page.locator(".prose")).to_have_text(ANSWER)
    facts = page.locator(".facts").inner_text()
    assert "dual_cache, schedule" in facts
    assert "forwards" in facts
    assert "tokens/s" in facts
    tab.ask("And what is 3 plus 4?")
    expect(page.locator(".turn")).to_have_count(2)
    roles = [message["role"] for message in tab.sent[-1]["messages"]]
    assert roles == ["user", "assistant", "user"]
    assert tab.sent[-1]["messages"][1]["content"] == ANSWER
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)


def test_stop_ends_the_run_here_and_at_the_server(tab: Tab, server: ServerProcess) -> None:
    page = tab.open()
    tab.set("gen_length", "768")
    tab.set("ignore_eos", "true")
    page.get_by_label("Message", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".cell.fresh")).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Stopped.")).to_be_visible()
    for _ in range(100):
        if httpx.get(f"{server.url}/health").json()["running_requests"] == 0:
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError("the server goes on")
    assert page.locator(".cell.masked").count() > 0


def test_retry_and_edit_ask_again(tab: Tab) -> None:
    page = tab.open()
    tab.ask(QUESTION)
    page.get_by_role("button", name="Retry").click()
    tab.settled()
    assert [body["messages"] for body in tab.sent] == [[{"role": "user", "content": QUESTION}]] * 2
    expect(page.locator(".turn")).to_have_count(1)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Edit the message").fill("What is 3 plus 4?")
    page.keyboard.press("Escape")
    expect(page.locator(".question")).to_contain_text(QUESTION)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Edit the message").fill("What is 3 plus 4?")
    page.keyboard.press("Enter")
    tab.settled()
    expect(page.locator(".prose")).to_contain_text("7")
    assert len(tab.sent) == 3
    assert tab.sent[-1]["messages"] == [{"role": "user", "content": "What is 3 plus 4?"}]


def test_copy_gives_the_reply_as_it_came(tab: Tab) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = tab.open()
    tab.ask(QUESTION)
    page.get_by_role("button", name="Copy the reply").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == ANSWER


def test_markdown(make_tab: MakeTab) -> None:
    with scripted(lambda body: [text(MARKDOWN), *ending()]) as url:
        tab = make_tab(url)
        page = tab.open()
        tab.ask("Hi")
        prose = page.locator(".prose")
        expect(prose.locator("h3")).to_have_text("Sum")
        expect(prose.locator("ol > li strong")).to_have_text("bold")
        expect(prose.locator("li em")).to_have_text("slanted")
        expect(prose.locator("li code")).to_have_text("code")
        expect(prose.locator("pre")).to_have_text('print("<b>")')
        expect(prose.locator("td")).to_have_text(["1", "2"])
        links = prose.locator("a")
        expect(links).to_have_text(["a page", "a picture"])
        assert links.first.get_attribute("rel") == "noopener noreferrer nofollow"
        assert prose.locator("img").count() == 0


def test_everything_works_by_keyboard(tab: Tab) -> None:
    page = tab.open()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.keyboard.type("What is 17")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("plus 25?")
    page.keyboard.press("Enter")
    tab.settled()
    assert tab.sent[0]["messages"][0]["content"] == "What is 17\nplus 25?"
    reached = []
    page.evaluate("document.activeElement.blur(); document.body.focus()")
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel"))
        if page.evaluate("document.activeElement.getAttribute('role') === 'listbox'"):
            page.keyboard.press("ArrowRight")
            expect(page.get_by_role("tooltip")).to_contain_text("position 0")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowDown")
            expect(page.get_by_role("tooltip")).to_contain_text("position 17")
            page.keyboard.press("Home")
            expect(page.get_by_role("tooltip")).to_contain_text("position 0")
            chosen = page.locator('[aria-selected="true"]')
            assert page.evaluate("document.activeElement.getAttribute('aria-activedescendant')") == (
                chosen.get_attribute("id")
            )
            assert "confidence" in str(chosen.get_attribute("aria-label"))
    text = " ".join(map(str, reached))
    for name in ("Skip to", "Chat", "Compare", "Infill", "Plugins", "Settings", "API", "Edit", "Retry"):
        assert name in text, name
    assert "Play the steps" in text


def focus_on(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        called = "one => one.ariaLabel || one.labels?.[0]?.innerText || one.innerText || ''"
        if page.evaluate(f"({called})(document.activeElement)").strip() == name:
            return
    raise AssertionError(f"Tab does not lead to {name}")


def follow(page: Page, name: str) -> None:
    """Go to what is called so, and press it."""
    focus_on(page, name)
    page.keyboard.press("Enter")


def test_every_view_works_by_keyboard(tab: Tab) -> None:
    """Without a mouse: races, settings of a lane, its timeline, holes, panels, plugins."""
    page = tab.open()
    follow(page, "Compare")
    follow(page, "Prompt of all lanes")
    expect(page.locator(".lane-head .badge")).to_have_count(2)
    follow(page, "Algorithm and settings")
    focus_on(page, "gen_length")
    page.keyboard.type("64")
    focus_on(page, "Step")
    page.keyboard.press("Home")
    expect(page.locator(".lane").first.locator(".cell.masked")).to_have_count(128)
    page.keyboard.press("Escape")
    follow(page, "API")
    focus_on(page, "Close the panel")
    expect(page.locator(".api-panel")).to_contain_text('"gen_length": 64')
    page.keyboard.press("Escape")
    expect(page.locator(".api-panel")).to_have_count(0)
    follow(page, "Infill")
    focus_on(page, "Text with holes")
    page.keyboard.press("Control+a")
    page.keyboard.type("17 +[[3]] = 42.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".filled mark")).to_have_count(1)
    follow(page, "Plugins")
    focus_on(page, "Plugins")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "main":
            break
    page.keyboard.press("End")
    while page.evaluate("document.querySelector('main').scrollTop") < 200:
        page.wait_for_timeout(50)


def test_each_parameter_of_the_chosen_algorithm_is_a_setting(tab: Tab, server: ServerProcess) -> None:
    page = tab.open()
    listing = server.get("/generation/algorithms")
    fields = page.locator(".panel .field")
    for algorithm in listing["algorithms"]:
        option = page.locator(f'.panel option[value="{algorithm["name"]}"]').first
        if not algorithm["available"]:
            assert option.is_disabled()
            continue
        page.get_by_label("Algorithm").select_option(algorithm["name"])
        expect(page.locator(".panel")).to_contain_text(algorithm["description"])
        own = (algorithm["params"] or {}).get("properties", {})
        for name, schema in (listing["parameters"]["properties"] | own).items():
            field = fields.filter(has=page.get_by_text(name, exact=True))
            expect(field.locator(".hint").first).to_contain_text(schema["description"])
            for select in field.locator("select").all():
                assert select.evaluate("one => one.selectedIndex") == 0, "the default is what is shown"


def test_parameters_of_a_third_party_are_sent(tab: Tab) -> None:
    page = tab.open()
    page.get_by_label("Algorithm").select_option("patient")
    tab.set("patience", "3")
    tab.set("mood", "wild")
    tab.set("polite", "false")
    tab.set("weights", "[0.5, 2]")
    tab.set("gen_length", "16")
    tab.ask(QUESTION)
    expected = {"patience": 3, "mood": "wild", "polite": False, "weights": [0.5, 2], "gen_length": 16}
    assert tab.sent[0].items() >= {"generation_algorithm": "patient", **expected}.items()
    expect(page.locator(".facts")).to_contain_text("patient, schedule")
    page.get_by_role("button", name="Reset mood").click()
    page.get_by_label("Algorithm").select_option("basic")
    tab.set("unmasking", "slowfast")
    expect(page.locator(".panel legend", has_text="slowfast")).to_be_visible()
    tab.ask(QUESTION)
    assert tab.sent[1].keys().isdisjoint({"patience", "mood", "weights"})
    assert tab.sent[1]["unmasking"] == "slowfast"
