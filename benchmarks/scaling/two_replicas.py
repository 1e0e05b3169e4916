"""Two engines on Ray Serve with the demo model, measured, beside what the simulation says of them.

    python benchmarks/scaling/two_replicas.py [--clients 8] [--seconds 40] [--out FILE]

Needs `llada-server[ray]` and simpy, and Linux. One client at a time, then several, on one engine tell what a
forward costs, and the processes' own clocks what HTTP costs. From these two the simulation says what two
engines do with more clients; then they do it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from simulation import Simulation, Site, Work
from times import Linear

TOOLS = Path(__file__).parents[2] / "server" / "tests" / "replicas"
"""Where clusters are started and loaded for tests."""
ROWS = 4
WORK = Work(prompt=(20, 20), gen_length=64, block_length=8, steps_per_block=8)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """A run of some seconds."""

    engines: int
    clients: int
    tokens_per_second: float
    latency: float
    """Median, of whole replies."""
    rows: float
    """A forward."""
    forwards_per_second: float
    engine_seconds: float
    """Of computing, for one forward."""
    http_seconds: float
    """Of computing in HTTP server and proxy, for one request."""
    replica_seconds: float
    """Of computing in the engines' replicas outside of the engines, for one request."""
    other_seconds: float = 0.0
    """Of computing in all other processes of Ray and in the clients, for one request; 0: not looked at."""


def measure(cluster: Any, engines: int, clients: int, seconds: float) -> Measured:
    """Load with `clients`, and look at the counters after a while and at the end."""
    from load import Load

    load = Load(cluster.url, clients)
    time.sleep(5)
    before, then, work = stats(cluster), time.monotonic(), cpu(cluster)
    time.sleep(seconds)
    after, now, worked = stats(cluster), time.monotonic(), cpu(cluster)
    ended = [each for each in load.seen if then <= each.ended <= now]
    load.stop()
    took = {name: worked[name] - work[name] for name in work}
    ticks = after["ticks"] - before["ticks"]
    return Measured(
        engines=engines,
        clients=clients,
        tokens_per_second=(after["tokens"] - before["tokens"]) / (now - then),
        latency=statistics.median(each.ended - each.began for each in ended),
        rows=(after["rows"] - before["rows"]) / ticks,
        forwards_per_second=ticks / (now - then),
        engine_seconds=took["engine"] / ticks,
        http_seconds=took["http"] / len(ended),
        replica_seconds=took["replica"] / len(ended),
        other_seconds=took["other"] / len(ended),
    )


def stats(cluster: Any) -> dict[str, Any]:
    """Counters of all engines; waits for a fresh look at them."""
    time.sleep(2.5)
    found: dict[str, Any] = httpx.get(f"{cluster.url}/batch/stats", timeout=30).json()["engine"]
    return found


def cpu(cluster: Any) -> dict[str, float]:
    """Seconds of computing so far, by what a process is."""
    found = {"engine": 0.0, "http": 0.0, "replica": 0.0, "other": time.process_time()}
    for pid, command in cluster.commands().items():
        kind = next((kind for mark, kind in KINDS if mark in command), "other")
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        found[kind] += (int(fields[11]) + int(fields[12])) / TICKS
    return found


KINDS = (
    ("llada_server.engine_process", "engine"),
    ("ServeReplica:llada:http", "http"),
    ("ProxyActor", "http"),
    ("ServeReplica:llada:engines", "replica"),
)


@dataclass(frozen=True)
class Costs:
    """What one engine with a few clients tells."""

    constant: float
    """Seconds of computing of a forward, and for each of its tokens."""
    token: float
    between: float
    """Seconds that a forward takes beyond its computing."""
    http: float
    """Seconds of computing of HTTP server and proxy for a request, and of all else beside the engine."""
    beside: float
    background: float
    """Cores that are busy without any request, beside engines."""
    background_engine: float
    """The same in the replica of each engine."""

    @classmethod
    def of(cls, runs: list[Measured]) -> Costs:
        """Straight lines through the runs: what does not grow with the requests is no cost of theirs, but
        keeps cores busy."""
        tokens = [mean_tokens(run.rows) for run in runs]
        token, constant = statistics.linear_regression(tokens, [run.engine_seconds for run in runs])
        rates = [run.tokens_per_second / WORK.gen_length for run in runs]
        # With one client the engine waits between two requests.
        gaps = [1 / run.forwards_per_second - run.engine_seconds for run in runs if run.clients > 1]
        http, replica, other = (
            statistics.linear_regression(
                rates, [rate * cost for rate, cost in zip(rates, costs, strict=True)]
            )
            for costs in (
                [run.http_seconds for run in runs],
                [run.replica_seconds for run in runs],
                [run.other_seconds for run in runs],
            )
        )
        return cls(
            constant,
            token,
            between=statistics.mean(gaps),
            http=http.slope,
            beside=replica.slope + other.slope,
            background=http.intercept + other.intercept,
            background_engine=replica.intercept,
        )


