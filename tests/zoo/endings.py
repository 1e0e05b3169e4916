"""How requests end."""

from __future__ import annotations

from typing import Any

from llada_core.engine.events import Event, Failed, Finished
from llada_core.testing import Subject


def run_all(subject: Subject, *requests: Any, **config: Any) -> dict[str, Event]:
    """How each request ended."""
    engine = subject.engine(**config)
    for request in requests:
        engine.add(request)
    ended: dict[str, Event] = {}
    for _ in range(500):
        if not engine.has_work():
            return ended
        for event in engine.step():
            if isinstance(event, (Failed, Finished)):
                ended[event.request_id] = event
    raise AssertionError("the engine did not come to an end")
