"""The examples, run as their first lines say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ..serving import environment, serving

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_programmatic() -> None:
    available, *replies = run("programmatic.py")
    assert available.startswith("Available algorithms: [")
    assert [reply.split(" (")[0] for reply in replies] == ["basic", "prefix_cache", "dual_cache"]
    assert all("42" in reply for reply in replies)


def test_client(tmp_path: Path) -> None:
    with serving(tmp_path / "log") as server:
        lines = run("client.py", f"{server.url}/v1")
    for answer, name in zip(lines[:3], ("basic", "prefix_cache", "dual_cache"), strict=True):
        assert answer.startswith(f"{name} (16 forwards): ")
        assert "42" in answer
    assert len(" ".join(lines[3:]).split()) > 5


@pytest.mark.parametrize("name", ["programmatic.py", "client.py"])
def test_an_example_fits_one_screen(name: str) -> None:
    assert len((EXAMPLES / name).read_text().splitlines()) <= 60