def mean_tokens(rows: float) -> float:
    """Of a forward: one step in `steps_per_block` computes the canvas, the others a block."""
    canvas = WORK.prompt[0] + WORK.gen_length
    steps = WORK.steps_per_block
    return rows * (canvas + (steps - 1) * WORK.block_length) / steps


def predicted(costs: Costs, engines: int, clients: int, cores: int) -> dict[str, float]:
    """What the simulation says."""
    events = WORK.blocks + 1
    site = Site(
        Linear(costs.constant, costs.token, WORK.block_length),
        engines=engines,
        max_rows=ROWS,
        kinds_apart=False,
        request_cost=costs.http / events,
        event_cost=costs.http / events,
        replica_cost=costs.beside / WORK.blocks,
        between=costs.between,
        cores=cores,
        background=costs.background + engines * costs.background_engine,
    )
    seen = Simulation(site, WORK, clients).run(120.0, warm_up=30.0)
    return {
        "tokens_per_second": seen.tokens_per_second,
        "latency": statistics.median(seen.latencies),
        "rows": seen.rows / seen.ticks,
    }


def compare(found: dict[str, Any], own_forwards: bool = False, background: float | None = None) -> None:
    """Put the predictions beside what was measured."""
    costs = Costs.of([Measured(**run) for run in found["one"]])
    found["costs"] = {**asdict(costs), "events": WORK.blocks}
    if background is not None:
        costs = replace(costs, background=background, background_engine=0.0)
    of_one = costs
    for entry in found["two"]:
        run = Measured(**entry["measured"])
        if own_forwards:
            factor = run.engine_seconds / (of_one.constant + of_one.token * mean_tokens(run.rows))
            costs = replace(of_one, constant=of_one.constant * factor, token=of_one.token * factor)
            print(f"a forward took {factor:.0%} of what the runs with one engine say;", end=" ")
        entry["predicted"] = predicted(costs, run.engines, run.clients, found["cores"])
        print(
            run.clients,
            "clients",
            *(
                f"{name} {real:.2f} measured, {value:.2f} predicted ({value / real - 1:+.0%});"
                for name, value in entry["predicted"].items()
                if (real := getattr(run, name))
            ),
        )


def main() -> None:
    """Measure, simulate, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[4, 8])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="write the figures to this file as JSON")
    parser.add_argument("--again", action="store_true", help="measure nothing, but predict anew from --out")
    why = parser.add_argument_group("to find out what a prediction is off by; --out is not written")
    why.add_argument(
        "--own-forwards", action="store_true", help="take what a forward cost in each run itself"
    )
    why.add_argument("--background", type=float, help="cores that are busy with other things")
    given = parser.parse_args()
    if given.again:
        found = json.loads(given.out.read_text())
    else:
        found = run_all(given.clients, given.seconds, given.cores)
    compare(found, given.own_forwards, given.background)
    if given.out and not given.own_forwards and given.background is None:
        given.out.write_text(json.dumps(found, indent=1) + "\n")


def run_all(clients: list[int], seconds: float, cores: int) -> dict[str, Any]:
    """One engine with 1, 2 and 4 clients, and two with `clients`."""
    sys.path.insert(0, str(TOOLS))
    from cluster import Cluster

    options = ["--max-rows", str(ROWS), "--num-cpus", "0.5", "--device", "cpu"]
    found: dict[str, Any] = {"cores": cores, "one": [], "two": []}
    for engines, counts in ((1, [1, 2, 4]), (2, clients)):
        folder = Path(tempfile.mkdtemp(prefix="llada"))
        cluster = Cluster(folder, "--replicas", str(engines), *options)
        try:
            cluster.wait_until_ready()
            for count in counts:
                run = asdict(measure(cluster, engines, count, seconds))
                found["one" if engines == 1 else "two"].append(run if engines == 1 else {"measured": run})
        finally:
            cluster.stop()
            shutil.rmtree(folder, ignore_errors=True)
    return found


if __name__ == "__main__":
    main()
