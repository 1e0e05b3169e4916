"""LLaDA-8B's shapes on each GPU of a machine: do engines in processes of their own disturb each other?

    python benchmarks/gpu/engines.py [--out FILE]

Each engine has a GPU to itself and 64 requests at once, dual cache, as the case serving_64 of h100.py: first
one engine, then one a GPU, all begun together. Tokens a second are counted from the common beginning to the
end of the last. What routes requests to replicas (Ray Serve) is not part of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import torch

REQUESTS, GENERATED = 64, 256


def serve(began_file: str) -> None:
    """One engine; its end is printed, in seconds since the epoch."""
    import h100

    from llada_core.bench import requests

    model = h100.large_model()
    values = {**h100.LAYOUT, "steps": 64}
    requests.serving(model, ["dual_cache"], 8, **values)  # kernels are compiled
    print("ready", flush=True)
    while not Path(began_file).exists():
        time.sleep(0.01)
    speed = requests.serving(model, ["dual_cache"], REQUESTS, **values)
    print(f"{time.time()} {speed}", flush=True)


def together(count: int, folder: Path) -> tuple[float, list[float]]:
    """Tokens a second of `count` engines in all, and of each."""
    began_file = folder / f"begin-{count}-{os.getpid()}"
    processes = []
    for gpu in range(count):
        environment = os.environ | {"CUDA_VISIBLE_DEVICES": str(gpu)}
        command = [sys.executable, __file__, "--serve", str(began_file)]
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
    for process in processes:
        assert process.stdout is not None
        while process.stdout.readline().strip() != "ready":
            if process.poll() is not None:
                raise SystemExit("an engine did not come up")
    began = time.time()
    began_file.touch()
    ends, speeds = [], []
    for process in processes:
        out, _ = process.communicate()
        end, speed = out.split()[-2:]
        ends.append(float(end))
        speeds.append(float(speed))
    began_file.unlink()
    return count * REQUESTS * GENERATED / (max(ends) - began), speeds


def main() -> None:
    """Measure one engine, then one a GPU."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    gpus = torch.cuda.device_count()
    lines = [f"{torch.cuda.get_device_name()}, torch {torch.__version__}", ""]
    lines += [
        "| engines | tokens/s in all | of one engine | tokens/s each, warm-up not counted |",
        "|---|---|---|---|",
    ]
    single = 0.0
    for count in (1, gpus):
        total, speeds = together(count, Path("/tmp"))
        single = single or total
        each = ", ".join(f"{speed:.0f}" for speed in speeds)
        lines.append(f"| {count} | {total:.0f} | {total / single:.2f} | {each} |")
        print(lines[-1], flush=True)
    print("\n".join(lines))
    if options.out is not None:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
