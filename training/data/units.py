"""All tasks about units, dates and small facts, with their weights."""

from __future__ import annotations

from training.data.calendar_tasks import month, weekday
from training.data.conversion import convert, halves, hours_minutes
from training.data.facts import fact
from training.data.sequences import compare, count, sequence

TASKS = [
    (convert, 4),
    (halves, 0.8),
    (hours_minutes, 0.8),
    (weekday, 2.5),
    (month, 2),
    (fact, 1),
    (count, 2.2),
    (sequence, 2),
    (compare, 1.6),
]
