"""Where a checkpoint lies, and what its small files say. Nothing here imports torch."""

from __future__ import annotations

from llada_core.checkpoints.config_file import read_config
from llada_core.checkpoints.facts import build_facts, read_facts
from llada_core.checkpoints.installed import installed_models
from llada_core.checkpoints.resolve import resolve

__all__ = ["build_facts", "installed_models", "read_config", "read_facts", "resolve"]
