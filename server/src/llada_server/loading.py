"""How the in-process engine comes to be. Only `build`, run in the engine's thread, imports torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .engine_client import EngineInfo
from .in_process import Build, SyncEngine
from .settings import Settings

if TYPE_CHECKING:
    from llada_core.registry import GenerationRegistry


def engine_builder(folder: str, registry: GenerationRegistry, settings: Settings) -> Build:
    """A function that loads the checkpoint in `folder` and puts an engine around it."""

    def build() -> tuple[SyncEngine, EngineInfo]:
        from llada_core.engine.engine import Engine, EngineConfig
        from llada_core.model import load_model

        model = load_model(
            folder,
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
            whole_loop_silence=settings.algorithm_timeout,
            step_limit=settings.algorithm_timeout,
        )
        engine = Engine(model, registry=registry, config=config)
        engine.warm_up()
        info = EngineInfo(
            device=str(model.device),
            dtype=str(model.dtype).removeprefix("torch."),
            parameters=model.parameters_in_all,
            kv_tokens=engine.stats().kv_tokens,
        )
        return engine, info

    return build
