"""Engine replicas on Ray Serve with a GPU each: tokens a second of two against one, with LLaDA-8B's shapes.

    python benchmarks/gpu/replicas.py [--replicas 1 2] [--out FILE] [--batch-invariant]
    python benchmarks/gpu/replicas.py --config tiny          # small shapes on the CPU, to try it out

Needs `llada-server[ray]` and httpx, Linux, and as many GPUs as replicas. First a checkpoint with random
weights is written (16 GB, into memory where there is room), and one engine without HTTP or Ray runs requests
of the same kind. Then, for each number of replicas, `llada deploy` is started and loaded over HTTP by clients
that each wait for a whole reply and ask again, so many that all places are taken and as many requests wait.

Tokens a second are those of the engines' own counters over the window, beside those of the replies that
ended in it. Greedy replies must not depend on who gave them. The first requests are asked with no company
first, and their texts compared with those of the engine without Ray. Texts given in company are compared with
those of the same requests from the first number of replicas: in bfloat16 they may differ by company, unless
with `--batch-invariant`. Clients are coroutines of one process that use `httpx.AsyncClient` without
streaming; the share of a core that this process took is shown.

Under five minutes for one and two replicas on H100, and ended with exit code 1 after `--limit` seconds. The
exit code is also 1 if a request failed or had another number of tokens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from http_clients import ALGORITHM, ALONE, ENDING, GENERATED, LAYOUT, Clients, question

HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / "server" / "tests" / "replicas"
"""Where clusters are started and stopped for tests."""
ROUNDS = 4
"""Requests a place of the engine without Ray."""
HEADER = (
    "| replicas | clients | tokens/s | ratio | tokens/s by replies | reply s | rows a forward | errors "
    "| equal alone | equal in company | client's core |"
)
BEGAN = time.monotonic()


def note(text: str) -> None:
    """Say how far it is."""
    print(f"[{time.monotonic() - BEGAN:5.1f} s] {text}", flush=True)


@dataclass
class Row:
    """What a number of replicas gave."""

    replicas: int
    clients: int
    tokens_per_second: float
    """By the engines' counters."""
    by_replies: float
    """By the replies that ended in the window."""
    ratio: float
    """To the first row."""
    latency: float
    """Median seconds of a reply."""
    rows: float
    """A forward."""
    seconds: float
    """Of the window."""
    client_core: float
    """Share of a core that the clients took."""
    errors: list[str]
    alone: tuple[int, int]
    """Texts given without company that are equal to those without Ray, of how many."""
    company: tuple[int, int] | None
    """Texts given in company that are equal to those of the first row, of how many; None: it is the first."""
    starting: float
    """Seconds until all replicas were ready."""

    def cells(self) -> str:
        """A line of the table."""
        equal = ["" if each is None else f"{each[0]} of {each[1]}" for each in (self.alone, self.company)]
        values = [
            *(self.replicas, self.clients, f"{self.tokens_per_second:.0f}", f"{self.ratio:.2f}"),
            *(f"{self.by_replies:.0f}", f"{self.latency:.2f}", f"{self.rows:.2f}", len(self.errors)),
            *(*equal, f"{self.client_core:.2f}"),
        ]
        return "| " + " | ".join(map(str, values)) + " |"


@dataclass
class Texts:
    """What requests got, by number."""

    alone: dict[int, str] = field(default_factory=dict)
    company: dict[int, str] = field(default_factory=dict)


# Without Ray, in a process of its own: the clients' has no use for a GPU


def prepare(folder: Path, options: argparse.Namespace) -> None:
    """Write the checkpoint, run an engine on it, and print what that gave."""
    import random_checkpoint as checkpoint
    import torch

    device = torch.device(options.device)
    began = time.perf_counter()
    config = checkpoint.SHAPES[options.config]
    size = checkpoint.write(folder, config, device)
    wrote = time.perf_counter() - began
    if device.type == "cuda":
        torch.cuda.empty_cache()  # the engine takes what is free
    (folder / "words.json").write_text(json.dumps(checkpoint.words(config.logits_width)))
    print(f"{size / 1e9:.3g} GB written in {wrote:.1f} s", file=sys.stderr, flush=True)
    speed, texts = bare(folder, device, options)
    card = torch.cuda.get_device_name() if device.type == "cuda" else "cpu"
    print(json.dumps({"card": card, "torch": torch.__version__, "tokens_per_second": speed, "alone": texts}))


