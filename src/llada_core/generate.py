"""`DenoisingAlgorithm.generate`: one request a row, through an engine that is cached on the model."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import msgspec
import torch

from .algorithm import DenoisingAlgorithm, as_kwargs
from .engine.config import EngineConfig
from .engine.engine import Engine
from .engine.events import Failed, Finished
from .engine.foreign import ForeignModel
from .engine.request import Request
from .errors import LladaError, ParameterError
from .logit_control import LogitControl, take_control
from .params import SamplingParams, parse, take_part, unknown_parameter
from .plugins.first_party import CORE_RULES
from .registry import GenerationRegistry, default_registry

MAX_ROWS = 64
"""Rows of a batch that run at once; the others follow."""

ATTRIBUTE = "_llada_engine"
"""Where a model keeps its engine, so that both go together."""

_lock = threading.Lock()


def generate(
    algorithm: DenoisingAlgorithm, model: Any, prompt: torch.Tensor, **kwargs: Any
) -> tuple[torch.Tensor, int]:
    """See `DenoisingAlgorithm.generate`.

    Args:
        prompt: integer [batch, length], or [length].
        kwargs: fields of `SamplingParams` and of the algorithm's and the rule's own parameters, and
            `mask_id`, for a model whose configuration does not say it. Row i runs with seed + i; without a
            seed, one is taken from torch's generator where chance plays a part.

    Returns:
        int64 [batch, length + gen_length] on the prompt's device, and the number of forward evaluations.

    Raises:
        ParameterError: naming the field, an unknown one included.
        ContextLengthError: prompt and canvas do not fit the model.
        UnavailableError: the algorithm needs a cache, and `model` only returns logits.
    """
    prompts = _rows(prompt)
    values = as_kwargs(kwargs)
    lock, engine = _engine_for(model, values.pop("mask_id", None))
    with lock:
        requests = _requests(algorithm, prompts, values)
        if algorithm.needs_cache is not False:
            copies = 2 if requests[0].params.cfg_scale > 0 else 1
            engine.grow_pool(copies * sum(request.canvas_length for request in requests[:MAX_ROWS]))
        finished = _run(engine, algorithm, requests)
    generated = torch.tensor([finished[request.id].tokens for request in requests], device=prompt.device)
    blocks = zip(*(ending.forwards_per_block for ending in finished.values()), strict=True)
    return torch.cat((prompts.to(generated), generated), dim=1), sum(max(block) for block in blocks)


def _rows(prompt: torch.Tensor) -> torch.Tensor:
    if not isinstance(prompt, torch.Tensor) or prompt.is_floating_point() or prompt.dim() not in (1, 2):
        raise ParameterError("prompt", "expected an integer tensor [batch, length]")
    rows = prompt.unsqueeze(0) if prompt.dim() == 1 else prompt
    if not len(rows):
        raise ParameterError("prompt", "expected at least one row")
    return rows


def _engine_for(model: Any, mask_id: int | None) -> tuple[threading.Lock, Engine]:
    """The engine of a model, made at its first use."""
    with _lock:
        found: tuple[threading.Lock, Engine] | None = getattr(model, ATTRIBUTE, None)
        if found is None or (mask_id is not None and found[1].facts.mask_id != mask_id):
            own = hasattr(model, "hidden") and hasattr(model, "facts")
            if own and mask_id is not None and model.facts.mask_id != mask_id:
                raise ParameterError(
                    "mask_id", f"this checkpoint's mask token is {model.facts.mask_id} (got {mask_id})"
                )
            runs = model if own else ForeignModel(model, mask_id)
            config = EngineConfig(max_rows=MAX_ROWS, kv_tokens=0)
            found = threading.Lock(), Engine(runs, config=config)
            setattr(model, ATTRIBUTE, found)
        return found


def _requests(
    algorithm: DenoisingAlgorithm, prompts: torch.Tensor, values: Mapping[str, Any]
) -> list[Request]:
    common = {name: value for name, value in values.items() if name in SamplingParams.__struct_fields__}
    params = parse(SamplingParams, {**common, "ignore_eos": True}).effective()
    rest = {name: value for name, value in values.items() if name not in common}
    registry = default_registry()
    name = algorithm.name or type(algorithm).__name__
    if algorithm.owns_step() and params.rule not in CORE_RULES:
        raise ParameterError("unmasking", f"{name} decides itself what to commit (got {params.rule!r})")
    control = take_control(rest)
    rule_params = take_part(registry.rule_params_for(params.rule), rest)
    own = _params_of(algorithm, registry)
    algorithm_params = take_part(own, rest)
    if rest:
        parts = (SamplingParams, LogitControl, own, registry.rule_params_for(params.rule))
        known = [field for part in parts if part is not None for field in part.__struct_fields__]
        error = unknown_parameter(min(rest), [*known, "mask_id"], name)
        hint = "" if own else "; an instance has own parameters once it is registered with params="
        raise ParameterError(min(rest), error.message + hint)
    seed = params.seed
    if "seed" not in common and (params.temperature > 0 or params.remasking == "random"):
        seed = int(torch.randint(2**62, ()))
    return [
        Request(
            id=str(n),
            prompt=tuple(row),
            algorithm=algorithm.name,
            params=msgspec.structs.replace(params, seed=(seed + n + 2**63) % 2**64 - 2**63),
            algorithm_params=algorithm_params,
            rule_params=rule_params,
            control=control,
        )
        for n, row in enumerate(prompts.tolist())
    ]


def _params_of(algorithm: DenoisingAlgorithm, registry: GenerationRegistry) -> type[msgspec.Struct] | None:
    """The Struct of its own parameters, if it is the registry's."""
    for name in registry.list_algorithms():
        if name.rpartition(":")[2] == algorithm.name and registry.get(name) is algorithm:
            return registry.params_for(name)
    return None


def _run(engine: Engine, algorithm: DenoisingAlgorithm, requests: list[Request]) -> dict[str, Finished]:
    """Run all requests to their ends.

    Raises:
        LladaError: the first request that failed, with the others given up.
    """
    finished: dict[str, Finished] = {}
    try:
        for request in requests:
            engine.add(request, algorithm=algorithm)
        while engine.has_work():
            for event in engine.step():
                if isinstance(event, Finished):
                    finished[event.request_id] = event
                elif isinstance(event, Failed):
                    raise _error(event)
    finally:
        for request in requests:
            engine.cancel(request.id)
    return {request.id: finished[request.id] for request in requests}


def _error(event: Failed) -> LladaError:
    error = LladaError(event.message)
    error.code, error.field = event.code, event.field
    return error
