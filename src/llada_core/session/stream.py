"""One generation under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from ..engine.events import Commit, Event, Failed, Finished, Preview, Scored
from ..engine.request import Request
from ..errors import GenerationError
from ..filling import Fills, fixed_texts, hole_names
from ..reply_text import ReplyText
from ..template import Hole
from ..trace import Trace
from .ask import OutputParams, Reply

if TYPE_CHECKING:
    from .session import Session


class Stream:
    """One generation under way. Iterate over it for text; `reply` is there once it has ended."""

    def __init__(
        self,
        session: Session,
        request: Request,
        limit: int,
        output: OutputParams,
        preview: bool,
        template: Sequence[str | Hole] = (),
    ) -> None:
        """`preview` says whether `events` has previews."""
        self.request = request
        """What the engine runs."""
        self._fixed = fixed_texts(template)
        self._names = hole_names([piece for piece in template if isinstance(piece, Hole)])
        self._fills = None
        if template:
            decoder, padding = (
                session.tokenizer.incremental_decoder,
                request.padding_ids(session.facts.end_ids),
            )
            self._fills = Fills(request.holes, decoder, padding, open_end=not request.suffix)
        self.text = self._fixed[0]
        """What is final so far."""
        self.outcome: Reply | GenerationError | None = None
        """None while it runs."""
        self._session = session
        self._pending: deque[Event] = deque()
        self._output = output
        self._preview = preview
        self._trace = Trace()
        ends = session.facts.end_ids
        self._text = ReplyText(
            session.tokenizer.incremental_decoder(),
            max_tokens=limit,
            end_ids=request.stop_ids(() if request.suffix else ends),
            padding_ids=ends if request.suffix else (),
            stop=output.stops,
            judged=request.structure is not None,
        )

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
                assert not isinstance(event, Scored), "a generation has no score"
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
        if self._preview or not isinstance(event, Preview):
            self._pending.append(event)
        if isinstance(event, Commit) and self._fills is not None:
            for piece in self._fills.feed(event.tokens, event.logprobs):
                self.text += piece.text + (self._fixed[piece.hole + 1] if piece.reason else "")
        elif isinstance(event, Commit):
            self.text += self._text.feed(event.tokens, event.logprobs)
        elif isinstance(event, Preview):
            self._trace.take(event)
        elif isinstance(event, Failed):
            self.outcome = GenerationError(event.code, event.message)
        elif isinstance(event, Finished):
            self.text += "" if self._fills else self._text.finish(event.reason)
            self.outcome = self._reply(event)
        if self.outcome is not None:
            self._session.close(self)

    def _reply(self, event: Finished) -> Reply:
        text, wanted = self._fills or self._text, self._output
        return Reply(
            text=self.text,
            tokens=text.ids,
            finish_reason=text.finish_reason or "length",
            holes=dict(zip(self._names, self._fills.found(), strict=True)) if self._fills else {},
            nfe=event.nfe,
            forwards_per_block=event.forwards_per_block,
            prompt_tokens=event.prompt_tokens,
            algorithm=self.request.algorithm,
            parameters=self.request.effective(),
            logprobs=None if wanted.logprobs is None else text.logprobs,
            commit_steps=None if wanted.trace is None else self._trace.commit_steps(text.positions),
            trajectory=self._trace.changes if wanted.trace == "trajectory" else None,
        )
