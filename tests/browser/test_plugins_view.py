"""What is installed, whether it works, and what it can be told."""

from __future__ import annotations

from ..serving import ServerProcess
from .browsing import Tab, expect


def test_every_plugin_with_its_status_reason_and_parameters(tab: Tab, server: ServerProcess) -> None:
    page = tab.open("plugins")
    listing = server.get("/generation/algorithms")
    installed = page.locator("section", has=page.get_by_role("heading", name="Installed"))
    for plugin in listing["plugins"]:
        card = installed.locator(".card", has=page.get_by_text(plugin["distribution"])).filter(
            has=page.locator("h3", has_text=plugin["name"])
        )
        expect(card.first).to_contain_text(plugin["status"])
        if plugin["reason"]:
            expect(card.first).to_contain_text(plugin["reason"])
    off = installed.locator(".card", has_text="llada-eb")
    expect(off.locator(".badge.bad")).to_contain_text("blocked")
    algorithms = page.locator("section", has=page.get_by_role("heading", name="Algorithms", exact=True))
    for algorithm in listing["algorithms"]:
        card = algorithms.locator(".card", has=page.locator("h3", has_text=algorithm["name"])).first
        expect(card).to_contain_text(algorithm["description"])
        word = "available" if algorithm["available"] else "not available"
        expect(card.locator(".badge").last).to_have_text(word)
        for name, schema in ((algorithm["params"] or {}).get("properties") or {}).items():
            expect(card.locator(".parameters")).to_contain_text(name)
            expect(card.locator(".parameters")).to_contain_text(schema["description"])
        if not algorithm["available"]:
            expect(card.locator(".why")).to_contain_text(algorithm["reason"])
    assert any(not algorithm["available"] for algorithm in listing["algorithms"])
