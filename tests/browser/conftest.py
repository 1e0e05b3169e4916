"""The page in a browser, in front of a real server with the demo checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..serving import ServerProcess, environment, serving

if TYPE_CHECKING:
    from .browsing import Browser, Tab

THIRD_PARTY = Path(__file__).with_name("third_party.py")
MakeTab = Callable[..., "Tab"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """With a plugin of a third party, and one that is switched off."""
    log = tmp_path_factory.mktemp("server") / "log"
    env = environment(LLADA_PLUGINS_DISABLED="llada-eb")
    with serving(log, "--plugin", str(THIRD_PARTY), env=env) as process:
        yield process


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    from .browsing import browsing

    with browsing() as browser:
        yield browser


@pytest.fixture
def make_tab(chromium: Browser) -> Iterator[MakeTab]:
    """Makes tabs; what goes wrong in one fails the test."""
    from .browsing import Tab

    made: list[Tab] = []

    def make(url: str, **context: Any) -> Tab:
        made.append(Tab(chromium, url, **context))
        return made[-1]

    yield make
    for tab in made:
        tab.close()


@pytest.fixture
def tab(make_tab: MakeTab, server: ServerProcess) -> Tab:
    """The page on a wide screen."""
    return make_tab(server.url, viewport={"width": 1280, "height": 900})
