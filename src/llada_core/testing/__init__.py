"""What authors of plugins test with. Importing this imports neither torch nor pytest."""

from __future__ import annotations

from .fake_distribution import importable, make_distribution, make_plugin, registry_of

__all__ = ["importable", "make_distribution", "make_plugin", "registry_of"]
