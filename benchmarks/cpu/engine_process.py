"""What it costs to have the engine in a process of its own: the same requests over HTTP, both ways.

    OMP_NUM_THREADS=1 python benchmarks/cpu/engine_process.py [MODEL] [--requests 32] [--rounds 5]

Two servers run side by side, one with `--engine process`, one with `--engine in-process`; only one has
work at a time. Each round sends the same streamed requests at once to one, then to the other, and the next
round begins with the other. The column `equal` counts replies whose text is the same as the first that was
seen of that request, from either server. Tokens are those of the replies' usage. CPU seconds are those of a
server and its engine's process together, from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import time
from pathlib import Path

import httpx
from health_latency import QUESTIONS, percentile, server

WAYS = ("in-process", "process")


async def ask(http: httpx.AsyncClient, index: int, max_tokens: int) -> tuple[str, int, float]:
    """One streamed request: text, tokens, and seconds to its first text."""
    body = {
        "messages": [{"role": "user", "content": QUESTIONS[index % len(QUESTIONS)]}],
        "max_tokens": max_tokens,
        "ignore_eos": True,
        "seed": index,
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    text, tokens, first, begun = "", 0, 0.0, time.perf_counter()
    async with http.stream("POST", "/v1/chat/completions", json=body, timeout=600) as reply:
        reply.raise_for_status()
        async for line in reply.aiter_lines():
            if not line.startswith("data: {"):
                continue
            chunk = json.loads(line[6:])
            for choice in chunk["choices"]:
                text += choice["delta"].get("content") or ""
                first = first or (time.perf_counter() - begun if text else 0.0)
            if chunk.get("usage"):
                tokens = chunk["usage"]["completion_tokens"]
    return text, tokens, first


async def load(url: str, requests: int, max_tokens: int) -> tuple[list[tuple[str, int, float]], float]:
    """All requests at once; their replies, and seconds until the last one."""
    limits = httpx.Limits(max_connections=requests)
    async with httpx.AsyncClient(base_url=url, limits=limits) as http:
        begun = time.perf_counter()
        replies = await asyncio.gather(*(ask(http, index, max_tokens) for index in range(requests)))
        return replies, time.perf_counter() - begun


def cpu_seconds(pids: list[int]) -> float:
    """Of these processes so far, in user and system mode."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def with_children(pid: int) -> list[int]:
    """A process and those that it started."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [pid, *map(int, found.stdout.split())]


def main() -> None:
    """Measure and print; exit with 1 if a reply differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", nargs="?", default="demo")
    parser.add_argument("--requests", type=int, default=32)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--max-rows", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    firsts: dict[str, list[float]] = {way: [] for way in WAYS}
    cpu: dict[str, list[float]] = {way: [] for way in WAYS}
    texts: dict[int, str] = {}
    equal = dict.fromkeys(WAYS, 0)
    with contextlib.ExitStack() as stack:
        urls, pids = {}, {}
        for way in WAYS:
            before = set(with_children(os.getpid()))
            rows = ("--max-rows", str(options.max_rows))
            urls[way] = stack.enter_context(server(options.model, "--engine", way, *rows))
            (pid,) = set(with_children(os.getpid())) - before
            pids[way] = with_children(pid)
            asyncio.run(load(urls[way], options.max_rows, options.max_tokens))
        for turn in range(options.rounds):
            for way in WAYS[:: 1 if turn % 2 else -1]:
                used = cpu_seconds(pids[way])
                replies, seconds = asyncio.run(load(urls[way], options.requests, options.max_tokens))
                cpu[way].append(cpu_seconds(pids[way]) - used)
                rates[way].append(sum(tokens for _, tokens, _ in replies) / seconds)
                firsts[way] += [first for _, _, first in replies]
                equal[way] += sum(
                    texts.setdefault(index, text) == text for index, (text, _, _) in enumerate(replies)
                )
    sent = options.requests * options.rounds
    print(
        f"{options.requests} requests at once, {options.max_tokens} tokens each, {options.rounds} rounds, "
        f"load {os.getloadavg()[0]:.1f} at the end"
    )
    print("| engine | tokens/s, median | of rounds | CPU s a round | first text p50 s | equal |")
    print("|---|---|---|---|---|---|")
    for way in WAYS:
        spread = " ".join(f"{rate:.0f}" for rate in rates[way])
        print(
            f"| {way} | {statistics.median(rates[way]):.0f} | {spread} | {statistics.median(cpu[way]):.2f} "
            f"| {percentile(firsts[way], 0.5):.2f} | {equal[way]} of {sent} |"
        )
    pairs = zip(rates["process"], rates["in-process"], strict=True)
    print(f"process against in-process, median of rounds: {statistics.median(a / b for a, b in pairs):.3f}")
    raise SystemExit(0 if all(count == sent for count in equal.values()) else 1)


if __name__ == "__main__":
    main()
