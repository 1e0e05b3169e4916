"""What 1 to 1,000 GPUs serve: memory, tokens a second, cost, and what is busiest. Prints Markdown.

    python benchmarks/scaling/plan.py [--gpus 1 8 64 1000] [--dollars 2.50] [--seconds 5]

Needs simpy. Times of LLaDA-8B are those measured in benchmarks/results/h100.json, the cost of HTTP that in
two_replicas.json; times of the mixture are computed from the card's rates. docs/scaling.md says what follows.
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import replace

from model import LLADA_8B, MIXTURE_100B, Card, Computed, Shape, gpus_for
from simulation import Seen, Simulation, Site, Work
from times import H100, Times, h100, over_floor

CARD = Card()
WORK = Work(prompt=(256, 768), gen_length=256, steps_per_block=8)
CANVAS = 768 + 256
MEASURED = json.loads((H100.parent / "two_replicas.json").read_text())["costs"]
EVENT_COST = MEASURED["http"] / (MEASURED["events"] + 1)
"""Seconds of an HTTP server, its proxy included, for a request and as much for each event of its stream."""
HTTP_LIMIT = WORK.gen_length / (EVENT_COST * (WORK.blocks + 1))
"""Tokens a second that one HTTP server can carry."""


def sites(shape: Shape, rows: int) -> tuple[Times, int]:
    """Times of a replica and the GPUs that it needs."""
    gpus = gpus_for(shape, CARD, rows, CANVAS)
    if shape is LLADA_8B:
        return h100(), 1
    return Computed(shape, CARD, gpus, over_floor()), gpus


def simulate(times: Times, replicas: int, rows: int, ingresses: int, seconds: float) -> Seen:
    """A run under full load: a quarter more clients than there are places."""
    site = Site(
        times,
        engines=replicas,
        max_rows=rows,
        ingresses=ingresses,
        request_cost=EVENT_COST,
        event_cost=EVENT_COST,
    )
    clients = max(1, round(1.25 * replicas * rows))
    return Simulation(site, WORK, clients).run(seconds, warm_up=8.0)


def line(shape: Shape, gpus: int, rows: int, seconds: float, dollars: float) -> str | None:
    """A line of the table; None where there are too few GPUs for a replica."""
    times, each = sites(shape, rows)
    replicas = gpus // each
    if not replicas:
        return None
    ingresses = enough(times, replicas, rows)
    seen = simulate(times, replicas, rows, ingresses, seconds)
    speed = seen.tokens_per_second
    share = seen.busy["refresh"] / (seen.busy["refresh"] + seen.busy["block"])
    cells = (
        f"{gpus}",
        f"{replicas} x {each}",
        f"{rows}",
        f"{(shape.weights + rows * CANVAS * shape.kv_token) / each / 1e9:.0f} GB",
        f"{speed:,.0f}",
        f"{gpus * dollars / 3600 / speed * 1e6:.2f}",
        f"{statistics.median(seen.latencies):.1f} s",
        f"{share:.0%}",
        f"{ingresses}",
        "HTTP" if speed > HTTP_LIMIT else "refreshes" if share > 0.5 else "block steps",
    )
    return f"| {' | '.join(cells)} |"


def enough(times: Times, replicas: int, rows: int) -> int:
    """HTTP servers that are at most 70 % busy with what the engines can send."""
    alone = simulate(times, 1, rows, 1000, 20.0)
    requests = alone.tokens_per_second / WORK.gen_length * replicas
    seconds = requests * EVENT_COST * (WORK.blocks + 1)
    return max(1, -int(-seconds // 0.7))


HEAD = (
    "| GPUs | replicas x GPUs | rows | memory a GPU | tokens/s | $ a million tokens | reply in | refreshes | "
    "HTTP servers | first limit |"
)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gpus", type=int, nargs="+", default=[1, 8, 64, 1000])
    parser.add_argument("--rows", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--dollars", type=float, default=2.50, help="of a GPU and hour")
    parser.add_argument("--seconds", type=float, default=5.0, help="that are simulated")
    given = parser.parse_args()
    eight_bits = replace(MIXTURE_100B, name=f"{MIXTURE_100B.name}, 8 bits", bytes_each=1.0)
    print(f"One HTTP server carries {HTTP_LIMIT:,.0f} tokens/s at most.")
    for shape in (LLADA_8B, MIXTURE_100B, eight_bits):
        print(f"\n{shape.name}: {shape.parameters / 1e9:.0f}B parameters\n\n{HEAD}")
        print("|" + "---|" * (HEAD.count("|") - 1))
        for rows in given.rows:
            for gpus in given.gpus:
                found = line(shape, gpus, rows, given.seconds, given.dollars)
                if found:
                    print(found, flush=True)


if __name__ == "__main__":
    main()
