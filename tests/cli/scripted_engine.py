"""An engine that generates what a script says, a block a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

from llada_core.engine.events import Change, Commit, Event, Failed, Finished, Preview
from llada_core.engine.request import Request
from llada_core.facts import ModelFacts
from llada_core.tokenizer import Tokenizer

Answer = str | Sequence[int] | Exception
Script = Answer | Callable[[Request], Answer]


class ScriptedEngine:
    """What sessions use of an engine. Answers are padded with end tokens, or cut, to the canvas."""

    def __init__(self, facts: ModelFacts, tokenizer: Tokenizer, script: Script) -> None:
        self.facts = facts
        self.model = SimpleNamespace(device="cpu", dtype="torch.float32")
        self.added: list[Request] = []
        self.cancelled: list[str] = []
        self._tokenizer = tokenizer
        self._script = script
        self._at: dict[str, int] = {}

    def add(self, request: Request) -> None:
        self.added.append(request)
        self._at[request.id] = 0

    def cancel(self, request_id: str) -> bool:
        self.cancelled.append(request_id)
        return self._at.pop(request_id, None) is not None

    def has_work(self) -> bool:
        return bool(self._at)

    def step(self) -> list[Event]:
        requests = [request for request in self.added if request.id in self._at]
        return [event for request in requests for event in self._advance(request)]

    def _advance(self, request: Request) -> list[Event]:
        answer = self._script(request) if callable(self._script) else self._script
        if isinstance(answer, Exception):
            del self._at[request.id]
            return [Failed(request_id=request.id, code="nan_logits", message=str(answer))]
        tokens = self._fill(answer, request.params.gen_length)
        start = self._at[request.id]
        end = self._at[request.id] = min(start + request.params.block_length, len(tokens))
        forward = -(-end // request.params.block_length)
        events: list[Event] = []
        if request.preview:
            changes = [Change(at, tokens[at], 0.9, forward, "commit") for at in range(start, end)]
            events.append(Preview(request.id, changes))
        events.append(Commit(request.id, start, tokens[start:end]))
        if end == len(tokens):
            del self._at[request.id]
            events.append(self._finished(request, tokens, forward))
        return events

    def _finished(self, request: Request, tokens: list[int], forwards: int) -> Finished:
        return Finished(
            request_id=request.id,
            tokens=tokens,
            reason="stop" if self.facts.end_ids[0] in tokens else "length",
            nfe=forwards,
            forwards_per_block=[1] * forwards,
            prompt_tokens=len(request.prompt),
        )

    def _fill(self, answer: str | Sequence[int], length: int) -> list[int]:
        ids = self._tokenizer.encode(answer) if isinstance(answer, str) else list(answer)
        return (ids + [self.facts.end_ids[0]] * length)[:length]
