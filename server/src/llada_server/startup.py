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

from .api_keys import ApiKeyError, ApiKeys
from .breaker import Breaker, Judge
from .context import Context
from .engine_client import EngineClient
from .in_process import InProcessEngine
from .listening import StartError, check_tls, listening
from .loading import engine_builder, load_plugins
from .logs import configure_logging
from .options import variable
from .process_client import EngineProcessClient
from .server import run
from .settings import Settings


def start(
    settings: Settings,
    *,
    files: tuple[Path, ...] = (),
    required: tuple[str, ...] = (),
    keys: ApiKeys | None = None,
    admin_keys: ApiKeys | None = None,
) -> NoReturn:
    """Serve until a signal; exits the process with 0, or with 1 and one message if it could not start.

    Args:
        files: Python files with algorithms, beside the installed plugins.
        required: plugins without which not to start, by distribution or entry point.
        keys: who may ask; None: everybody.
        admin_keys: who may also operate; None: whoever may ask.
    """
    configure_logging(settings.log_level, settings.log_format)
    try:
        check_tls(settings)
        with listening(settings) as listener:
            context = build_context(settings, load_plugins(files, required), files)
            context.keys, context.admin_keys = keys, admin_keys
            code = run(context, listener)
    except (StartError, LladaError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(code)


def take_keys(keys: Sequence[str], file: Path | None, kind: str = "API key") -> ApiKeys | None:
    """The keys that were given; None: none were. They leave the environment, which the engine inherits.

    Raises:
        click.UsageError: they cannot be used, or a variable for them is there and empty, as where the secret
            that it was to hold is missing: then the server must not be open to everybody.
    """
    name = kind.lower().replace(" ", "_")
    given, where = variable(f"{name}s"), variable(f"{name}_file")
    for each in (given, where):
        if os.environ.get(each, "-").strip() == "":
            raise click.UsageError(f"{each} is set and empty; unset it to serve without {kind}s")
    os.environ.pop(given, None)
    if not keys and file is None:
        return None
    try:
        return ApiKeys(keys, file, kind=kind)
    except ApiKeyError as error:
        raise click.UsageError(str(error)) from None


def build_context(settings: Settings, registry: GenerationRegistry, files: Sequence[Path] = ()) -> Context:
    """Everything but the model itself, which the engine loads later.

    Args:
        files: Python files that `registry` has loaded, for an engine in another process.

    Raises:
        CheckpointError: there is no such checkpoint, or its files do not fit together.
        UnknownNameError: there is no such default algorithm.
    """
    folder = resolve(settings.model, settings.revision)
    if settings.default_algorithm != Settings().default_algorithm:  # which may be absent
        registry.resolve(settings.default_algorithm)
    breaker = Breaker.under(settings)
    return Context(
        make_client(str(folder), settings, registry, files, breaker),
        settings,
        breaker=breaker,
        registry=registry,
        tokenizer=Tokenizer(folder),
        facts=read_facts(folder),
        names=served_names(settings, folder),
    )


def make_client(
    folder: str,
    settings: Settings,
    registry: GenerationRegistry,
    files: Sequence[Path] = (),
    breaker: Judge | None = None,
) -> EngineClient:
    """The engine where `settings` want it; on Windows always in this process."""
    if settings.engine == "process" and os.name == "posix":
        return EngineProcessClient(folder, settings, files=files, breaker=breaker)
    if settings.tensor_parallel > 1:
        raise StartError("--tensor-parallel needs an engine in a process of its own: --engine process")
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
