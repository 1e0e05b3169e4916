"""What it leaves alone: global state, the model, the process."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ...engine.process_settings import log
from ...plugins.discovery import CORE
from ..subject import CheckFailed, NotApplicable, Subject, run
from ..tiny import tiny_model


def check_global_state_is_untouched(subject: Subject) -> None:
    """torch's generator, default dtype, threads and gradient mode, and the model's weights stay as they
    are."""
    before, weights = _world(), [weight.clone() for weight in tiny_model().parameters()]
    rng = torch.get_rng_state()
    with _warnings() as warnings:
        run(subject.engine(), subject.request(temperature=1.0, seed=1), subject.request("b", steps=3))
    if warnings:
        raise CheckFailed(warnings[0])
    for name, value in _world().items():
        if value != before[name]:
            raise CheckFailed(f"it changed torch's {name} from {before[name]} to {value}")
    if not torch.equal(rng, torch.get_rng_state()):
        raise CheckFailed("it drew from torch's global generator: use obs.uniform, or a generator of its own")
    if not all(torch.equal(a, b) for a, b in zip(weights, tiny_model().parameters(), strict=True)):
        raise CheckFailed("it changed the model's weights")


def check_nothing_stays_on_the_instance(subject: Subject) -> None:
    """A second run of a request takes the same steps as the first: nothing is remembered between requests."""
    for prompt in ((3, 1, 4), (2, 7, 1, 8, 2), (6,) * 8):
        request = subject.request(prompt=prompt, preview=True, gen_length=18, block_length=9)
        first = run(subject.engine(), request)
        run(subject.engine(), subject.request("other", (9, 9), gen_length=11, block_length=11))
        second = run(subject.engine(), request)
        if (first.finished, first.previews) != (second.finished, second.previews):
            raise CheckFailed("the same request took other steps after another had run")


def check_hook_module_imports_no_torch(subject: Subject) -> None:
    """Loading the plugin that brings it does not import torch."""
    infos = {info.name: info for info in subject.registry.describe()}
    rules = {info.name: info for info in subject.registry.describe_rules()}
    info = rules[subject.rule] if subject.rule is not None else infos[subject.algorithm]
    if info.distribution in (None, CORE):
        raise NotApplicable("no plugin distribution brings it")
    program = (
        "import os, sys\n"
        "os.environ['LLADA_PLUGINS'] = sys.argv[1]\n"
        "from llada_core.registry import GenerationRegistry\n"
        "registry = GenerationRegistry()\n"
        "registry.load_plugins(environ=os.environ, required=[sys.argv[1]])\n"
        "sys.exit(3 if 'torch' in sys.modules else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, info.distribution], capture_output=True, text=True, check=False
    )
    if done.returncode == 3:
        raise CheckFailed(
            f"loading {info.distribution} imports torch: keep it out of plugin and params modules"
        )
    if done.returncode:
        raise CheckFailed(f"loading {info.distribution} alone failed: {done.stderr.strip().splitlines()[-1]}")


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What the engine warns of, which puts settings back that somebody changed."""
    heard: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    try:
        yield heard
    finally:
        log.removeHandler(handler)


def _world() -> dict[str, object]:
    return {
        "default dtype": torch.get_default_dtype(),
        "number of threads": torch.get_num_threads(),
        "gradient mode": torch.is_grad_enabled(),
        "deterministic mode": torch.are_deterministic_algorithms_enabled(),
    }
