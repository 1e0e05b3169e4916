"""The engine on a CPU: what batching, caches and the host's own work cost, as ratios within one run.

    python benchmarks/cpu/engine.py [MODEL] [--threads N] [--rounds 3]

- *batching*: eight equal-length requests at once against the same eight one after another, one token a step.
- *dual against basic*: eight requests, gen_length 128, equal forwards.
- *host share*: the part of a step at eight rows that is not the model's forward.

Every line says whether the tokens are equal: to the solo runs, or for dual against basic, to each algorithm's
own solo runs. Rounds are interleaved and medians taken, so that a busy machine slows both sides alike.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import torch

from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.events import Finished
from llada_core.engine.request import Request, build_request
from llada_core.model import load_model
from llada_core.registry import default_registry

ROWS, PROMPT = 8, 64
BARS = {"batching": 1.8, "dual against basic": 4.0, "host share": 0.1}


class Timed:
    """A model whose forward is timed."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def hidden(self, packed: Any) -> torch.Tensor:
        return self._time(self._model.hidden, packed)

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        return self._time(self._model.head, hidden)

    def _time(self, call: Any, argument: Any) -> torch.Tensor:
        start = time.perf_counter()
        result: torch.Tensor = call(argument)
        self.seconds += time.perf_counter() - start
        return result


def requests(model: Any, algorithm: str, gen_length: int) -> list[Request]:
    """Eight requests of one length with different prompts."""
    chance = torch.Generator().manual_seed(1)
    values = {"gen_length": gen_length, "block_length": 32, "ignore_eos": True}
    found = []
    for n in range(ROWS):
        prompt = torch.randint(100, 2000, (PROMPT,), generator=chance).tolist()
        request, _ = build_request(
            default_registry(), model.facts, values, id=str(n), algorithm=algorithm, prompt=tuple(prompt)
        )
        found.append(request)
    return found


def run(engine: Engine, batch: list[Request]) -> tuple[float, dict[str, list[int]], int]:
    """Seconds, tokens by request, and forwards of running `batch` at once."""
    for request in batch:
        engine.add(request)
    tokens: dict[str, list[int]] = {}
    nfe = 0
    start = time.perf_counter()
    while engine.has_work():
        for event in engine.step():
            if isinstance(event, Finished):
                tokens[event.request_id] = event.tokens
                nfe += event.nfe
    return time.perf_counter() - start, tokens, nfe


def solo(engine: Engine, batch: list[Request]) -> tuple[float, dict[str, list[int]]]:
    """Seconds and tokens of running `batch` one after another."""
    seconds, tokens = 0.0, {}
    for request in batch:
        took, found, _ = run(engine, [request])
        seconds += took
        tokens |= found
    return seconds, tokens


def measure(model: Any, rounds: int) -> list[tuple[str, float, str]]:
    """(name, value, what is equal) of every measurement."""
    timed = Timed(model)
    engine = Engine(timed, config=EngineConfig(max_rows=ROWS))
    dual, long_dual, basic = (
        requests(model, "dual_cache", 64),
        requests(model, "dual_cache", 128),
        requests(model, "basic", 128),
    )
    run(engine, dual)
    batching, cache, share = [], [], []
    equal = True
    for _ in range(rounds):
        timed.seconds = 0.0
        together, tokens, _ = run(engine, dual)
        share.append(1 - timed.seconds / together)
        alone, solo_tokens = solo(engine, dual)
        batching.append(alone / together)
        equal &= tokens == solo_tokens
        dual_seconds, _, dual_nfe = run(engine, long_dual)
        basic_seconds, _, basic_nfe = run(engine, basic)
        cache.append(basic_seconds / dual_seconds)
    median = statistics.median
    return [
        ("batching", median(batching), f"tokens of all {ROWS}: {'equal' if equal else 'NOT EQUAL'}"),
        ("dual against basic", median(cache), f"forwards: {dual_nfe} and {basic_nfe}"),
        ("host share", median(share), f"tokens of all {ROWS}: {'equal' if equal else 'NOT EQUAL'}"),
    ]


def main() -> None:
    """Measure and print; exit with 1 if a bar is missed or tokens differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", nargs="?", default="demo")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = load_model(options.model, device="cpu", dtype="float32")
    print(f"torch {torch.__version__}, {options.threads} threads, median of {options.rounds} rounds")
    print("| what | ratio | bar | equal |\n|---|---|---|---|")
    good = True
    for name, value, same in measure(model, options.rounds):
        bar = BARS[name]
        good &= "NOT" not in same and (value <= bar if name == "host share" else value >= bar)
        print(
            f"| {name} | {value:.2f} | {'at most' if name == 'host share' else 'at least'} {bar} | {same} |"
        )
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
