"""The example of a third-party plugin, found as if it were installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from llada_core.plugins import GROUP
from llada_core.testing import importable, make_distribution, registry_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "llada-left-to-right"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The metadata that installing it would write."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    make_distribution(
        tmp_path,
        project["name"],
        version=project["version"],
        requires=project["dependencies"],
        entry_points=project["entry-points"][GROUP],
    )
    return tmp_path


def test_it_loads(site: Path) -> None:
    with importable(EXAMPLE / "src"):
        registry = registry_of(site)
    [record] = registry.records
    assert (record.status, record.rules, record.warnings) == ("loaded", ("left_to_right",), ())


def test_its_own_tests_pass(site: Path) -> None:
    paths = [str(site), str(EXAMPLE / "src"), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(EXAMPLE / "tests")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
