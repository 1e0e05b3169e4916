"""LLaDA-8B's shapes on one GPU through the engine: milliseconds a step beside the floors, and what is equal.

    python benchmarks/gpu/forward.py [--out FOLDER] [--rows 1 8 32]

The weights are random bfloat16, made on the device. A step is one engine tick, host work included, timed by
device events around it after warm-up; the median is shown. First the golden cases run in float32 on the
device: their tokens must be the reference's. The error column is the largest relative error (norm of the
difference over the norm) of a row's logits against the same weights in float32.

Floors, from a card's measured copy bandwidth and matrix rate: every weight but the embedding table read once
(and the keys and values that are attended to), and two operations a weight and token.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.events import Failed, Finished
from llada_core.engine.request import Request, build_request
from llada_core.model import LLaDAConfig, LLaDAForMaskedDiffusion, Packed, load_model
from llada_core.registry import default_registry, get_algorithm

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
DEVICE = torch.device("cuda")
KEYS, BLOCK = 512, 32


@dataclass
class Row:
    """One line of the table."""

    case: str
    median_ms: float
    floor_ms: float
    tokens_per_s: float | None
    check: str


def measured_rates() -> tuple[float, float]:
    """Bytes a second of a large copy, read plus written, and operations a second of a large product."""
    source = torch.empty(2**31, dtype=torch.uint8, device=DEVICE).random_()
    target = torch.empty_like(source)
    a, b = (torch.randn(8192, 8192, device=DEVICE, dtype=torch.bfloat16) for _ in range(2))
    copy = median_ms(lambda: target.copy_(source), 10)
    product = median_ms(lambda: a @ b, 10)
    return 2 * source.numel() / copy * 1e3, 2 * 8192**3 / product * 1e3


def median_ms(work: Any, repeats: int) -> float:
    """Median of device events around `work`, after three warm-ups."""
    times = []
    for n in range(repeats + 3):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        end.synchronize()
        if n >= 3:
            times.append(start.elapsed_time(end))
    return statistics.median(times)


def golden(name: str, folder: Path) -> str:
    """How many golden cases give the reference's tokens (and nfe) on the device in float32."""
    model = load_model(folder, device=DEVICE, dtype=torch.float32)
    cases = json.loads((GOLDEN / name).read_text())
    good = 0
    for case in cases:
        keys = (
            "steps",
            "gen_length",
            "block_length",
            "temperature",
            "remasking",
            "threshold",
            "factor",
            "cfg_scale",
        )
        algorithm = get_algorithm(case["algorithm"])
        assert algorithm is not None
        prompt = torch.tensor(case["prompt"], device=DEVICE)
        tokens, nfe = algorithm.generate(model, prompt, **{k: case[k] for k in keys if k in case})
        same_nfe = "nfe" not in case or nfe == case["nfe"]
        good += tokens[:, prompt.shape[1] :].tolist() == case["output"] and same_nfe
    return f"{good} of {len(cases)} equal"


def large_model() -> LLaDAForMaskedDiffusion:
    """LLaDA-8B with random weights: 16 GB."""
    config = LLaDAConfig(mlp_hidden_size=12288, mask_token_id=126336, eos_token_id=126081)
    torch.set_default_dtype(torch.bfloat16)
    with DEVICE, torch.no_grad():
        model = LLaDAForMaskedDiffusion(config)
        for name, weight in model.named_parameters():
            if "norm" in name or name.endswith("ln_f.weight"):
                weight.fill_(1)
            else:
                weight.normal_(0, 0.02)
    torch.set_default_dtype(torch.float32)
    model.requires_grad_(False).eval()
    if not model.accelerate():
        raise SystemExit("the fused forward does not run here")
    return model


@torch.inference_mode()
def logits_error(model: LLaDAForMaskedDiffusion, rows: int) -> float:
    """Largest relative error of a row's logits, packed with others, against float32, layer by layer
    upcast."""
    ids = torch.randint(0, 126000, (rows, KEYS), generator=torch.Generator().manual_seed(1)).to(DEVICE)
    positions = torch.arange(KEYS, device=DEVICE).repeat(rows)
    packed = Packed(ids.flatten(), positions, (KEYS,) * rows)
    got = model.head(model.hidden(packed)[::37])
    want = exact_logits(model, packed)[::37]
    return float(((got.double() - want.double()).norm(dim=1) / want.double().norm(dim=1)).max())


def exact_logits(model: LLaDAForMaskedDiffusion, packed: Packed) -> torch.Tensor:
    """The same forward in float32; one layer's weights are upcast at a time."""
    from copy import deepcopy

    from llada_core.model.attention_sdpa import SdpaAttention
    from llada_core.model.rotary import rotary_angles

    layers = model.transformer
    x = layers.wte(packed.tokens).float()
    angles = rotary_angles(packed.positions, model.config.head_dim, model.config.rope_theta)
    attention = SdpaAttention(packed)
    for n, block in enumerate(layers.layers()):
        wide = deepcopy(block).float()
        x = wide.merge(x, attention.attend(n, *wide.project(x, *angles)))
    normed = deepcopy(layers.ln_f).float()(x)
    assert layers.ff_out is not None
    return normed @ layers.ff_out.weight.float().T


