"""An OpenAI-compatible HTTP server for LLaDA diffusion language models. Importing it imports no torch."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

try:
    __version__ = version("llada-server")
except PackageNotFoundError:  # a checkout that is on the path, but not installed
    __version__ = "0+unknown"
