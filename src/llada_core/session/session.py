"""The session: requests in, text out."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..checkpoints import resolve
from ..engine.likelihood_request import LikelihoodRequest
from ..engine.request import Request, build_request
from ..errors import GenerationError, ParameterError
from ..facts import ModelFacts
from ..logit_control import LogitControl, encode_bad_words
from ..params import SamplingParams, unknown_parameter
from ..registry import GenerationRegistry, default_registry
from ..structure import Structure
from ..structure.grammars import Grammars
from ..template import Hole, Template
from ..tokenizer import Tokenizer
from .ask import Ask, OutputParams, Prompt, Reply, engine_values
from .likelihood import Estimating, LogLikelihood
from .stream import Stream

if TYPE_CHECKING:
    import torch

    from ..engine.engine import Engine

DEFAULT_ALGORITHM = "dual_cache"


class Session:
    """A model, its tokenizer and an engine, driven by the calls below. For one thread.

    Calls may interleave (a stream may stay open during `reply`); everything that is open shares the model's
    forwards.
    """

    def __init__(
        self,
        engine: Engine,
        tokenizer: Tokenizer,
        registry: GenerationRegistry,
        *,
        algorithm: str = DEFAULT_ALGORITHM,
    ) -> None:
        """Put a session around parts that exist; `load` makes them."""
        self.engine = engine
        self.tokenizer = tokenizer
        self.registry = registry
        self.algorithm = algorithm
        """What runs where an `Ask` names none."""
        self._ids = itertools.count(1)
        self._open: dict[str, Stream | Estimating] = {}

    @classmethod
    def load(
        cls,
        source: str | Path = "demo",
        *,
        device: str | torch.device | None = None,
        dtype: str | torch.dtype | None = None,
        revision: str | None = None,
        progress: bool | None = None,
        quantization: str | None = None,
        batch_invariant: bool = False,
        tensor_parallel: int = 1,
        max_rows: int = 8,
        algorithm: str = DEFAULT_ALGORITHM,
        registry: GenerationRegistry | None = None,
    ) -> Session:
        """Load a checkpoint and put an engine around it.

        Args:
            source: a folder, the name of an installed checkpoint, or a hub id.
            device: "cpu", "cuda", "cuda:1", ...; None: a GPU if there is one.
            dtype: "float32", "bfloat16", "float16"; None: what suits the device.
            revision: branch, tag or commit of a hub id.
            progress: show progress bars; None: if standard error is a terminal.
            quantization: "fp8" or "int8": weights in 8 bits, on a GPU.
            batch_invariant: on a GPU, compute each request to the same bits in any company.
            tensor_parallel: processes that compute the model together, each on a GPU of its own.
            max_rows: most requests that share a forward.
            algorithm: what runs where an `Ask` names none.
            registry: None: the one of this process, with all installed plugins.

        Raises:
            CheckpointError: no such model, or its files do not fit together.
        """
        from ..engine.engine import Engine, EngineConfig
        from ..parallel import load

        registry = default_registry() if registry is None else registry
        progress = sys.stderr.isatty() if progress is None else progress
        folder = resolve(source, revision, progress)
        tokenizer = Tokenizer(folder)
        model = load(
            folder,
            tensor_parallel=tensor_parallel,
            device=device,
            dtype=dtype,
            progress=progress,
            quantization=quantization,
            batch_invariant=batch_invariant,
        )
        config, grammars = EngineConfig(max_rows=max_rows), Grammars(folder, model.facts)
        engine = Engine(model, registry=registry, config=config, grammars=grammars)
        return cls(engine, tokenizer, registry, algorithm=algorithm)

    @property
    def facts(self) -> ModelFacts:
        """What the checkpoint says about itself."""
        return self.engine.facts

    def reply(
        self,
        prompt: Prompt,
        *,
        algorithm: str | None = None,
        prefix: str = "",
        suffix: str = "",
        raw: bool = False,
        structure: Structure | None = None,
        **params: Any,
    ) -> Reply:
        """Generate once; arguments as for `Ask`.

        Raises:
            ParameterError, UnknownNameError, UnavailableError: the request can never run.
            GenerationError: the engine gave it up.
        """
        return self.replies([Ask(prompt, algorithm, params, prefix, suffix, raw, structure=structure)])[0]

    def fill(
        self,
        template: Sequence[str | Hole],
        prompt: Prompt | None = None,
        *,
        algorithm: str | None = None,
        together: bool = False,
        **params: Any,
    ) -> Reply:
        """Fill the holes of a text; `Reply.holes` has the fills by name.

            session.fill(["17 plus 25 is ", Hole(4, name="sum"), "."]).holes["sum"].text

        Args:
            prompt: the conversation that the text replies to; None: it stands by itself.
            together: fill all holes at once, instead of one after the other.

        Raises:
            As `reply`.
        """
        raw, asked = prompt is None, "" if prompt is None else prompt
        ask = Ask(asked, algorithm, params, raw=raw, template=tuple(template), together=together)
        return self.replies([ask])[0]

    def replies(self, asks: Iterable[Ask]) -> list[Reply]:
        """Generate for all of `asks` at once; replies in their order.

        Raises:
            As `reply`; what is still running is then cancelled.
        """
        found: dict[int, Reply] = {}
        for index, outcome in self.as_completed(asks):
            if isinstance(outcome, GenerationError):
                raise outcome
            found[index] = outcome
        return [found[index] for index in sorted(found)]

    def as_completed(self, asks: Iterable[Ask]) -> Iterator[tuple[int, Reply | GenerationError]]:
        """The position in `asks` and the outcome of each, as they end; one that fails leaves the rest alone.

        Whoever stops reading cancels what is still running.

        Raises:
            ParameterError, UnknownNameError, UnavailableError: one of `asks` can never run; none is run then.
        """
        running: dict[int, Stream] = {}
        try:
            for index, ask in enumerate(asks):
                running[index] = self.open(ask)
            while running:
                self.step()
                for index, stream in list(running.items()):
                    if stream.outcome is not None:
                        del running[index]
                        yield index, stream.outcome
        finally:
            for stream in running.values():
                stream.cancel()

    def stream(
        self,
        prompt: Prompt,
        *,
        algorithm: str | None = None,
        prefix: str = "",
        suffix: str = "",
        raw: bool = False,
        structure: Structure | None = None,
        **params: Any,
    ) -> Stream:
        """Generate once, text by text as it becomes final; arguments and errors as for `reply`."""
        return self.open(Ask(prompt, algorithm, params, prefix, suffix, raw, structure=structure))

    def open(self, ask: Ask, *, preview: bool = False) -> Stream:
        """Hand a request to the engine; it advances whenever anything of this session is read.

        Args:
            preview: whether `Stream.events` also tells what each step changed on the canvas.

        Raises:
            ParameterError, UnknownNameError, UnavailableError: the request can never run.
        """
        request, limit = self.build(ask, preview=preview)
        stream = Stream(self, request, limit, OutputParams.of(ask.params), preview, ask.template)
        self.engine.add(request)
        self._open[request.id] = stream
        return stream

    def build(self, ask: Ask, *, preview: bool = False) -> tuple[Request, int]:
        """The engine's request for `ask`, and the most tokens of its text; runs nothing.

        Raises:
            ParameterError, UnknownNameError, UnavailableError: the request can never run.
        """
        algorithm = ask.algorithm or self.algorithm
        self.registry.check_available(algorithm, self.facts)
        output = OutputParams.of(ask.params)
        values, limit_name = engine_values(ask.params)
        words = values.pop("bad_words", ())
        if words:
            words = [words] if isinstance(words, str) else words
            values["bad_words_ids"] = [
                *values.get("bad_words_ids", ()),
                *encode_bad_words(words, self.tokenizer.encode),
            ]
        template = None
        if ask.template:
            template = self._template(ask, limit_name if "gen_length" in values else "")
        try:
            request, rest = build_request(
                self.registry,
                self.facts,
                values,
                id=f"session-{next(self._ids)}",
                algorithm=algorithm,
                prompt=tuple(self._prompt(ask)),
                suffix=tuple(self.tokenizer.encode(ask.suffix)),
                template=template,
                together=ask.together,
                preview=preview or output.trace is not None,
                logprobs=output.logprobs,
                structure=ask.structure,
            )
        except ParameterError as error:
            if error.field == "gen_length":
                raise ParameterError(limit_name, error.message) from None
            raise
        if rest:
            raise self._unknown_parameter(min(rest), request)
        return request, values.get("gen_length") or SamplingParams().gen_length

    def log_likelihood(
        self,
        prompt: str | Sequence[int],
        continuation: str | Sequence[int],
        *,
        samples: int = 128,
        seed: int = 0,
    ) -> LogLikelihood:
        """Estimate log p(continuation | prompt); texts are plain, without the chat layout.

        Raises:
            ParameterError: there is nothing to estimate, or too much.
            GenerationError: the engine gave it up.
        """
        return self.log_likelihoods([(prompt, continuation)], samples=samples, seed=seed)[0]

    def log_likelihoods(
        self,
        pairs: Iterable[tuple[str | Sequence[int], str | Sequence[int]]],
        *,
        samples: int = 128,
        seed: int = 0,
    ) -> list[LogLikelihood]:
        """The same for many at once, whose samples share forwards; in their order."""
        running: list[Estimating] = []
        try:
            for prompt, continuation in pairs:
                given, rest = self._plain(prompt), self._plain(continuation)
                request = LikelihoodRequest(
                    id=f"session-{next(self._ids)}",
                    tokens=(*given, *rest),
                    start=len(given),
                    samples=samples,
                    seed=seed,
                )
                self.engine.add(request)
                running.append(Estimating(request))
                self._open[request.id] = running[-1]
            while any(each.outcome is None for each in running):
                self.step()
            return [each.result for each in running]
        finally:
            for each in running:
                self.close(each)

    def _plain(self, text: str | Sequence[int]) -> list[int]:
        return self.tokenizer.encode(text) if isinstance(text, str) else list(text)

    def step(self) -> None:
        """One forward for some of what is open; every stream takes what concerns it."""
        if not self.engine.has_work():
            raise RuntimeError(f"the engine has lost {', '.join(self._open) or 'nothing: nothing is open'}")
        for event in self.engine.step():
            stream = self._open.get(event.request_id)
            if stream is not None:
                stream.receive(event)

    def close(self, stream: Stream | Estimating) -> None:
        """Forget a stream or an estimate, and cancel its request if that is still running."""
        if self._open.pop(stream.request.id, None) is not None and stream.outcome is None:
            self.engine.cancel(stream.request.id)

    def _prompt(self, ask: Ask) -> list[int]:
        if ask.raw:
            if not isinstance(ask.prompt, str):
                raise ParameterError("prompt", f"raw takes plain text, got {ask.prompt!r:.60}")
            ids = self.tokenizer.encode(ask.prompt)
        elif isinstance(ask.prompt, str):
            ids = self.tokenizer.chat([{"role": "user", "content": ask.prompt}])
        elif not ask.prompt:
            raise ParameterError("messages", "expected at least one message")
        elif isinstance(ask.prompt[0], int):
            ids = list(cast("Sequence[int]", ask.prompt))
        else:
            ids = self.tokenizer.chat(cast("Sequence[Mapping[str, Any]]", ask.prompt))
        return ids + self.tokenizer.encode(ask.prefix)

    def _template(self, ask: Ask, length: str) -> Template:
        """The template as ids; `length` is the name under which a length was asked for, if one was."""
        for name, given in (("prefix", ask.prefix), ("suffix", ask.suffix), (length, length)):
            if given:
                raise ParameterError(name, "a template says itself what is fixed and how long its holes are")
        for name in ("stop", "min_tokens"):
            if ask.params.get(name):
                raise ParameterError(
                    name, "a hole ends where it is padded or full, and has its own min_tokens"
                )
        pieces = [self.tokenizer.encode(p) if isinstance(p, str) else p for p in ask.template]
        return Template.of(pieces)

    def _unknown_parameter(self, name: str, request: Request) -> ParameterError:
        if owners := self.registry.owners_of(name):
            return ParameterError(name, owners)
        parts = (request.params, request.algorithm_params, request.rule_params, LogitControl, OutputParams)
        known = [field for part in parts if part is not None for field in part.__struct_fields__]
        who = f"{request.algorithm} with {request.params.rule}"
        return unknown_parameter(name, [*known, "max_tokens", "bad_words"], who)