def ask(model: Any, id: str, algorithm: str, prompt: int, **values: Any) -> Request:
    """A request with a random prompt."""
    chance = torch.Generator().manual_seed(int(id))
    ids = torch.randint(0, 126000, (prompt,), generator=chance).tolist()
    values = {"block_length": BLOCK, "ignore_eos": True} | values
    request, _ = build_request(
        default_registry(), model.facts, values, id=id, algorithm=algorithm, prompt=tuple(ids)
    )
    return request


def ticks(engine: Engine) -> Iterator[float]:
    """Milliseconds of each step until nothing is left to do."""
    while engine.has_work():
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for event in engine.step():
            if isinstance(event, Failed):
                raise SystemExit(f"a request failed: {event.message}")
        end.record()
        end.synchronize()
        yield start.elapsed_time(end)


def step_ms(model: Any, algorithm: str, rows: int, steps: int) -> float:
    """Median of the block's later steps, with `rows` canvases of 512."""
    engine = Engine(model, config=EngineConfig(max_rows=rows, kv_tokens=rows * KEYS))
    for n in range(rows):
        engine.add(ask(model, str(n), algorithm, KEYS - BLOCK, gen_length=BLOCK, steps=steps))
    return statistics.median(list(ticks(engine))[3:])


def generation(model: Any, algorithm: str, **values: Any) -> tuple[float, int]:
    """Seconds of one generation, prompt 256, gen_length 256, and its forwards."""
    engine = Engine(model, config=EngineConfig(max_rows=1, kv_tokens=KEYS))
    for warm in (True, False):
        engine.add(ask(model, "1", algorithm, 256, gen_length=256, **values))
        torch.cuda.synchronize()
        start, nfe = time.perf_counter(), 0
        while engine.has_work():
            nfe += sum(event.nfe for event in engine.step() if isinstance(event, Finished))
        seconds = time.perf_counter() - start
        if not warm:
            return seconds, nfe
    raise AssertionError


def serving(model: Any) -> float:
    """Tokens a second of 64 requests at once: prompts 64 to 1024, gen_length 256, 64 steps, dual cache."""
    engine = Engine(model, config=EngineConfig(max_rows=64, kv_tokens=64 * 800))
    for n in range(64):
        engine.add(ask(model, str(n), "dual_cache", 64 + 15 * n, gen_length=256, steps=64))
    start = time.perf_counter()
    for _ in ticks(engine):
        pass
    return 64 * 256 / (time.perf_counter() - start)


def table(options: argparse.Namespace) -> Iterator[Row]:
    """Every measurement, as it is made."""
    copy, rate = measured_rates()
    print(f"copy {copy / 1e12:.2f} TB/s, bfloat16 product {rate / 1e12:.0f} TFLOP/s", flush=True)
    model = large_model()
    weights = sum(p.numel() for p in model.parameters()) - model.transformer.wte.weight.numel()
    kv = 2 * 32 * 4096 * 2

    def floor(tokens: int, keys: int) -> float:
        return max((2 * weights + keys * kv) / copy, 2 * weights * tokens / rate) * 1e3

    error = {rows: f"{logits_error(model, rows):.1e}" for rows in (1, 8)}
    for rows in options.rows:
        found = step_ms(model, "dual_cache", rows, BLOCK)
        yield Row(f"dual_step_{rows}", found, floor(rows * BLOCK, rows * KEYS), None, error[min(rows, 8)])
    for rows in (1, 8):
        found = step_ms(model, "basic", rows, 12)
        yield Row(f"canvas_{rows}x512", found, floor(rows * KEYS, 0), None, error[rows])
    for name, algorithm, steps in (
        ("generation_dual", "dual_cache", 256),
        ("generation_basic", "basic", 256),
        ("generation_dual_80", "dual_cache", 80),
    ):
        seconds, nfe = generation(model, algorithm, steps=steps)
        refreshes = nfe if algorithm == "basic" else 8
        least = refreshes * floor(KEYS, 0) + (nfe - refreshes) * floor(BLOCK, KEYS)
        yield Row(name, seconds * 1e3, least, 256 / seconds, f"{nfe} forwards")
    yield Row("serving_64", 0.0, 0.0, serving(model), "all finished")


def main() -> None:
    """Check, measure, print; with --out also write forward.json there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 8, 32])
    options = parser.parse_args()
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}", flush=True)
    checks = {
        "cases": golden("cases.json", GOLDEN),
        "cfg_cases": golden("cfg_cases.json", GOLDEN),
        "trained_cases": golden("trained_cases.json", GOLDEN / "trained"),
    }
    print("golden, float32:", checks, flush=True)
    print("| case | median ms | floor ms | tokens/s | check |\n|---|---|---|---|---|", flush=True)
    rows = []
    for row in table(options):
        rows.append(row)
        speed = "" if row.tokens_per_s is None else f"{row.tokens_per_s:.0f}"
        print(
            f"| {row.case} | {row.median_ms:.2f} | {row.floor_ms:.2f} | {speed} | {row.check} |", flush=True
        )
    if options.out is not None:
        found = {"golden": checks, "rows": [asdict(row) for row in rows]}
        (options.out / "forward.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
