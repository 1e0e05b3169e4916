"""From settings to a running server: plugins, checkpoint, names, engine. Shared by both command lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from llada_core.checkpoints import read_facts, resolve
from llada_core.errors import LladaError
from llada_core.registry import GenerationRegistry
from llada_core.tokenizer import Tokenizer

from .context import Context
from .engine_client import EngineClient
from .in_process import InProcessEngine
from .loading import configure_logging, engine_builder, load_plugins
from .process_client import EngineProcessClient
from .server import StartError, bind, run
from .settings import Settings


def start(settings: Settings, *, files: tuple[Path, ...] = (), required: tuple[str, ...] = ()) -> NoReturn:
    """Serve until a signal; exits the process with 0, or with 1 and one message if it could not start.

    Args:
        files: Python files with algorithms, beside the installed plugins.
        required: plugins without which not to start, by distribution or entry point.
    """
    configure_logging(settings.log_level)
    try:
        listener = bind(settings)
        with listener:
            code = run(build_context(settings, load_plugins(files, required), files), listener)
    except (StartError, LladaError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(code)


def build_context(settings: Settings, registry: GenerationRegistry, files: Sequence[Path] = ()) -> Context:
    """Everything but the model itself, which the engine loads later.

    Args:
        files: Python files that `registry` has loaded, for an engine in another process.

    Raises:
        CheckpointError: there is no such checkpoint, or its files do not fit together.
    """
    folder = resolve(settings.model, settings.revision)
    return Context(
        make_client(str(folder), settings, registry, files),
        settings,
        registry=registry,
        tokenizer=Tokenizer(folder),
        facts=read_facts(folder),
        names=served_names(settings, folder),
    )


def make_client(
    folder: str, settings: Settings, registry: GenerationRegistry, files: Sequence[Path] = ()
) -> EngineClient:
    """The engine where `settings` want it; on Windows always in this process."""
    if settings.engine == "process" and os.name == "posix":
        return EngineProcessClient(folder, settings, files=files)
    return InProcessEngine(
        engine_builder(folder, registry, settings),
        max_rows=settings.max_rows,
        max_wait_time=settings.max_wait_time,
    )


def served_names(settings: Settings, folder: Path) -> tuple[str, ...]:
    """The names given; else the folder's, or what the model is called and the last part of that."""
    names = settings.served_model_names
    if not names and os.path.isdir(settings.model):
        names = (Path(settings.model).resolve().name,)
    elif not names:
        names = (settings.model, settings.model.rpartition("/")[2])
    return tuple(dict.fromkeys((*names, *settings.extra_model_names)))
