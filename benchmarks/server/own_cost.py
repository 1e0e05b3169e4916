"""What the measurement itself takes of an event: CPU time of the scripted engine and the probe alone.

    python benchmarks/server/own_cost.py [--connections 16] [--step-ms 1] [--seconds 3]

The engine steps as under `load.py`, with so many requests, and puts its events into queues that nobody
reads. Prints microseconds of the process's CPU time an event. A server whose engine is a process of its own
takes none of that, but has to decode what that sends.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from scripted import LONGEST, Probe, ScriptedEngine

from llada_core.engine.request import Request
from llada_core.params import SamplingParams
from llada_server.server import loop_factory

WIDTH = 4
"""Tokens an event."""


async def alone(connections: int, step: float, seconds: float) -> float:
    """Microseconds an event."""
    engine = ScriptedEngine(list(range(16)), step=step, tokens_a_step=WIDTH, max_rows=connections)
    await engine.start()
    probing = asyncio.create_task(Probe().run())
    params = SamplingParams(gen_length=LONGEST).effective()
    queues = [
        await engine.submit(Request(id=f"{n}", prompt=(1,), algorithm="basic", params=params))
        for n in range(connections)
    ]
    await asyncio.sleep(0.5)
    before, cpu = sum(len(queue.pending) for queue in queues), time.process_time()
    await asyncio.sleep(seconds)
    found = (time.process_time() - cpu) / (sum(len(queue.pending) for queue in queues) - before) * 1e6
    probing.cancel()
    await engine.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--step-ms", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        print(f"{runner.run(alone(options.connections, options.step_ms / 1000, options.seconds)):.1f}")


if __name__ == "__main__":
    main()
