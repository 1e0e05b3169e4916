"""What the engine's process is started with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from llada_server.engine_child import SPINS, EngineChild
from llada_server.engine_messages import Start
from llada_server.settings import Settings

pytestmark = pytest.mark.anyio

TELL = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(os.environ['GOMP_SPINCOUNT'])"


@pytest.mark.parametrize(("wanted", "used"), [(None, SPINS), ("7", "7")])
async def test_its_threads_soon_sleep_unless_the_environment_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str | None, used: str
) -> None:
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    if wanted:
        monkeypatch.setenv("GOMP_SPINCOUNT", wanted)
    told = tmp_path / "told"
    start = Start(folder="", settings=Settings(), files=[], path=[])
    await EngineChild(start, lambda message: None, (sys.executable, "-c", TELL, str(told))).run()
    assert told.read_text() == used
