"""Algorithms that bring their own loop: a thread a request, parked at each call of the model."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import torch

from ..algorithm import GenerationAlgorithm
from ..errors import AlgorithmError, CancelledError, LladaError, ParameterError
from ..facts import ModelFacts
from ..logit_control import changed_fields
from ..params import SamplingParams
from .calls import Call
from .events import Change, ChangeKind, Commit, Event, Finished, Preview
from .overdue import raise_in
from .plugin_code import failure
from .proxy import ModelProxy
from .request import Request
from .row import FORWARDS_A_TOKEN


class _Stop(BaseException):
    """Ends a parked thread; no `except Exception` of a script catches it."""


class WholeLoopRow:
    """One running request of a whole-loop algorithm."""

    def __init__(
        self,
        request: Request,
        algorithm: GenerationAlgorithm,
        facts: ModelFacts,
        make_proxy: Callable[[Any], ModelProxy],
        changed: threading.Condition,
    ) -> None:
        """`changed` is notified when the thread parks or ends."""
        self.request = request
        self.last_tick = -1
        self.call: Call | None = None
        """What waits for an answer."""
        self.ended = False
        self.since = time.monotonic()
        """When the thread last got the word."""
        self._algorithm = algorithm
        self._facts = facts
        self._changed = changed
        self._answer: torch.Tensor | BaseException | None = None
        self._error: BaseException | None = None
        self._result: Any = None
        self._shown: dict[int, int] = {}
        self._proxy = make_proxy(self._park)
        self._thread = threading.Thread(target=self._run, name=f"llada-{algorithm.name}", daemon=True)
        self._thread.start()

    @property
    def forwards(self) -> int:
        """Calls of the model so far."""
        return self._proxy.forwards

    @property
    def waits(self) -> bool:
        """Whether the engine has something to do for it."""
        return self.call is not None or self.ended

    @property
    def packed_tokens(self) -> int:
        """Tokens that the parked call computes."""
        return 0 if self.call is None else self.call.ids.numel()

    # On the engine's side

    def answer(self, logits: torch.Tensor | BaseException) -> None:
        """Give the parked call its logits [batch, length, vocab], or an error to raise there."""
        with self._changed:
            self._answer, self.call = logits, None
            self.since = time.monotonic()
            self._changed.notify_all()

    def stop(self) -> None:
        """End the thread, at its current or next call of the model."""
        self.answer(_Stop())

    def interrupt(self) -> None:
        """End the thread wherever its Python code is; a wait inside C code ends it when it returns."""
        if self._thread.is_alive() and self._thread.ident is not None:
            raise_in(self._thread.ident, _Stop)

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def preview(self) -> list[Event]:
        """What the ids of the parked call show that the earlier ones did not."""
        if self.call is None:
            return []
        first = len(self.request.prompt)
        ids = self.call.ids[0, first : first + self.request.params.gen_length].tolist()
        return self._changes(ids, max(self.forwards - 1, 1), "preview")

    def _changes(self, ids: list[int], forward: int, kind: ChangeKind) -> list[Event]:
        """What `ids` show that the earlier ones did not, as made by `forward`."""
        if not self.request.preview:
            return []
        mask, changes = self._facts.mask_id, []
        for position, token in enumerate(ids):
            if self._shown.get(position, mask) != token:
                self._shown[position] = token
                changes.append(Change(position, token, None, forward, "remask" if token == mask else kind))
        return [Preview(self.request.id, changes)] if changes else []

    def finish(self) -> list[Event]:
        """The last events.

        Raises:
            LladaError: it raised, or returned something else than a filled canvas.
        """
        if self._error is not None:
            if isinstance(self._error, LladaError):
                raise self._error
            raise failure(self.request.algorithm, self._error) from self._error
        try:
            tokens = self._generated()
        except (RuntimeError, NotImplementedError) as error:  # a tensor without numbers, for instance
            raise failure(self.request.algorithm, error, " in what it returned") from error
        ends = (*self._facts.end_ids, *self.request.stop_ids(()))
        finished = Finished(
            request_id=self.request.id,
            tokens=tokens,
            reason="stop" if not set(ends).isdisjoint(tokens) else "length",
            nfe=self.forwards,
            forwards_per_block=[self.forwards],
            prompt_tokens=len(self.request.prompt),
        )
        last = self._changes(tokens, max(self.forwards, 1), "commit")
        return [*last, Commit(self.request.id, 0, tokens), finished]

    def _generated(self) -> list[int]:
        """The generated part of what the algorithm returned, checked."""
        name, prompt = self.request.algorithm, list(self.request.prompt)
        length = len(prompt) + self.request.params.gen_length
        tokens = self._result[0] if isinstance(self._result, tuple) and self._result else self._result
        if type(tokens) is not torch.Tensor or tuple(tokens.shape) != (1, length):
            got = tuple(tokens.shape) if isinstance(tokens, torch.Tensor) else type(tokens).__name__
            raise AlgorithmError(f"{name} returned {got}, expected (tokens, nfe) with tokens [1, {length}]")
        if tokens.dtype not in (torch.int64, torch.int32):
            raise AlgorithmError(f"{name} returned tokens as {tokens.dtype}, expected torch.int64")
        ids = np.asarray(tokens[0].tolist())
        if ids[: len(prompt)].tolist() != prompt:
            raise AlgorithmError(f"{name} changed the prompt")
        generated = ids[len(prompt) :]
        if (generated == self._facts.mask_id).any():
            raise AlgorithmError(f"{name} left {int((generated == self._facts.mask_id).sum())} masks")
        if ((generated < 0) | (generated >= self._facts.vocab_size)).any():
            raise AlgorithmError(f"{name} returned ids outside of the model's vocabulary")
        return [int(token) for token in generated]

    # In the thread

    def _run(self) -> None:
        try:
            with torch.inference_mode():
                prompt = torch.tensor([self.request.prompt], dtype=torch.int64, device=self._proxy.device)
                arguments = arguments_for(self._algorithm, self.request, self._facts, prompt.device)
                self._result = self._algorithm.generate(self._proxy, prompt, **arguments)
        except BaseException as error:
            self._error = CancelledError("cancelled") if isinstance(error, _Stop) else error
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _park(self, call: Call) -> torch.Tensor:
        name, limit = self.request.algorithm, FORWARDS_A_TOKEN * self.request.params.gen_length
        if self.forwards > limit:
            raise AlgorithmError(
                f"{name} did not finish within {limit} forwards ({FORWARDS_A_TOKEN} a token)"
            )
        with self._changed:
            if self._answer is None:
                self.call = call.clone()
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._answer is not None)
            answer, self._answer = self._answer, None
        if isinstance(answer, BaseException):
            raise answer
        assert answer is not None
        return answer


def arguments_for(
    algorithm: GenerationAlgorithm, request: Request, facts: ModelFacts, device: torch.device
) -> dict[str, Any]:
    """Keyword arguments of `generate` for a request: the common ones that it takes, its own, and `suffix`
    int64 [n] where there is text behind the generated part."""
    values: dict[str, Any] = msgspec.structs.asdict(request.params)
    for name in ("unmasking", "ignore_eos"):
        del values[name]
    values["mask_id"] = facts.mask_id
    if request.holes:  # one, which equal blocks have to fill
        length, most = request.params.gen_length, request.params.block_length
        values["block_length"] = max(n for n in range(1, most + 1) if length % n == 0)
    if request.suffix:
        values["suffix"] = torch.tensor(request.suffix, dtype=torch.int64, device=device)
    if request.algorithm_params is not None:
        values |= msgspec.structs.asdict(request.algorithm_params)
    parameters = inspect.signature(algorithm.generate).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return values
    return {name: value for name, value in values.items() if name in parameters}


def check_arguments(algorithm: GenerationAlgorithm, request: Request) -> None:
    """Refuse a common parameter that is set and that `generate` does not take, text behind the hole for one
    that does not name `suffix`, what concerns logits, from which the loop draws by itself, and holes that
    only the engine's own steps can fill.

    Raises:
        ParameterError
    """
    parameters = inspect.signature(algorithm.generate).parameters
    if request.structure is not None:
        raise ParameterError(
            "structure",
            f"{algorithm.name} brings its own loop, which knows no grammar; choose an algorithm that the "
            "engine steps, such as basic or dual_cache",
        )
    if len(request.holes) > 1 or any(hole.min_tokens for hole in request.holes):
        what = "several holes" if len(request.holes) > 1 else "a hole with min_tokens"
        raise ParameterError(
            "template",
            f"{algorithm.name} brings its own loop and cannot fill {what}; choose an algorithm that the "
            "engine steps, such as basic or dual_cache",
        )
    if request.suffix and "suffix" not in parameters:
        raise ParameterError("suffix", f"{algorithm.name} does not fill holes; leave it out")
    if request.logprobs is not None:
        raise ParameterError("logprobs", f"{algorithm.name} draws its tokens itself, unseen; leave it out")
    if request.control is not None:
        for name in changed_fields(request.control):
            if name != "stop_token_ids":
                raise ParameterError(name, f"{algorithm.name} draws its tokens itself; leave it out")
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    for name in ("cfg_scale", "factor", "remasking", "temperature", "threshold", "top_k", "top_p"):
        default = next(f.default for f in msgspec.structs.fields(SamplingParams) if f.name == name)
        if name not in parameters and getattr(request.params, name) != default:
            raise ParameterError(name, f"{algorithm.name} does not take it; leave it out")
