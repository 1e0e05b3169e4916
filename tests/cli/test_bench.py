"""`llada bench`, on a small canvas of the demo model."""

from __future__ import annotations

import pytest

from llada_core.bench.floors import Floors, Rates
from llada_core.bench.table import Row, cells
from llada_core.model import load_model

from .run_command import run, run_json


def test_every_case_is_measured_beside_its_floor() -> None:
    found = run_json("bench", "--rows", "1", "--rows", "2", "--canvas", "64", "--block", "16")
    cases = {row["case"]: row for row in found["rows"]}
    assert list(cases) == [
        "dual step, 1 rows",
        "dual step, 2 rows",
        "canvas, 1 rows of 64",
        "canvas, 2 rows of 64",
        "dual_cache, 32 tokens in 32 forwards",
        "basic, 32 tokens in 32 forwards",
    ]
    for row in cases.values():
        assert row["median_ms"] > 0
        assert row["floor_ms"] > 0
    assert cases["dual step, 1 rows"]["max_rel_error"] < 1e-5


def test_floors_are_bytes_or_operations() -> None:
    model = load_model("demo", device="cpu")
    weights = sum(w.numel() for w in model.parameters()) - model.transformer.wte.weight.numel()
    slow_memory = Floors(model, Rates(bytes=1e6, operations=1e30))
    layers, heads, width = model.kv_shape
    assert slow_memory.forward(5, 0) == pytest.approx(4 * weights / 1e6 * 1e3)
    key = 2 * layers * heads * width * 4
    assert slow_memory.forward(5, 7) == pytest.approx((4 * weights + 7 * key) / 1e6 * 1e3)
    slow_products = Floors(model, Rates(bytes=1e30, operations=1e6))
    assert slow_products.forward(5, 7) == pytest.approx(2 * weights * 5 / 1e6 * 1e3)
    head = model.transformer.ff_out
    assert head is not None
    eighth = Floors(model, Rates(bytes=1e6, operations=1e30), weight_bytes=1)
    assert eighth.forward(1, 0) == pytest.approx((weights + 3 * head.weight.numel()) / 1e3)


def test_a_row_as_text() -> None:
    row = Row(case="x", median_ms=6.6, floor_ms=5.0, max_rel_error=0.0123)
    assert cells(row) == ("x", "6.60", "5.00", "1.32", "", "", "1.2e-02", "")


@pytest.mark.parametrize("flag", [("--quantization", "fp8"), ("--quantization", "int8")])
def test_quantization_needs_a_gpu(flag: tuple[str, str]) -> None:
    result = run("generate", "hello", "--device", "cpu", *flag)
    assert result.exit_code == 2
    assert f"{flag[1]} needs a CUDA device and half precision" in result.output
