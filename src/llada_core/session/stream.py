"""One generation under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ..detokenize import cut_at_end
from ..engine.events import Commit, Event, Failed, Finished, Preview
from ..engine.request import Request
from ..errors import GenerationError
from .ask import Reply

if TYPE_CHECKING:
    from .session import Session


class Stream:
    """One generation under way. Iterate over it for text; `reply` is there once it has ended."""

    def __init__(self, session: Session, request: Request, limit: int) -> None:
        self.request = request
        """What the engine runs."""
        self.text = ""
        """What is final so far."""
        self.outcome: Reply | GenerationError | None = None
        """None while it runs."""
        self._session = session
        self._pending: deque[Event] = deque()
        self._decoder = session.tokenizer.incremental_decoder()
        self._ends = frozenset(session.facts.end_ids)
        self._left = limit
        self._limit = limit
        self._over = False

    @property
    def reply(self) -> Reply:
        """The whole reply.

        Raises:
            GenerationError: it failed, was cancelled, or has not ended yet.
        """
        if self.outcome is None:
            raise GenerationError("running", "the reply is not complete; read the stream to its end first")
        if isinstance(self.outcome, GenerationError):
            raise self.outcome
        return self.outcome

    def __iter__(self) -> Iterator[str]:
        """Text as it becomes final.

        Raises:
            GenerationError: the engine gave the request up.
        """
        given = 0
        for _ in self.events():
            text = self.text  # It may grow while the reader has the word.
            if len(text) > given:
                yield text[given:]
                given = len(text)

    def events(self) -> Generator[Commit | Preview | Finished, None, None]:
        """What the engine says, for those who want to watch; leaving early cancels.

        Raises:
            GenerationError: the engine gave the request up.
        """
        try:
            while self._pending or self.outcome is None:
                while not self._pending:
                    self._session.step()
                event = self._pending.popleft()
                if isinstance(event, Failed):
                    raise GenerationError(event.code, event.message)
                yield event
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Give up what is not done yet; a no-op after the end."""
        self._session.close(self)
        if self.outcome is None:
            self.outcome = GenerationError("cancelled", "the request was cancelled")

    def receive(self, event: Event) -> None:
        """Take an event; the session calls this."""
        self._pending.append(event)
        if isinstance(event, Commit):
            self.text += self._decoder.feed(self._visible(event.tokens))
        elif isinstance(event, Failed):
            self.outcome = GenerationError(event.code, event.message)
        elif isinstance(event, Finished):
            self.text += self._decoder.finish()
            self.outcome = self._reply(event)
        if self.outcome is not None:
            self._session.close(self)

    def _visible(self, tokens: Sequence[int]) -> list[int]:
        """Those of the next tokens that belong to the text."""
        if self._over:
            return []
        tokens = tokens[: self._left]
        self._left -= len(tokens)
        shown = self._cut(tokens)
        self._over = self._left == 0 or (not self.request.suffix and len(shown) < len(tokens))
        return shown

    def _cut(self, tokens: Sequence[int]) -> list[int]:
        if self.request.suffix:
            return [token for token in tokens if token not in self._ends]
        return cut_at_end(tokens, self._ends)

    def _reply(self, event: Finished) -> Reply:
        within = event.tokens[: self._limit]
        tokens = self._cut(within)
        parts = (self.request.params, self.request.algorithm_params, self.request.rule_params)
        return Reply(
            text=self.text,
            tokens=tokens,
            finish_reason="stop" if len(tokens) < len(within) else "length",
            nfe=event.nfe,
            forwards_per_block=event.forwards_per_block,
            prompt_tokens=event.prompt_tokens,
            algorithm=self.request.algorithm,
            parameters={
                name: value
                for part in parts
                if part is not None
                for name, value in msgspec.to_builtins(part).items()
            },
        )
