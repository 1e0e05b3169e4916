"""From settings to a running server: plugins, checkpoint, names, engine. Shared by both command lines."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from llada_core.checkpoints import read_facts, resolve
from llada_core.errors import LladaError, PluginError
from llada_core.registry import GenerationRegistry, default_registry
from llada_core.tokenizer import Tokenizer

from .context import Context
from .in_process import InProcessEngine
from .loading import engine_builder
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
            code = run(build_context(settings, load_plugins(files, required)), listener)
    except (StartError, LladaError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(code)


def load_plugins(files: tuple[Path, ...], required: tuple[str, ...]) -> GenerationRegistry:
    """The registry with the installed plugins and these files.

    Raises:
        PluginError: a file does not load, or a required plugin is not there.
    """
    registry = default_registry()
    for file in files:
        record = registry.load_file(file)
        if record.status != "loaded":
            raise PluginError(f"--plugin {file}: {record.reason}")
    registry.require(required)
    return registry


def build_context(settings: Settings, registry: GenerationRegistry) -> Context:
    """Everything but the model itself, which the engine's thread loads later.

    Raises:
        CheckpointError: there is no such checkpoint, or its files do not fit together.
    """
    folder = resolve(settings.model, settings.revision)
    return Context(
        InProcessEngine(
            engine_builder(str(folder), registry, settings),
            max_rows=settings.max_rows,
            max_wait_time=settings.max_wait_time,
        ),
        settings,
        registry=registry,
        tokenizer=Tokenizer(folder),
        facts=read_facts(folder),
        names=served_names(settings, folder),
    )


def served_names(settings: Settings, folder: Path) -> tuple[str, ...]:
    """The names given; else the folder's, or what the model is called and the last part of that."""
    names = settings.served_model_names
    if not names and os.path.isdir(settings.model):
        names = (Path(settings.model).resolve().name,)
    elif not names:
        names = (settings.model, settings.model.rpartition("/")[2])
    return tuple(dict.fromkeys((*names, *settings.extra_model_names)))


def configure_logging(level: str) -> None:
    """Log lines to stderr; the libraries below only from warnings on."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    for name in ("llada_server", "llada_core"):
        logging.getLogger(name).setLevel(level.upper())
