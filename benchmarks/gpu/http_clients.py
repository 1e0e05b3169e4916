"""Clients over HTTP for `replicas.py`: what they ask, and what each of them saw."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

GENERATED = 256
LAYOUT = {"block_length": 32, "steps": 64, "temperature": 0.0, "ignore_eos": True}
ALGORITHM = "dual_cache"
WORDS = 241
"""Of a question; 256 tokens with the chat layout."""
ALONE = 8
"""Requests that are asked with no company: one after the other, for an engine that runs one gets the next."""
POLL = 0.1
STALE = 10.0
"""Seconds in which the counters must have been looked at anew; they are every other second."""
ENDING = 30.0
"""Seconds in which a cluster must have ended, and requests that are under way."""


@dataclass
class Reply:
    """One request as its client saw it."""

    number: int
    began: float
    ended: float
    tokens: int = 0
    prompt: int = 0
    text: str = ""
    error: str | None = None


def question(words: list[str], number: int) -> str:
    """What request `number` asks."""
    return " ".join(Random(number).choices(words, k=WORDS))


class Clients:
    """Those who ask, and what they saw."""

    def __init__(self, url: str, http: Any, words: list[str]) -> None:
        self.replies: list[Reply] = []
        self.hanging = 0
        """Requests that had not ended long after the load had."""
        self._url = url
        self._http = http
        self._words = words
        self._numbers = count()
        self._stopped = False

    async def ask(self, number: int) -> Reply:
        """One request and its whole reply."""
        body = {
            "messages": [{"role": "user", "content": question(self._words, number)}],
            "generation_algorithm": ALGORITHM,
            "max_tokens": GENERATED,
            "seed": number,
            **LAYOUT,
        }
        began = time.monotonic()
        try:
            found = await self._http.post(f"{self._url}/v1/chat/completions", json=body)
            ended = time.monotonic()
            if found.status_code != 200:
                return Reply(number, began, ended, error=f"{found.status_code}: {found.text[:300]}")
            reply = found.json()
        except Exception as error:  # whatever it is, it is counted
            return Reply(number, began, time.monotonic(), error=f"{type(error).__name__}: {error}")
        usage = reply["usage"]
        seen = Reply(number, began, ended, usage["completion_tokens"], usage["prompt_tokens"])
        seen.text = reply["choices"][0]["message"]["content"]
        if seen.tokens != GENERATED:
            seen.error = f"{seen.tokens} tokens"
        return seen

    async def stats(self) -> dict[str, Any]:
        """Counters of all engines."""
        found = await self._http.get(f"{self._url}/batch/stats")
        engines: dict[str, Any] = found.json()["engine"]
        return engines

    async def fresh_stats(self) -> tuple[dict[str, Any], float]:
        """Counters and when they were looked at, which is waited for; engines must be busy."""
        deadline = time.monotonic() + STALE
        old = await self.stats()
        while time.monotonic() < deadline:
            await asyncio.sleep(POLL)
            new = await self.stats()
            if new["ticks"] != old["ticks"]:
                return new, time.monotonic()
        raise SystemExit("the engines' counters stand still")

    async def alone(self) -> list[Reply]:
        """The first requests, one after the other."""
        return [await self.ask(number) for number in range(ALONE)]

    @asynccontextmanager
    async def load(self, clients: int) -> AsyncIterator[None]:
        """So many who ask, one request after the other; those under way at the end may end."""
        tasks = [asyncio.create_task(self._go_on()) for _ in range(clients)]
        try:
            yield
        finally:
            self._stopped = True
            _, hanging = await asyncio.wait(tasks, timeout=ENDING)
            for task in hanging:
                task.cancel()
            self.hanging = len(hanging)

    async def _go_on(self) -> None:
        while not self._stopped:
            reply = await self.ask(next(self._numbers))
            self.replies.append(reply)
            if reply.error is not None:
                await asyncio.sleep(0.5)  # or a server that is gone is asked a thousand times a second
