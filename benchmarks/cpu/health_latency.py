"""How long `/health` takes while the engine generates: the event loop must stay free.

    python benchmarks/cpu/health_latency.py [MODEL] [--concurrency 1 4 8] [--max-tokens 256] [--url URL]

Starts a server with MODEL (default: the demo checkpoint), or uses the one at --url. For each number of
concurrent requests it probes `/health` as long as they run. The column `equal` counts replies that are, token
counts included, the same as when the request runs alone. The bar for the 99th percentile is 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

QUESTIONS = [f"What is {a} plus {b}?" for a, b in ((17, 25), (3, 4), (48, 51), (9, 90))]
BAR_MS = 50.0


@contextlib.contextmanager
def server(model: str, *arguments: str) -> Iterator[str]:
    """A server process on a free port, ready; its URL. `arguments` are options of `llada serve`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "llada_core.cli",
        "serve",
        model,
        "--port",
        str(port),
        "--log-level",
        "error",
        *arguments,
    ]
    process = subprocess.Popen(command, env=os.environ)
    url = f"http://127.0.0.1:{port}"
    try:
        while process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/health/ready").status_code == 200:
                    break
            time.sleep(0.1)
        else:
            raise SystemExit("the server did not start")
        yield url
    finally:
        process.terminate()
        process.wait()


async def generate(http: httpx.AsyncClient, index: int, max_tokens: int) -> tuple[str, int]:
    """One request; its text and token count."""
    body = {
        "messages": [{"role": "user", "content": QUESTIONS[index % len(QUESTIONS)]}],
        "max_tokens": max_tokens,
        "ignore_eos": True,
        "seed": index,
    }
    reply = await http.post("/v1/chat/completions", json=body, timeout=600)
    reply.raise_for_status()
    answer: dict[str, Any] = reply.json()
    return answer["choices"][0]["message"]["content"], answer["usage"]["completion_tokens"]


async def probe(http: httpx.AsyncClient, stop: asyncio.Event, pause: float = 0.005) -> list[float]:
    """Milliseconds of `/health`, again and again until `stop`."""
    times = []
    while not stop.is_set():
        start = time.perf_counter()
        reply = await http.get("/health")
        times.append((time.perf_counter() - start) * 1000)
        reply.raise_for_status()
        await asyncio.sleep(pause)
    return times


async def measure(
    url: str, concurrency: int, max_tokens: int
) -> tuple[list[float], list[tuple[str, int]], float]:
    """Probe while `concurrency` requests run; probes, replies, seconds. 0: two idle seconds."""
    async with httpx.AsyncClient(base_url=url) as http, httpx.AsyncClient(base_url=url) as prober:
        await prober.get("/health")
        stop = asyncio.Event()
        probing = asyncio.create_task(probe(prober, stop))
        start = time.perf_counter()
        replies = await asyncio.gather(*(generate(http, i, max_tokens) for i in range(concurrency)))
        if not concurrency:
            await asyncio.sleep(2)
        seconds = time.perf_counter() - start
        stop.set()
        return await probing, replies, seconds


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def run(url: str, levels: list[int], max_tokens: int) -> bool:
    """Print the table; whether every row keeps to the bar and every reply is equal."""
    async with httpx.AsyncClient(base_url=url) as http:
        alone = [await generate(http, index, max_tokens) for index in range(max(levels))]
    print("| running | seconds | probes | p50 ms | p90 ms | p99 ms | max ms | equal |")
    print("|---|---|---|---|---|---|---|---|")
    good = True
    for level in levels:
        times, replies, seconds = await measure(url, level, max_tokens)
        equal = sum(reply == alone[index] for index, reply in enumerate(replies))
        p50, p90, p99 = (percentile(times, share) for share in (0.5, 0.9, 0.99))
        row = f"{p50:.1f} | {p90:.1f} | {p99:.1f} | {max(times):.1f} | {equal} of {level}"
        print(f"| {level} | {seconds:.1f} | {len(times)} | {row} |")
        good &= p99 <= BAR_MS and equal == level
    return good


def main() -> None:
    """Parse the command line, measure, and exit with 1 if the bar is missed or a reply differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", nargs="?", default="demo")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[0, 1, 4, 8])
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--url")
    options = parser.parse_args()
    place = contextlib.nullcontext(options.url) if options.url else server(options.model)
    with place as url:
        good = asyncio.run(run(url, options.concurrency, options.max_tokens))
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
