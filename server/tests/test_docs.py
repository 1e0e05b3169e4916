"""docs/http.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llada_core.engine.stats import EngineStats
from llada_server.app import create_litestar
from llada_server.context import Context
from llada_server.errors import STATUS_BY_CODE
from llada_server.field_table import markdown
from llada_server.metrics import EngineView
from llada_server.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "http.md"


@pytest.fixture
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_field_table_is_the_one_in_code(page: str) -> None:
    assert markdown() in page, "regenerate it: python -m llada_server.field_table"


def test_every_endpoint_is_documented(page: str, context: Context) -> None:
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    for route in create_litestar(context).routes:
        path = route.path.replace("{name:path}", "{id}").replace("{name:str}", "{name}")
        (method,) = set(route.methods) - {"OPTIONS"}
        assert any(f"`{method} {path}`" in row for row in rows)


def test_every_code_is_documented(page: str) -> None:
    codes = {code for code in STATUS_BY_CODE if code != "cancelled"}
    for code in codes | {
        "invalid_api_key",
        "model_not_found",
        "queue_full",
        "invalid_json",
        "unsupported_parameter",
    }:
        assert f"`{code}`" in page


def test_limits_have_their_options_and_defaults(page: str) -> None:
    section = page.partition("## Limits and safety")[2].partition("\n\nFixed are")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines()]
    found = {row[1].strip("`"): row[2] for row in rows if len(row) == 4 and row[1].startswith("`--")}
    assert len(found) == 17
    for flag, default in found.items():
        value = getattr(Settings(), flag.removeprefix("--").replace("-", "_"))
        assert default == ("the model's context" if value is None else f"{value:.10g}"), flag


def test_every_metric_is_documented(page: str, context: Context) -> None:
    names = {family.name for family in context.metrics.families(EngineView(stats=EngineStats(max_rows=1)))}
    assert len(names) > 15
    documented = set(re.findall(r"`(llada:\w+?)(?:_total)?`", page))
    assert documented == names
