"""LLaDA-8B's shapes on one GPU through the engine: every time beside its floor and its check.

    python benchmarks/gpu/h100.py [--out FOLDER] [--quick]

The weights are random bfloat16, made on the device. A step is one engine tick, host work included, by device
events after warm-up; the median is shown. Checks come first: the golden cases in float32 on the device must
give the reference's tokens; in bfloat16 a request's tokens must be the same alone and in company where the
model computes batch-invariantly; logits are compared with the same weights in float32.

Writes h100.json, h100.md and h100.svg into the folder. Under nine minutes on one H100.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import torch
from plot import plot

from llada_core.bench import accuracy, requests
from llada_core.bench.floors import Floors, Rates, measured_rates
from llada_core.bench.table import HEADER, Row, cells
from llada_core.engine.engine import Engine, EngineConfig
from llada_core.model import LLaDAConfig, LLaDAForMaskedDiffusion, load_model
from llada_core.model.projection import Quantization
from llada_core.registry import get_algorithm

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
DEVICE = torch.device("cuda")
CANVAS, BLOCK = 512, 32
CONFIG = LLaDAConfig(mlp_hidden_size=12288, mask_token_id=126336, eos_token_id=126081)
ARGUMENTS = (
    *("steps", "gen_length", "block_length", "temperature", "remasking", "threshold", "factor", "cfg_scale"),
)
LAYOUT = {"gen_length": 256, "block_length": BLOCK}
# Fast-dLLM v1's own code on the same kind of card: 256 tokens after a prompt of 256, and single steps.
REFERENCE = {
    "dual_step_1": 72.1,
    "dual_step_8": 90.5,
    "canvas_1x512": 66.3,
    "canvas_8x512": 137.6,
    "generation_dual": 16900.0,
    "generation_basic": 13200.0,
}


def equal_cases(model: Any, file: Path) -> str:
    """How many golden cases of a file give the reference's tokens (and nfe) on a model."""
    cases = json.loads(file.read_text())
    good = 0
    for case in cases:
        algorithm = get_algorithm(case["algorithm"])
        assert algorithm is not None
        prompt = torch.tensor(case["prompt"], device=model.device)
        tokens, nfe = algorithm.generate(model, prompt, **{k: case[k] for k in ARGUMENTS if k in case})
        same_nfe = "nfe" not in case or nfe == case["nfe"]
        good += tokens[:, prompt.shape[1] :].tolist() == case["output"] and same_nfe
    return f"{good} of {len(cases)} equal"


def golden(name: str, folder: Path) -> str:
    """The same of the model in a folder, on the device in float32."""
    return equal_cases(load_model(folder, device=DEVICE, dtype=torch.float32), GOLDEN / name)


def large_model(**options: Any) -> LLaDAForMaskedDiffusion:
    """LLaDA-8B with random weights, 16 GB; `options` are those of `accelerate`."""
    torch.set_default_dtype(torch.bfloat16)
    torch.manual_seed(0)
    with DEVICE, torch.no_grad():
        model = LLaDAForMaskedDiffusion(CONFIG)
        for name, weight in model.named_parameters():
            if "norm" in name or name.endswith("ln_f.weight"):
                weight.fill_(1)
            else:
                weight.normal_(0, 0.02)
    torch.set_default_dtype(torch.float32)
    model.requires_grad_(False).eval()
    if not model.accelerate(**options):
        raise SystemExit("the fused forward does not run here")
    return model


def quantize(model: LLaDAForMaskedDiffusion, kind: Quantization) -> float:
    """Quantize the layers; the logits' error, against the weights as they were in float32."""
    packed = accuracy.rows_of(model, 1, CANVAS)
    exact = accuracy.exact_logits(model, packed)
    model.accelerate(quantization=kind)
    return accuracy.relative_error(accuracy.logits(model, packed), exact)


def in_company(model: LLaDAForMaskedDiffusion, count: int = 6) -> str:
    """How many requests have the same tokens alone and with others that come and go."""
    asked = [
        requests.ask(model, n, ("dual_cache", "basic")[n % 2], 40 + 61 * n, gen_length=64, steps=24 + n)
        for n in range(count)
    ]
    config = EngineConfig(max_rows=4, kv_tokens=8192)
    together = requests.run(Engine(model, config=config), asked)
    alone = [requests.run(Engine(model, config=config), [request])[request.id] for request in asked]
    return f"{sum(end.tokens == together[end.request_id].tokens for end in alone)} of {count} equal"


