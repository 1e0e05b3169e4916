"""How an engine comes to be, in whatever process it lives. Only `build` imports torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from llada_core.engine.likelihood_request import LikelihoodRequest, Work
from llada_core.errors import UnavailableError
from llada_core.registry import GenerationRegistry, load_registry

from .engine_client import EngineInfo
from .engine_loop import Build, SyncEngine
from .settings import Settings

if TYPE_CHECKING:
    from llada_core.model import LLaDAForMaskedDiffusion


def engine_builder(
    folder: str,
    registry: GenerationRegistry,
    settings: Settings,
    *,
    on_start: Callable[[str], object] | None = None,
    on_progress: Callable[[], object] | None = None,
    on_loss: Callable[[str], object] | None = None,
) -> Build:
    """A function that loads the checkpoint in `folder` and puts an engine around it.

    Args:
        on_start: is told the id of each request that leaves the queue, before its first forward.
        on_progress: is called as a forward gets on that may take long: on a CPU, from layer to layer.
        on_loss: is told why the model's ranks cannot go on, in a thread of its own.
    """

    def build() -> tuple[SyncEngine, EngineInfo]:
        from llada_core.engine.engine import Engine, EngineConfig
        from llada_core.parallel import ParallelModel, load
        from llada_core.structure.grammars import Grammars

        model = load(
            folder,
            tensor_parallel=settings.tensor_parallel,
            on_loss=on_loss,
            device=settings.device,
            dtype=settings.dtype,
            quantization=settings.quantization,
            batch_invariant=settings.batch_invariant,
        )
        config = EngineConfig(
            max_rows=settings.max_rows,
            kv_tokens=settings.kv_tokens,
            max_batched_tokens=settings.max_batched_tokens,
            whole_loop_threads=settings.whole_loop_threads,
            whole_loop_tokens=settings.whole_loop_tokens,
            whole_loop_silence=settings.algorithm_timeout,
            step_limit=settings.algorithm_timeout,
        )
        if on_progress is not None and model.device.type == "cpu":
            _report_layers(model.part if isinstance(model, ParallelModel) else model, on_progress)
        grammars = Grammars(folder, model.facts)
        with suppress(UnavailableError):  # requests that need it are told
            grammars.load()  # now: a large vocabulary takes seconds, for which a step would stand still
        engine = Engine(model, registry=registry, config=config, on_start=on_start, grammars=grammars)
        engine.warm_up()
        info = EngineInfo(
            device=str(model.device),
            dtype=str(model.dtype).removeprefix("torch."),
            parameters=model.parameters_in_all,
            kv_tokens=engine.stats().kv_tokens,
        )
        return engine, info

    return build


def check_device(device: str) -> None:
    """Raise if a GPU has failed for good: then the request that met the error was not at fault alone, and
    every later one would fail too, each with an error that blames its algorithm."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(device)


def load_plugins(files: Sequence[Path], required: Sequence[str] = ()) -> GenerationRegistry:
    """The registry with the installed plugins and these files.

    Raises:
        PluginError: a file does not load, or a required plugin is not there.
    """
    registry = load_registry(files)
    registry.require(required)
    return registry


def typed(registry: GenerationRegistry, request: Work) -> Work:
    """`request`, which came as data, with the own parameters of algorithm and rule in their Structs again."""
    if isinstance(request, LikelihoodRequest):
        return request
    algorithm = registry.params_for(request.algorithm)
    rule = registry.rule_params_for(request.params.rule)
    return msgspec.structs.replace(
        request,
        algorithm_params=algorithm and msgspec.convert(request.algorithm_params, algorithm),
        rule_params=rule and msgspec.convert(request.rule_params, rule),
    )


def _report_layers(model: LLaDAForMaskedDiffusion, on_progress: Callable[[], object]) -> None:
    """Call `on_progress` from every norm, of which a layer has two."""

    def hook(*_: Any) -> None:
        on_progress()

    for name, module in model.named_modules():
        if name.endswith("_norm"):
            module.register_forward_hook(hook)
