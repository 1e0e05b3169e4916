"""What HTTP takes from the engine's throughput: the same requests to the engine directly, and over HTTP.

    OMP_NUM_THREADS=1 python benchmarks/server/http_cost.py [--requests 32] [--rounds 3]

Both ways run the demo checkpoint with 32 rows, one token a step, and count the same tokens; the last lines
say whether texts are the same. The bar is 0.9 of the direct throughput. Tokens a CPU second (of the engine,
or of server and engine together) say the same where other work shares the machine. The client's own CPU time
does not count, but on a machine of two cores it takes its share of the wall clock.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cpu"))
from engine_process import ask, cpu_seconds, with_children
from health_latency import QUESTIONS, server

BAR = 0.9


def direct(requests: int, max_tokens: int) -> tuple[list[str], float, float]:
    """Texts, seconds and CPU seconds of a session of this process."""
    from llada_core.session import Ask, Session

    if not hasattr(direct, "session"):
        direct.session = Session.load("demo", device="cpu", max_rows=requests)  # type: ignore[attr-defined]
    session = direct.session  # type: ignore[attr-defined]
    params = {"max_tokens": max_tokens, "ignore_eos": True, "temperature": 0.5}
    asks = [
        Ask(QUESTIONS[index % len(QUESTIONS)], params=params | {"seed": index}) for index in range(requests)
    ]
    cpu, begun = time.process_time(), time.perf_counter()
    replies = session.replies(asks)
    return [reply.text for reply in replies], time.perf_counter() - begun, time.process_time() - cpu


async def over_http(url: str, requests: int, max_tokens: int) -> tuple[list[str], float]:
    """Texts and seconds."""
    import httpx

    async with httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=requests)) as http:
        begun = time.perf_counter()
        replies = await asyncio.gather(*(ask(http, index, max_tokens) for index in range(requests)))
        return [text for text, _, _ in replies], time.perf_counter() - begun


def main() -> None:
    """Measure and print; exit with 1 if the bar is missed or a text differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=32)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    count, length = options.requests, options.max_tokens
    wall: list[float] = []
    cpu: list[float] = []
    equal = True
    print(f"load {os.getloadavg()[0]:.1f} before")
    print("| round | direct tokens/s | over HTTP | ratio | direct tokens/CPU s | over HTTP | ratio |")
    print("|---|---|---|---|---|---|---|")
    before = set(with_children(os.getpid()))
    with server("demo", "--max-rows", str(count)) as url:
        (pid,) = set(with_children(os.getpid())) - before
        pids = with_children(pid)
        direct(count, length)
        asyncio.run(over_http(url, count, length))
        for turn in range(options.rounds):
            texts, seconds, used = direct(count, length)
            spent = cpu_seconds(pids)
            served, taken = asyncio.run(over_http(url, count, length))
            spent = cpu_seconds(pids) - spent
            tokens = count * length
            equal &= texts == served
            wall.append(seconds / taken)
            cpu.append(used / spent)
            print(
                f"| {turn + 1} | {tokens / seconds:.0f} | {tokens / taken:.0f} | {wall[-1]:.2f} "
                f"| {tokens / used:.0f} | {tokens / spent:.0f} | {cpu[-1]:.2f} |"
            )
    print(f"load {os.getloadavg()[0]:.1f} after, texts {'equal' if equal else 'DIFFER'}")
    print(
        f"median ratio: {statistics.median(wall):.3f} by the clock, {statistics.median(cpu):.3f} by CPU time"
    )
    raise SystemExit(not (equal and max(statistics.median(wall), statistics.median(cpu)) >= BAR))


if __name__ == "__main__":
    main()
