"""Rollouts: replies to a file of prompts, by several replicas, in a run that may be killed and continued.

    from llada_core import generate_many

    generate_many("prompts.jsonl", "replies.jsonl", model="demo", params={"threshold": 0.9}, replicas=2)

Importing this imports no torch; the replicas do.
"""

from __future__ import annotations

from .errors import RolloutError
from .lines import Defaults
from .records import LineError, Record, Task
from .run import Summary, generate_many, run_here

__all__ = [
    "Defaults",
    "LineError",
    "Record",
    "RolloutError",
    "Summary",
    "Task",
    "generate_many",
    "run_here",
]