def bare(folder: Path, device: Any, options: argparse.Namespace) -> tuple[float, dict[int, str]]:
    """Tokens a second of requests at once on one engine, and the first ones' texts without company."""
    from llada_core.bench.requests import run
    from llada_core.engine.engine import Engine, EngineConfig
    from llada_core.engine.request import build_request
    from llada_core.parallel import load
    from llada_core.registry import default_registry
    from llada_core.tokenizer import Tokenizer

    tokenizer = Tokenizer(folder)
    words = json.loads((folder / "words.json").read_text())
    model = load(folder, device=device, batch_invariant=options.batch_invariant)
    engine = Engine(model, config=EngineConfig(max_rows=options.max_rows))
    engine.warm_up()

    def ask(number: int) -> Any:
        prompt = tokenizer.chat([{"role": "user", "content": question(words, number)}])
        return build_request(
            default_registry(),
            model.facts,
            {**LAYOUT, "gen_length": GENERATED, "seed": number},
            id=str(number),
            algorithm=ALGORITHM,
            prompt=tuple(prompt),
        )[0]

    texts = {}
    for number in range(ALONE):
        (end,) = run(engine, [ask(number)]).values()
        decoder = tokenizer.incremental_decoder()
        texts[number] = decoder.feed(end.tokens) + decoder.finish()
    asked = [ask(number) for number in range(ROUNDS * options.max_rows)]
    began = time.perf_counter()
    run(engine, asked)
    return len(asked) * GENERATED / (time.perf_counter() - began), texts


async def measure(
    url: str, words: list[str], replicas: int, options: argparse.Namespace
) -> tuple[Row, Texts]:
    """Ask without company, then load, and look at counters and replies of the window."""
    import httpx

    clients = replicas * options.clients
    limits = httpx.Limits(max_connections=clients + 4)
    async with httpx.AsyncClient(timeout=options.patience, limits=limits, trust_env=False) as http:
        asking = Clients(url, http, words)
        alone = await asking.alone()
        took = statistics.median(reply.ended - reply.began for reply in alone)
        note(f"{ALONE} requests without company, {alone[0].prompt} tokens each: {took:.2f} s a reply")
        async with asking.load(clients):
            await asyncio.sleep(options.warm_up)
            before, then = await asking.fresh_stats()
            cpu = time.process_time()
            note(f"{len(asking.replies)} replies so far; the window begins")
            await asyncio.sleep(options.seconds)
            after, now = await asking.fresh_stats()
            cpu = time.process_time() - cpu
    if asking.hanging:
        note(f"{asking.hanging} requests hang")
    seconds = now - then
    ended = [each for each in asking.replies if each.error is None and then <= each.ended <= now]
    ticks = after["ticks"] - before["ticks"]
    row = Row(
        replicas=replicas,
        clients=clients,
        tokens_per_second=(after["tokens"] - before["tokens"]) / seconds,
        by_replies=sum(each.tokens for each in ended) / seconds,
        ratio=1.0,
        latency=statistics.median(each.ended - each.began for each in ended) if ended else float("nan"),
        rows=(after["rows"] - before["rows"]) / ticks,
        seconds=seconds,
        client_core=cpu / seconds,
        errors=[each.error for each in (*alone, *asking.replies) if each.error is not None],
        alone=(0, 0),
        company=None,
        starting=0.0,
    )
    texts = Texts(
        *({each.number: each.text for each in some if not each.error} for some in (alone, asking.replies))
    )
    return row, texts


def equal(some: dict[int, str], others: dict[int, str]) -> tuple[int, int]:
    """How many of the texts that both have are equal, and how many both have."""
    both = some.keys() & others.keys()
    return sum(some[number] == others[number] for number in both), len(both)


# All of it


def serve(model: Path, words: list[str], replicas: int, options: argparse.Namespace) -> tuple[Row, Texts]:
    """Deploy, measure, and end all of it."""
    from cluster import Cluster

    folder = Path(tempfile.mkdtemp(prefix="llada"))
    on_gpu = options.device != "cpu"
    note(f"replicas: {replicas}; starting")
    began = time.monotonic()
    cluster = Cluster(
        folder,
        str(model),
        *("--replicas", str(replicas), "--num-gpus", str(int(on_gpu)), "--device", options.device),
        *("--max-rows", str(options.max_rows)),
        *(["--batch-invariant"] if options.batch_invariant else []),
    )
    try:
        cluster.wait_until_ready(options.patience)
        starting = time.monotonic() - began
        note(f"ready after {starting:.0f} s")
        row, texts = asyncio.run(measure(cluster.url, words, replicas, options))
        row.starting = starting
        return row, texts
    except BaseException:
        tell(folder)
        raise
    finally:
        try:
            code = cluster.stop(ENDING)
            note(f"ended with exit code {code}; {len(cluster.commands())} processes are left")
        except subprocess.TimeoutExpired:
            note("did not end in time and was killed")
        shutil.rmtree(folder, ignore_errors=True)


