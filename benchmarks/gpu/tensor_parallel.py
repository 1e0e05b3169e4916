"""LLaDA-8B's shapes on several GPUs of one machine: step times, and what goes between them.

    python benchmarks/gpu/tensor_parallel.py [--ranks 1 2 4] [--out FOLDER]

For each number of ranks, in processes of their own: the golden cases in float32 must give the reference's
tokens, and logits of the same random bfloat16 weights must be near those of one GPU. Then steps are timed as
in h100.py: one engine tick, host work included. Bytes are what one GPU sends over NVLink a step, by the
counters of the driver, beside what the plan says: two sums over the ranks a layer, of which a GPU sends
2 (N - 1) / N times the size, the batch, and the statistics of each rank's share of the vocabulary.

Under three minutes a number of ranks. Without --ranks: 1, 2, 4 and 8, as far as there are GPUs. NVLink
multicast is left off.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import torch
from h100 import BLOCK, CANVAS, CONFIG, GOLDEN, equal_cases

from llada_core.bench import accuracy, requests
from llada_core.bench.floors import Floors, measured_rates
from llada_core.engine.engine import Engine, EngineConfig
from llada_core.errors import LladaError, ParameterError
from llada_core.kernels.vocabulary import CHUNK
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.model.checkpoint import published_shapes
from llada_core.model.shard import Shard
from llada_core.model.streaming import destinations
from llada_core.parallel import load
from llada_core.parallel.group import Group
from llada_core.parallel.load import shard_of
from llada_core.parallel.team import Team

DEVICE = torch.device("cuda", 0)
WARM, COUNTED = 6, 20
"""Steps of a block before bytes are counted, and those that are."""


class Case(msgspec.Struct):
    """One case with one number of ranks."""

    case: str
    ranks: int
    ms: float
    floor_ms: float
    planned_mb: float | None = None
    """Megabytes that a GPU sends a step."""
    sent_mb: float | None = None
    """The same by the counters of NVLink."""
    nccl_ms: float | None = None
    """Time in NCCL's kernels a step, waiting for other ranks included."""
    nccl_calls: float | None = None


class Found(msgspec.Struct):
    """What a number of ranks gave."""

    ranks: int
    card: str
    golden: dict[str, str] = {}
    logits_error: float | None = None
    """Of the logits, against those of one GPU."""
    cases: list[Case] = []
    failed: str | None = None
    seconds: float = 0.0


def golden(ranks: int, names: tuple[str, ...], folder: Path) -> dict[str, str]:
    """How many golden cases give the reference's tokens (and nfe) on the devices in float32."""
    try:
        model = load(folder, tensor_parallel=ranks, device=DEVICE, dtype=torch.float32)
    except ParameterError as error:
        return {name: str(error) for name in names}
    return {name: equal_cases(model, GOLDEN / name) for name in names}


def random_part(group: Group) -> LLaDAForMaskedDiffusion:
    """A rank's part of LLaDA-8B with random weights, which are the same for every number of ranks."""
    return random_model(shard_of(group), group.device)


def random_model(shard: Shard, device: torch.device) -> LLaDAForMaskedDiffusion:
    """See `random_part`."""
    with torch.device("meta"):
        model = LLaDAForMaskedDiffusion(CONFIG, shard)
    shapes = published_shapes(CONFIG)
    chance = torch.Generator(device)
    for seed, destination in enumerate(destinations(model.transformer, CONFIG)):
        chance.manual_seed(seed)
        parts = []
        for name in destination.parts:
            shape = shapes[f"model.transformer.{name}.weight"]
            whole = torch.empty(shape, dtype=torch.bfloat16, device=device)
            whole.normal_(0, 0.02, generator=chance) if len(shape) == 2 else whole.fill_(1)
            if destination.split == "rows":
                whole = whole[shard.span(shape[0])]
            elif destination.split == "columns":
                whole = whole[:, shard.span(shape[1])]
            parts.append(whole)
        weight = torch.cat(parts).clone(memory_format=torch.contiguous_format)
        destination.module.weight = torch.nn.Parameter(weight, requires_grad=False)
    model.requires_grad_(False).eval()
    if not model.accelerate():
        raise LladaError("the fused forward does not run here")
    return model


