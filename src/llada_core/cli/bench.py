"""`llada bench`: how fast a model runs here, and how far from what the machine allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .options import ModelChoice, model_options
from .output import console, print_json, remarks, table

if TYPE_CHECKING:
    from ..bench.table import Row


@click.command()
@model_options
@click.option("--rows", multiple=True, type=click.IntRange(1), help="Rows of a step; default: 1, 8 and 32.")
@click.option("--canvas", default=512, show_default=True, type=click.IntRange(2), help="Tokens of a canvas.")
@click.option("--block", default=32, show_default=True, type=click.IntRange(1), help="Tokens of a block.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(choice: ModelChoice, rows: tuple[int, ...], canvas: int, block: int, as_json: bool) -> None:
    """Measure steps and generations of a model on this machine.

    Times are medians of single steps through the engine, host work included. The floor is what no forward can
    beat: every weight read once at the bandwidth of a copy, or two operations a weight and token at the rate
    of a large matrix product, both measured first.
    """
    from ..parallel import load

    if block < 8 or 2 * block > canvas:
        raise click.UsageError("--block must be 8 at least, and a canvas must hold two blocks")
    with remarks().status("loading"):
        model = load(choice.model, **choice.loading())
    found = []
    shown = table("case", ">ms", ">floor ms", ">x floor", ">tokens/s", ">logits' error")
    with remarks().status("measuring") as status:
        for row in measure(model, rows or (1, 8, 32), min(canvas, model.facts.context_length), block, choice):
            status.update(f"measured {row.case}")
            found.append(row)
    if as_json:
        print_json({"device": str(model.device), "dtype": str(model.dtype), "rows": found})
        return
    from ..bench.table import cells

    for row in found:
        case, ms, floor, times, _, speed, error, _ = cells(row)
        shown.add_row(case, ms, floor, times, speed, error)
    console().print(shown)


def measure(model: Any, rows: tuple[int, ...], canvas: int, block: int, choice: ModelChoice) -> Iterator[Row]:
    """Each case as it is measured."""
    import torch

    from ..bench import accuracy, floors, requests
    from ..bench.table import Row

    device = torch.device(model.device)
    rates = floors.measured_rates(device, model.dtype)
    quantized = 1 if choice.quantization else None
    floor = floors.Floors(model, rates, weight_bytes=quantized, ranks=choice.tensor_parallel)
    error = None
    if choice.quantization is None and choice.tensor_parallel == 1:
        packed = accuracy.rows_of(model, 1, canvas)
        error = accuracy.relative_error(accuracy.logits(model, packed), accuracy.exact_logits(model, packed))
    for n in rows:
        ms = requests.step_ms(model, "dual_cache", n, canvas, block, block)
        least = floor.forward(n * block, n * canvas)
        yield Row(case=f"dual step, {n} rows", median_ms=ms, floor_ms=least, max_rel_error=error)
    for n in rows:
        if n * canvas > 16384:
            continue
        ms = requests.step_ms(model, "basic", n, canvas, block, min(block, 16))
        least = floor.forward(n * canvas, 0)
        yield Row(case=f"canvas, {n} rows of {canvas}", median_ms=ms, floor_ms=least, max_rel_error=error)
    half = canvas // 2 // block * block
    for algorithm in ("dual_cache", "basic"):
        values = {"gen_length": half, "block_length": block, "steps": half}
        seconds, forwards = requests.generation(model, algorithm, canvas - half, **values)
        refreshes = forwards if algorithm == "basic" else half // block
        steps = forwards - refreshes
        least = refreshes * floor.forward(canvas, 0) + steps * floor.forward(block, canvas)
        speed = half / seconds
        yield Row(
            case=f"{algorithm}, {half} tokens in {forwards} forwards",
            median_ms=seconds * 1e3,
            floor_ms=least,
            tokens_per_s=speed,
        )