def tell(folder: Path) -> None:
    """What the server and its replicas said last, to find out why something failed."""
    logs = [folder / "deploy.log", *folder.glob("ray/session_latest/logs/serve/*.log")]
    logs += folder.glob("ray/session_latest/logs/worker-*.err")
    for log in logs:
        said = log.read_text(errors="replace")[-2500:]
        if said.strip():
            print(f"--- {log.name}\n{said}", flush=True)


@contextmanager
def room(size: int) -> Iterator[Path]:
    """A folder for `size` bytes: in memory, or where there is no room on disk."""
    memory = Path("/dev/shm")
    fits = memory.is_dir() and shutil.disk_usage(memory).free > 1.3 * size
    folder = tempfile.mkdtemp(prefix="llada", dir=memory if fits else None)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepared(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The same as `prepare`, in another process."""
    same = ["--config", options.config, "--device", options.device, "--max-rows", str(options.max_rows)]
    same += ["--batch-invariant"] if options.batch_invariant else []
    done = subprocess.run(
        [sys.executable, __file__, "--prepare", str(folder), *same],
        stdout=subprocess.PIPE,
        text=True,
        timeout=options.patience,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    found["alone"] = {int(number): text for number, text in found["alone"].items()}
    return found


def run(options: argparse.Namespace) -> bool:
    """Measure, print, write; whether all was well."""
    sys.path.insert(0, str(TOOLS))
    # The checkpoint lies in memory, and Ray ends workers where little is left.
    os.environ.update(RAY_memory_monitor_refresh_ms="0")
    rows: list[Row] = []
    first = Texts()
    with room(17 * 10**9 if options.config == "large" else 10**7) as folder:
        note(f"a checkpoint is written to {folder}, and one engine runs without Ray")
        engine = prepared(folder, options)
        note(f"one engine without HTTP or Ray: {engine['tokens_per_second']:.0f} tokens/s")
        first.alone = engine["alone"]
        words = json.loads((folder / "words.json").read_text())
        for replicas in options.replicas:
            row, texts = serve(folder, words, replicas, options)
            row.alone = equal(texts.alone, first.alone)
            if rows:
                row.company = equal(texts.company, first.company)
            else:
                first.company = texts.company
            row.ratio = row.tokens_per_second / (rows[0].tokens_per_second if rows else row.tokens_per_second)
            rows.append(row)
            note(f"{row.tokens_per_second:.0f} tokens/s")
            for error in row.errors[:3]:
                note(f"error: {error}")
    print(f"\n{engine['card']}, torch {engine['torch']}; {options.max_rows} rows an engine", end="")
    print(f"{', batch-invariant' if options.batch_invariant else ''}\n\n{HEADER}")
    print("|" + "---|" * (HEADER.count("|") - 1))
    print(f"| engine alone | | {engine['tokens_per_second']:.0f} |" + " |" * 8)
    print("\n".join(row.cells() for row in rows), flush=True)
    if options.out is not None:
        del engine["alone"]
        asked = {"max_rows": options.max_rows, "batch_invariant": options.batch_invariant}
        found = {**asked, "engine": engine, "replicas": [asdict(row) for row in rows]}
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    return not any(row.errors for row in rows)


def too_late(number: int, frame: object) -> None:
    """End everything: what is open is ended on the way out."""
    raise SystemExit("too late: --limit is over")


def main() -> None:
    """Read options; measure under the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--clients", type=int, default=16, help="a replica")
    parser.add_argument("--max-rows", type=int, default=8)
    parser.add_argument("--warm-up", type=float, default=8.0, help="seconds of load before the window")
    parser.add_argument("--seconds", type=float, default=25.0, help="of the window")
    parser.add_argument("--batch-invariant", action="store_true", help="same bits in any company; slower")
    parser.add_argument("--config", choices=["large", "tiny"], default="large")
    parser.add_argument("--device", help="default: cuda, and for tiny cpu")
    parser.add_argument("--patience", type=float, default=140.0, help="most seconds of a start or a reply")
    parser.add_argument("--limit", type=int, default=285, help="seconds after which all is ended")
    parser.add_argument("--out", type=Path, help="write the figures to this file as JSON")
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.device = options.device or ("cpu" if options.config == "tiny" else "cuda")
    if options.prepare is not None:
        prepare(options.prepare, options)
        return
    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(options.limit)
    try:
        good = run(options)
    except Exception:
        traceback.print_exc()
        good = False
    sys.exit(not good)


if __name__ == "__main__":
    main()
