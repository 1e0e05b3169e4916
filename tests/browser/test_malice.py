"""Whatever a model writes stays text, in its place."""

from __future__ import annotations

import pytest

from .browsing import expect
from .conftest import MakeTab
from .scripted_server import canvas, ending, scripted, text

EVIL = {
    "script": "<script>window.evil = 1</script>",
    "image": "<img src=x onerror='window.evil = 1'>",
    "svg": "<svg onload='window.evil = 1'><animate onbegin='window.evil = 1'></svg>",
    "frame": "<iframe srcdoc='<script>parent.evil = 1</script>'></iframe>",
    "style": "<style>* { display: none !important }</style>",
    "link": "[click](javascript:window.evil=1) [me](data:text/html,<script>1</script>) <a href='data:1'>",
    "picture": "![x](https://elsewhere.example/track.png) <javascript:alert(1)>",
    "form": "<form action='https://elsewhere.example'><input name=q><button>Send</button></form>",
    "comment": "<!-- <b> --> &lt;b&gt; &#60;script&#62;",
    "code": "```html\n<script>window.evil = 1</script>\n```",
}


@pytest.mark.parametrize("name", EVIL)
def test_markup_stays_text(make_tab: MakeTab, name: str) -> None:
    evil = EVIL[name]
    with scripted(lambda body: [canvas((0, evil, 0.5, 1, "commit")), text(evil), *ending()]) as url:
        tab = make_tab(url)  # which fails on requests to elsewhere, and on violations of the policy
        page = tab.open()
        tab.ask(evil)
        prose = page.locator(".prose")
        expect(prose).to_be_visible()
        kinds = set(prose.evaluate("one => [...one.querySelectorAll('*')].map(one => one.localName)"))
        assert kinds <= {"p", "pre", "code", "a", "br"}
        for link in prose.locator("a").all():
            assert str(link.get_attribute("href")).startswith("https://")
        if name not in ("link", "picture", "code"):
            assert prose.inner_text() == evil
        assert page.locator(".question p").inner_text() == evil
        page.locator(".cell").first.hover()
        expect(page.get_by_role("tooltip")).to_contain_text(evil.split("\n")[0][:20])
        assert page.locator(".cell > *").count() == 0
        page.goto(f"{url}/#compare")
        page.get_by_label("Prompt of all lanes").fill(evil)
        page.get_by_role("button", name="Race").click()
        expect(page.locator(".lane-head .badge")).to_have_count(2)
        page.get_by_role("button", name="API", exact=True).click()
        assert evil.split("\n")[0][:12] in page.locator(".api-panel").inner_text()
        assert page.evaluate("window.evil") is None


def test_endless_lines_and_marks_stay_in_their_place(make_tab: MakeTab) -> None:
    right_to_left = "\u202edlrow\u202c \u2067abc \u200f\u061c\u200b\u2028\u0000"
    endless = "x" * 20_000
    zalgo = "Z" + "\u0301\u0327\u0336" * 200
    evil = f"{right_to_left}\n\n{endless}\n\n{zalgo}"
    parts = [canvas((at, part, 0.5, 1, "commit")) for at, part in enumerate((right_to_left, endless, zalgo))]
    with scripted(lambda body: [*parts, text(evil), *ending()]) as url:
        tab = make_tab(url, viewport={"width": 360, "height": 740})
        page = tab.open()
        tab.ask("Hi")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
        assert page.locator(".prose").evaluate("one => one.textContent").count("x") == 20_000
        cells = page.locator(".cell")
        assert cells.first.inner_text().startswith("⟨202E⟩dlrow")
        assert len(cells.nth(1).inner_text()) <= 24
        boxes = [cell.bounding_box() for cell in cells.all()[:4]]
        assert len({(box["y"], box["width"], box["height"]) for box in boxes if box}) == 1
        facts = page.locator(".facts").bounding_box()
        assert facts is not None
        assert facts["width"] <= 360
