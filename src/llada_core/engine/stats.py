"""Counters of one engine, for operators. Imports no torch."""

from __future__ import annotations

import msgspec


class EngineStats(msgspec.Struct, kw_only=True):
    """A snapshot; counts are since the engine started."""

    max_rows: int
    """Most requests that run at once."""
    running: int = 0
    waiting: int = 0
    waiting_by_algorithm: dict[str, int] = {}
    kv_tokens: int = 0
    """Size of the key/value pool in canvas positions."""
    kv_tokens_used: int = 0
    ticks: int = 0
    """Packed forwards of the model; one serves many requests."""
    rows: int = 0
    """Rows in those forwards; rows / ticks is the mean batch size."""
    forwards: int = 0
    """Forwards counted for requests (nfe)."""
    tokens: int = 0
    """Tokens committed."""
    finished: int = 0
    failed: int = 0
    cancelled: int = 0