def idle_share(model: LLaDAForMaskedDiffusion, rows: int, **values: Any) -> float:
    """Share of the time between steps in which the device does nothing, by the profiler."""
    engine = Engine(model, config=EngineConfig(max_rows=rows, kv_tokens=rows * CANVAS))
    engine.warm_up()  # what is captured meanwhile would count as idle
    for n in range(rows):
        engine.add(requests.ask(model, n, "dual_cache", CANVAS - BLOCK, **values))
    for _ in range(6):
        engine.step()
    torch.cuda.synchronize()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profiler:
        for _ in range(10):
            engine.step()
        torch.cuda.synchronize()
    spans = sorted(
        (event.time_range.start, event.time_range.end)
        for event in profiler.events()
        if event.device_type == torch.autograd.DeviceType.CUDA
    )
    busy, reach = 0.0, spans[0][0]
    for start, end in spans:
        busy += max(0.0, end - max(start, reach))
        reach = max(reach, end)
    return 1 - busy / (reach - spans[0][0])


class HostMemory:
    """Watches how much memory of the host, its file cache left out, this process has beyond what it had."""

    def __enter__(self) -> HostMemory:
        self._before = self.peak = self._held()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()
        self.peak -= self._before

    def _watch(self) -> None:
        while not self._end.wait(0.005):
            self.peak = max(self.peak, self._held())

    def _held(self) -> int:
        """Bytes; what is pinned for a device counts as shared."""
        lines = Path("/proc/self/status").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem"))) * 1024


