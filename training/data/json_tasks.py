"""All JSON tasks with their weights."""

from __future__ import annotations

from training.data.json_lists import listed, numbers_in, rows
from training.data.json_objects import adult, free, order, person

TASKS = [(free, 5), (person, 4), (order, 2.5), (listed, 3), (numbers_in, 2), (rows, 1.5), (adult, 0.7)]
