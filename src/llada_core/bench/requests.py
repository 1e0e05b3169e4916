"""Requests for measuring: random prompts, of which every block is generated."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import torch

from ..engine.engine import Engine, EngineConfig
from ..engine.events import Failed, Finished
from ..engine.request import Request, build_request
from ..errors import LladaError
from ..registry import default_registry
from .clock import between, mark

WARM_STEPS = 5
"""First steps of a block that do not count: the refresh, and what is captured. The last one does not either:
with the next step begun before this one is read, it has nothing left to do."""


def ask(model: Any, number: int, algorithm: str, prompt: int, **values: Any) -> Request:
    """Request `number`, with a prompt of `prompt` random tokens."""
    chance = torch.Generator().manual_seed(number)
    ids = torch.randint(0, model.facts.vocab_size - 1, (prompt,), generator=chance).tolist()
    ids = [token + (token >= model.facts.mask_id) for token in ids]
    values = {"ignore_eos": True} | values
    name = str(number)
    request, _ = build_request(
        default_registry(), model.facts, values, id=name, algorithm=algorithm, prompt=tuple(ids)
    )
    return request


def run(engine: Engine, requests: Iterable[Request]) -> dict[str, Finished]:
    """Run all of them at once; their ends by id.

    Raises:
        LladaError: one failed.
    """
    for request in requests:
        engine.add(request)
    found = {}
    while engine.has_work():
        for event in engine.step():
            if isinstance(event, Failed):
                raise LladaError(f"{event.request_id}: {event.message}")
            if isinstance(event, Finished):
                found[event.request_id] = event
    return found


def ticks(engine: Engine) -> list[float]:
    """Milliseconds from the end of each step to the end of the next, until nothing is left to do.

    Nothing waits for the device between them but the engine itself.
    """
    marks = [mark(torch.device(engine.model.device))]
    while engine.has_work():
        if any(isinstance(event, Failed) for event in engine.step()):
            raise LladaError("a request failed")
        marks.append(mark(torch.device(engine.model.device)))
    return [between(first, second) for first, second in pairwise(marks)]


def step_ms(model: Any, algorithm: str, rows: int, canvas: int, block: int, steps: int) -> float:
    """Median of a block's later steps: `rows` canvases of `canvas` tokens, the last `block` generated."""
    engine = Engine(model, config=EngineConfig(max_rows=rows, kv_tokens=rows * canvas))
    values = {"gen_length": block, "block_length": block, "steps": steps}
    for n in range(rows):
        engine.add(ask(model, n, algorithm, canvas - block, **values))
    return statistics.median(ticks(engine)[WARM_STEPS:-1])


def generation(model: Any, algorithm: str, prompt: int, **values: Any) -> tuple[float, int]:
    """Seconds of one generation by itself, and its forwards; the second of two counts."""
    device = torch.device(model.device)
    config = EngineConfig(max_rows=1, kv_tokens=prompt + values["gen_length"])
    engine = Engine(model, config=config)
    seconds, forwards = 0.0, 0
    for _ in range(2):
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        began = time.perf_counter()
        (end,) = run(engine, [ask(model, 1, algorithm, prompt, **values)]).values()
        seconds, forwards = time.perf_counter() - began, end.nfe
    return seconds, forwards


def serving(model: Any, algorithms: list[str], count: int, **values: Any) -> float:
    """Tokens a second of `count` requests at once, the algorithms in turn, prompts of 64 to 1024 tokens."""
    gc.collect()  # an engine before this one may still hold its pool
    longest = 1024 + values["gen_length"]
    engine = Engine(model, config=EngineConfig(max_rows=count, kv_tokens=count * longest))
    engine.warm_up()
    requests = [
        ask(model, n, algorithms[n % len(algorithms)], 64 + n * 960 // max(1, count - 1), **values)
        for n in range(count)
    ]
    began = time.perf_counter()
    run(engine, requests)
    speed: float = count * values["gen_length"] / (time.perf_counter() - began)
    return speed
