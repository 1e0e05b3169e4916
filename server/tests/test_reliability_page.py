"""`docs/reliability.md` names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def test_every_row_names_a_test() -> None:
    rows = re.findall(r"^\| ([SR]\d+) \|.*\| ([^|]*) \|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == [*(f"S{n}" for n in range(1, 16)), *(f"R{n}" for n in range(1, 16))]
    for _, tests in rows:
        assert "::test_" in tests or "nox -s" in tests


def test_named_tests_are_there() -> None:
    found = re.findall(r"`((?:server/)?(?:tests|acceptance)/[\w/]+\.py)::(test_\w+)`", PAGE)
    assert len(found) > 40
    for file, name in found:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), (file, name)
