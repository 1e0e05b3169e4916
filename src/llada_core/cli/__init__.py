"""The `llada` command. Importing this package, and listing what is installed, imports no torch."""

from __future__ import annotations

from .app import main

__all__ = ["main"]
