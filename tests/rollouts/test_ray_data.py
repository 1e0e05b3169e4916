"""The recipe for Ray Data, killed and run again. `nox -s replicas` runs this."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.replicas, pytest.mark.timeout(900)]
RECIPE = Path(__file__).parents[2] / "examples" / "rollouts_ray.py"
LINES = 60


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path, since those of Ray's sockets may not be long."""
    made = Path(tempfile.mkdtemp(prefix="llada"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def recipe(folder: Path) -> subprocess.Popen[bytes]:
    params = json.dumps({"steps": 8, "gen_length": 32, "block_length": 8})
    options = ["--rows", "4", "--batch", "10", "--params", params]
    return subprocess.Popen(
        [sys.executable, str(RECIPE), str(folder / "in.jsonl"), str(folder / "out.parquet"), *options],
        env=os.environ | {"OMP_NUM_THREADS": "1", "RAY_TMPDIR": str(folder), "RAY_worker_niceness": "0"},
        start_new_session=True,
    )


def rows(folder: Path) -> list[str]:
    parquet = pytest.importorskip("pyarrow.parquet")
    found: list[str] = []
    for file in (folder / "out.parquet").glob("*.parquet"):
        try:
            found += parquet.read_table(file)["id"].to_pylist()
        except Exception:  # it is being written, or was
            continue
    return found


def test_a_run_that_is_killed_goes_on(folder: Path) -> None:
    pytest.importorskip("ray")
    lines = [{"id": f"a{n}", "prompt": f"What is {n} plus 3?"} for n in range(LINES)]
    (folder / "in.jsonl").write_text("\n".join(map(json.dumps, lines)))
    first = recipe(folder)
    deadline = time.monotonic() + 400
    while not rows(folder):
        assert first.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    time.sleep(5)  # Ray's other processes notice
    there = len(rows(folder))
    assert 0 < there < LINES, "it has to be killed in the middle"
    assert recipe(folder).wait(600) == 0
    assert sorted(rows(folder)) == sorted(line["id"] for line in lines)
