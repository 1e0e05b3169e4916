"""Finding and loading plugins. Each file holds one concern; `PluginManager` joins them."""

from __future__ import annotations

from .discovery import GROUP, installed
from .manager import Contribution, PluginManager
from .record import PluginRecord
from .selection import Selection, is_strict

__all__ = ["GROUP", "Contribution", "PluginManager", "PluginRecord", "Selection", "installed", "is_strict"]
