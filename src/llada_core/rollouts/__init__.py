"""Rollouts: replies to a file of prompts, by several replicas, in a run that may be killed and continued.

    from llada_core import generate_many

    generate_many("prompts.jsonl", "replies.jsonl", model="demo", params={"threshold": 0.9}, replicas=2)

Importing this imports no torch; the replicas do.
"""

from __future__ import annotations

from .errors import RolloutError
from .records import LineError, Record
from .run import Summary, generate_many

__all__ = ["LineError", "Record", "RolloutError", "Summary", "generate_many"]
