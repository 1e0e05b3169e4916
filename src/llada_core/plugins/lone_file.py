"""A plugin given as one Python file, without a distribution."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

from ..errors import PluginError


def import_file(path: Path) -> ModuleType:
    """Run a file as a module of the package `llada_generate`.

    There, `from .base import GenerationAlgorithm` works, as it did in files dropped into that package. A spec
    in the file refers to its own classes as f"{__name__}:Class".

    Raises:
        PluginError: there is no such file.
    """
    if not path.is_file():
        raise PluginError(f"no such file: {path}")
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:8]
    name = f"llada_generate._file_{re.sub(r'[^A-Za-z0-9]', '_', path.stem)}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module
