"""A plugin given as one Python file, without a distribution."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

from ..errors import PluginError


def import_file(path: Path) -> ModuleType:
    """Run a file as a module of the package `llada_generate`.

    There, `from .base import GenerationAlgorithm` works, as it did in files dropped into that package. A spec in
    the file refers to its own classes as f"{__name__}:Class".

    Raises:
        PluginError: there is no such file.
    """
    if not path.is_file():
        raise PluginError(f"no such file: {path}")
    name = "llada_generate._file_" + re.sub(r"\W", "_", str(path.with_suffix("")))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
