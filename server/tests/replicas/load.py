"""Clients that stream, many at once, and what each of them saw."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

PARAMETERS = {"max_tokens": 64, "block_length": 8, "steps": 64, "ignore_eos": True}


@dataclass
class Seen:
    """One request as its client saw it."""

    status: int = 0
    text: str = ""
    error: str | None = None
    """Code of the error, or how the connection ended."""
    complete: bool = False
    first: float | None = None
    """When the first text came, on the monotonic clock."""
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    chunks: list[Any] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether it got everything."""
        return self.complete and self.error is None


def ask(url: str, question: str, algorithm: str, timeout: float = 300.0, **parameters: Any) -> Seen:
    """Stream one reply to its end."""
    seen = Seen()
    body = {
        "messages": [{"role": "user", "content": question}],
        "generation_algorithm": algorithm,
        "stream": True,
        **PARAMETERS,
        **parameters,
    }
    try:
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=timeout) as reply:
            seen.status = reply.status_code
            if reply.status_code != 200:
                seen.error = msgspec.json.decode(reply.read())["error"]["code"]
                return seen
            for line in reply.iter_lines():
                if line.startswith("data: "):
                    _take(seen, line.removeprefix("data: "))
    except httpx.HTTPError as error:
        seen.error = type(error).__name__
    finally:
        seen.ended = time.monotonic()
    return seen


def _take(seen: Seen, data: str) -> None:
    if data == "[DONE]":
        seen.complete = True
        return
    event = msgspec.json.decode(data)
    if "error" in event:
        seen.error = event["error"]["code"]
        return
    seen.chunks.append(event)
    text = "".join(choice["delta"].get("content") or "" for choice in event["choices"])
    if text and seen.first is None:
        seen.first = time.monotonic()
    seen.text += text


class Load:
    """Clients that ask one question after the other until they are told to stop."""

    def __init__(
        self, url: str, clients: int, algorithms: Sequence[str] = ("dual_cache",), **parameters: Any
    ) -> None:
        self._parameters = parameters
        self._stopped = threading.Event()
        self.seen: list[Seen] = []
        self._threads = [
            threading.Thread(
                target=self._ask, args=(url, algorithms[number % len(algorithms)], number), daemon=True
            )
            for number in range(clients)
        ]
        for thread in self._threads:
            thread.start()

    def _ask(self, url: str, algorithm: str, number: int) -> None:
        while True:
            question = f"What is {number} plus {len(self.seen)}?"
            self.seen.append(ask(url, question, algorithm, **self._parameters))
            if self._stopped.is_set():
                return

    def ask_no_more(self) -> None:
        """Let those under way go on to their end."""
        self._stopped.set()

    def stop(self) -> list[Seen]:
        """What all of them saw, once those under way have ended; none hangs."""
        self.ask_no_more()
        for thread in self._threads:
            thread.join(400)
            assert not thread.is_alive(), "a request hangs"
        return self.seen