def sent_bytes() -> float | None:
    """What the first GPU has sent over NVLink so far; None where that is not told."""
    command = ["nvidia-smi", "nvlink", "-gt", "d", "-i", "0"]
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    links = re.findall(r"Tx\S*:\s*(\d+)\s*KiB", text)
    return 1024.0 * sum(map(int, links)) if links else None


def planned_bytes(ranks: int, tokens: int, positions: int, rows: int) -> float:
    """What a GPU sends a step: `tokens` are computed, and statistics of `positions` of them read."""
    share = (ranks - 1) / ranks
    sums = 2 * CONFIG.n_layers * 2 * share * tokens * CONFIG.d_model * 2
    chunks = -(-CONFIG.logits_width // ranks // CHUNK)
    statistics = (ranks - 1) * 7 * positions * chunks * 4 + 2 * share * 4 * rows * BLOCK * 4
    batch = (77 + 2 * BLOCK) * rows * 8
    inputs = 3 * tokens * 8 + positions * CONFIG.d_model * 2 if tokens > rows * BLOCK else 0
    return sums + statistics + batch + inputs


def traffic(model: Any, algorithm: str, rows: int, steps: int) -> tuple[float | None, float, float]:
    """Bytes that the first GPU sends a step, milliseconds of NCCL's kernels, and their number."""
    engine = Engine(model, config=EngineConfig(max_rows=rows, kv_tokens=rows * CANVAS))
    values = {"gen_length": BLOCK, "block_length": BLOCK, "steps": steps}
    counted = min(COUNTED, steps - WARM - 6)
    for n in range(rows):
        engine.add(requests.ask(model, n, algorithm, CANVAS - BLOCK, **values))
    for _ in range(WARM):
        engine.step()
    torch.cuda.synchronize()
    before = sent_bytes()
    for _ in range(counted):
        engine.step()
    torch.cuda.synchronize()
    after = sent_bytes()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profiler:
        for _ in range(4):
            engine.step()
        torch.cuda.synchronize()
    spans = [
        event.time_range.elapsed_us()
        for event in profiler.events()
        if event.device_type == torch.autograd.DeviceType.CUDA and "nccl" in event.name.lower()
    ]
    while engine.has_work():
        engine.step()
    # A step that was begun ahead is among the counted ones at both ends.
    sent = None if before is None or after is None else (after - before) / counted
    return sent, sum(spans) / 4e3, len(spans) / 4


def cases(model: Any, ranks: int) -> Iterator[Case]:
    """Each case as it is measured."""
    floor = Floors(model, measured_rates(DEVICE, torch.bfloat16), ranks=ranks)
    for algorithm, rows, steps in (
        *(("dual_cache", rows, BLOCK) for rows in (1, 8, 32)),
        *(("basic", rows, BLOCK // 2) for rows in (1, 8)),
    ):
        block = algorithm == "dual_cache"
        tokens = rows * (BLOCK if block else CANVAS)
        ms = requests.step_ms(model, algorithm, rows, CANVAS, BLOCK, steps)
        least = floor.forward(tokens, rows * CANVAS if block else 0)
        case = Case(f"dual_step_{rows}" if block else f"canvas_{rows}x512", ranks, ms, least)
        if ranks > 1:
            positions = rows * BLOCK
            case.planned_mb = planned_bytes(ranks, tokens, positions, rows) / 1e6
            sent, case.nccl_ms, case.nccl_calls = traffic(model, algorithm, rows, steps)
            case.sent_mb = None if sent is None else sent / 1e6
        yield case


def large(ranks: int, folder: Path, found: Found) -> Iterator[None]:
    """LLaDA-8B's shapes; yields whenever there is more."""
    model: Any
    if ranks == 1:
        model = random_model(Shard(), DEVICE)
    else:
        model = Team(ranks, DEVICE, "tensor_parallel:random_part", {}).model
    logits, first = accuracy.logits(model, accuracy.rows_of(model, 1, CANVAS)).cpu(), folder / "logits.pt"
    if ranks == 1:
        torch.save(logits, first)
    elif first.exists():
        found.logits_error = accuracy.relative_error(logits, torch.load(first))
        print(f"{ranks} ranks: logits differ from one GPU's by {found.logits_error:.1e}", flush=True)
    for case in cases(model, ranks):
        found.cases.append(case)
        print(line(case), flush=True)
        yield


def measure(ranks: int, part: str, folder: Path) -> None:
    """A part of what there is to measure; added to what `folder` has of the others."""
    began = time.perf_counter()
    found = load_found(ranks, folder)
    before = found.seconds

    def keep() -> None:
        found.seconds = before + time.perf_counter() - began
        (folder / f"{ranks}.json").write_bytes(msgspec.json.encode(found))

    try:
        if part == "large":
            for _ in large(ranks, folder, found):
                keep()
        else:
            names = ("cases.json", "cfg_cases.json") if part == "golden" else ("trained_cases.json",)
            counts = golden(ranks, names, GOLDEN if part == "golden" else GOLDEN / "trained")
            print(f"{ranks} ranks: golden cases in float32: {counts}", flush=True)
            found.golden |= counts
    except Exception as error:
        traceback.print_exc()
        found.failed = f"{found.failed or ''} {part}: {type(error).__name__}: {error}"[:300].strip()
    keep()


def load_found(ranks: int, folder: Path) -> Found:
    """What there is of a number of ranks so far."""
    file = folder / f"{ranks}.json"
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=Found)
    return Found(ranks, f"{torch.cuda.get_device_name()}, torch {torch.__version__}")


HEADER = ("case", "ranks", "ms", "floor ms", "planned MB sent", "MB sent", "NCCL ms", "NCCL calls")


def line(case: Case) -> str:
    """A row of the table."""

    def shown(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    values = (
        *(case.case, str(case.ranks), f"{case.ms:.2f}", f"{case.floor_ms:.2f}"),
        *(shown(case.planned_mb, ".2f"), shown(case.sent_mb, ".2f")),
        *(shown(case.nccl_ms, ".2f"), shown(case.nccl_calls, ".0f")),
    )
    return f"| {' | '.join(values)} |"


def summary(results: list[Found]) -> list[str]:
    """The table of all numbers of ranks, with each time over one GPU's."""
    single = {case.case: case.ms for found in results if found.ranks == 1 for case in found.cases}
    lines = [f"| {' | '.join(HEADER)} | of one GPU |", "|---" * (len(HEADER) + 1) + "|"]
    for found in results:
        for case in found.cases:
            times = f"{case.ms / single[case.case]:.2f}" if case.case in single else ""
            lines.append(f"{line(case)} {times} |")
    for found in results:
        error = (
            ""
            if found.logits_error is None
            else f"; logits differ from one GPU's by {found.logits_error:.1e}"
        )
        failed = "" if found.failed is None else f"; failed: {found.failed}"
        lines.append(f"\n{found.ranks} ranks, {found.seconds:.0f} s: {found.golden}{error}{failed}")
    return lines


def main() -> None:
    """Measure each number of ranks, print, and with --out write tensor_parallel.json and .md there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ranks", type=int, nargs="+")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--measure", nargs=2, metavar=("PART", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    here = torch.cuda.device_count()
    wanted = options.ranks or [n for n in (1, 2, 4, 8) if n <= here]
    if options.measure is not None:
        measure(wanted[0], options.measure[0], Path(options.measure[1]))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # the ranks end with it
    os.environ["NCCL_NVLS_ENABLE"] = "0"
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for ranks in wanted:
            print(f"# {ranks} of {here} GPUs", flush=True)
            codes = {}
            for part in ("golden", "trained", "large"):
                command = [sys.executable, __file__, "--ranks", str(ranks), "--measure", part, folder]
                codes[part] = subprocess.run(command, check=False).returncode
            found = load_found(ranks, Path(folder))
            if any(codes.values()):
                found.failed = f"{found.failed or ''} exit codes {codes}".strip()
            results.append(found)
    lines = summary(results)
    print("\n".join(lines), flush=True)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        encoded = msgspec.json.format(msgspec.json.encode(results), indent=1)
        (options.out / "tensor_parallel.json").write_bytes(encoded)
        (options.out / "tensor_parallel.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
