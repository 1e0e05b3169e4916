"""Keys and values: reused where it is exact, and really reused."""

from __future__ import annotations

import msgspec
import torch

from ...algorithm import DenoisingAlgorithm
from ...engine.engine import Engine
from ...engine.events import Finished
from ...engine.request import Request
from ...plan import Keep, Plan, Progress, Window
from ..subject import CheckFailed, NotApplicable, Subject, run
from ..tiny import tiny_model

PROMPTS = ((3, 1, 4, 1, 5), (9, 2), (6,) * 11, (2, 7, 1, 8, 2, 8))


def check_cache_is_exact_with_one_layer(subject: Subject) -> None:
    """On a model of one layer, reusing keys and values changes nothing: slices and positions are right."""
    algorithm = _cached(subject)
    for prompt in PROMPTS:
        request = subject.request(prompt=prompt, gen_length=18, block_length=6)
        if _tokens(subject, request, algorithm, 1) != _tokens(subject, request, uncached(algorithm), 1):
            raise CheckFailed(
                f"with one layer and a prompt of {len(prompt)} tokens it gives other tokens than the same "
                "without a cache: a kept entry is missing, stale or at the wrong position"
            )


def check_cache_is_used_with_two_layers(subject: Subject) -> None:
    """On a model of two layers the kept entries are approximations, so over some prompts tokens differ."""
    algorithm = _cached(subject)
    for seed in range(4):
        for prompt in PROMPTS:
            request = subject.request(prompt=prompt, gen_length=18, block_length=9)
            cached = _tokens(subject, request, algorithm, 2, seed)
            if cached != _tokens(subject, request, uncached(algorithm), 2, seed):
                return
    raise CheckFailed(
        "with two layers it always gives what it gives without a cache: it never reads its cache"
    )


def check_rule_is_pure(subject: Subject) -> None:
    """A rule's `select` reads no tensor on the host: it runs on tensors without data."""
    if subject.rule is None:
        raise NotApplicable("it is no rule")
    from .meta import select_on_meta

    select_on_meta(subject)


def uncached(algorithm: DenoisingAlgorithm) -> DenoisingAlgorithm:
    """The same algorithm, computing the whole canvas at every forward and keeping nothing."""

    class Uncached(type(algorithm)):  # type: ignore[misc]
        def __init__(self) -> None:
            self.__dict__.update(vars(algorithm))
            self.needs_cache = False

        def plan(self, progress: Progress) -> Plan:
            planned: Plan = super().plan(progress)
            return msgspec.structs.replace(planned, window=Window.CANVAS, keep=Keep.NOTHING)

    return Uncached()


def _cached(subject: Subject) -> DenoisingAlgorithm:
    algorithm = subject.instance
    if not isinstance(algorithm, DenoisingAlgorithm) or not algorithm.needs_cache:
        raise NotApplicable("it declares no cache")
    return algorithm


@torch.inference_mode()
def _tokens(
    subject: Subject, request: Request, algorithm: DenoisingAlgorithm, layers: int, seed: int = 0
) -> list[int]:
    engine: Engine = subject.engine(tiny_model(layers, seed))
    engine.add(request, algorithm=algorithm)
    ending: Finished = run(engine).finished["a"]
    return ending.tokens