def loading(model: LLaDAForMaskedDiffusion) -> tuple[float, float, float]:
    """Gigabytes a second of a plain read of a checkpoint's files, and of loading it to the device; gigabytes
    of the host that loading takes."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        model.save_pretrained(folder, max_shard_size="5GB")
        files = list(Path(folder).glob("*.safetensors"))
        size = sum(file.stat().st_size for file in files)
        buffer = bytearray(2**26)
        began = time.perf_counter()
        for file in files:
            with file.open("rb", buffering=0) as stream:
                while stream.readinto(buffer):
                    pass
        plain = time.perf_counter() - began
        del model
        free()
        with HostMemory() as host:
            began = time.perf_counter()
            load_model(folder, device=DEVICE)
            took = time.perf_counter() - began
        return size / plain / 1e9, size / took / 1e9, host.peak / 1e9


def steps(
    model: LLaDAForMaskedDiffusion, floor: Floors, error: float | None, suffix: str, counts: tuple[int, ...]
) -> Iterator[Row]:
    """Steps that compute one block of 32 a row."""
    for rows in counts:
        case = f"dual_step_{rows}{suffix}"
        yield Row(
            case=case,
            median_ms=requests.step_ms(model, "dual_cache", rows, CANVAS, BLOCK, BLOCK),
            floor_ms=floor.forward(rows * BLOCK, rows * CANVAS),
            reference_ms=REFERENCE.get(case),
            max_rel_error=error,
        )


def generations(model: LLaDAForMaskedDiffusion, floor: Floors, error: float) -> Iterator[Row]:
    """Whole canvases, and whole generations by themselves."""
    for rows in (1, 8):
        case = f"canvas_{rows}x512"
        yield Row(
            case=case,
            median_ms=requests.step_ms(model, "basic", rows, CANVAS, BLOCK, 16),
            floor_ms=floor.forward(rows * CANVAS, 0),
            reference_ms=REFERENCE[case],
            max_rel_error=error,
        )
    for case, algorithm, count in (
        ("generation_dual", "dual_cache", 256),
        ("generation_basic", "basic", 256),
        ("generation_dual_80", "dual_cache", 80),
    ):
        seconds, forwards = requests.generation(model, algorithm, 256, **LAYOUT, steps=count)
        refreshes = forwards if algorithm == "basic" else 8
        least = refreshes * floor.forward(CANVAS, 0) + (forwards - refreshes) * floor.forward(BLOCK, CANVAS)
        yield Row(
            case=case,
            median_ms=seconds * 1e3,
            floor_ms=least,
            reference_ms=REFERENCE.get(case),
            max_rel_error=error,
            tokens_per_s=256 / seconds,
            check=f"{forwards} forwards",
        )


def served(model: LLaDAForMaskedDiffusion, error: float) -> Iterator[Row]:
    """64 requests at once, all dual cache, and half of them basic beside each group alone."""
    steps_each = {"steps": 64}
    speed = requests.serving(model, ["dual_cache"], 64, **LAYOUT, **steps_each)
    yield Row(case="serving_64", median_ms=64 * 256e3 / speed, max_rel_error=error, tokens_per_s=speed)
    alone = [requests.serving(model, [name], 32, **LAYOUT, **steps_each) for name in ("dual_cache", "basic")]
    mixed = requests.serving(model, ["dual_cache", "basic"], 64, **LAYOUT, **steps_each)
    one_by_one = 2 / sum(1 / speed for speed in alone)
    yield Row(
        case="serving_64_mixed",
        median_ms=64 * 256e3 / mixed,
        max_rel_error=error,
        tokens_per_s=mixed,
        check=f"{mixed / one_by_one:.2f} of each group of 32 alone, one after the other",
    )


def free() -> None:
    """Give memory back before the next model is made."""
    gc.collect()
    torch.cuda.empty_cache()


def plain(rates: Rates, counts: tuple[int, ...]) -> Iterator[Row]:
    """Weights as they are published."""
    model = large_model()
    floor = Floors(model, rates)
    packed = accuracy.rows_of(model, 1, CANVAS)
    error = accuracy.relative_error(accuracy.logits(model, packed), accuracy.exact_logits(model, packed))
    yield from steps(model, floor, error, "", counts)
    yield from generations(model, floor, error)
    yield from served(model, error)
    for name, values in (
        ("schedule", {"gen_length": 32, "steps": 32}),
        ("threshold", {"gen_length": 32, "threshold": 0.9}),
    ):
        share = idle_share(model, 32, **values)
        yield Row(case=f"idle_32_{name}", median_ms=0, check=f"device idle {share:.1%} of the time")


def eight_bits(rates: Rates) -> Iterator[Row]:
    """Weights in float8, and in int8."""
    kinds: tuple[Quantization, ...] = ("fp8", "int8")
    for kind in kinds:
        model = large_model()
        error = quantize(model, kind)
        free()
        yield from steps(model, Floors(model, rates, weight_bytes=1), error, f"_{kind}", (1, 8))
        del model
        free()


def invariant(rates: Rates) -> Iterator[Row]:
    """The same bits in any company."""
    model = large_model(invariant=True)
    check = in_company(model)
    for row in steps(model, Floors(model, rates), None, "_invariant", (1, 8, 32)):
        yield msgspec.structs.replace(row, check=check)


def loaded(rates: Rates) -> Iterator[Row]:
    """From files in the page cache to the device."""
    read, load, host = loading(large_model())
    yield Row(
        case="loading",
        median_ms=16.0 / load * 1e3,
        floor_ms=16.0 / read * 1e3,
        check=f"{load:.1f} GB/s; a plain read in one thread {read:.1f} GB/s; {host:.2f} GB of the host",
    )


def table(rates: Rates, quick: bool) -> Iterator[Row]:
    """Every measurement, as it is made. A part that fails is a row that says so."""
    parts: list[Iterator[Row]] = [plain(rates, (1, 8, 32) if quick else (1, 2, 4, 8, 16, 32, 64))]
    parts.append(eight_bits(rates))
    if not quick:
        parts += [invariant(rates), loaded(rates)]
    for part in parts:
        try:
            yield from part
        except Exception as error:
            traceback.print_exc()
            yield Row(case="failed", median_ms=0, check=f"{type(error).__name__}: {error}"[:200])
        free()


def main() -> None:
    """Check, measure, print; with --out also write the results there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--quick", action="store_true", help="only the cases of h100.json's contract")
    options = parser.parse_args()
    card = f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
    print(card, flush=True)
    checks = {
        "cases": golden("cases.json", GOLDEN),
        "cfg_cases": golden("cfg_cases.json", GOLDEN),
        "trained_cases": golden("trained_cases.json", GOLDEN / "trained"),
    }
    rates = measured_rates(DEVICE, torch.bfloat16)
    measured = f"copy {rates.bytes / 1e12:.2f} TB/s, product {rates.operations / 1e12:.0f} TFLOP/s"
    lines = [
        f"{card}; {measured}",
        f"golden cases in float32 on the device: {checks}",
        "",
        f"| {' | '.join(HEADER)} |",
        "|---" * len(HEADER) + "|",
    ]
    print("\n".join(lines), flush=True)
    rows = []
    for row in table(rates, options.quick):
        rows.append(row)
        lines.append(f"| {' | '.join(cells(row))} |")
        print(lines[-1], flush=True)
        if options.out is not None:
            found = {"card": card, "rates": measured, "golden": checks, "rows": rows}
            (options.out / "h100.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
            (options.out / "h100.md").write_text("\n".join(lines) + "\n")
    if options.out is not None:
        with torch.device("meta"):
            shapes = LLaDAForMaskedDiffusion(CONFIG).to(torch.bfloat16)
        (options.out / "h100.svg").write_text(plot(rows, Floors(shapes, rates), BLOCK, CANVAS))


if __name__ == "__main__":
    main()
