"""Everything that the routes share, in one object."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from llada_core.errors import UnavailableError
from llada_core.facts import ModelFacts
from llada_core.reply_text import Decoder
from llada_core.structure.checker import Checker

from .admission import Gate
from .api_keys import ApiKeys
from .bell import Beat
from .breaker import Breaker, SwitchedOff
from .engine_client import EngineClient
from .errors import ApiError, not_ready
from .generation_request import TextSide
from .metrics import Metrics
from .settings import Settings

if TYPE_CHECKING:
    from llada_core.registry import AlgorithmInfo, GenerationRegistry

BEAT = 0.004
"""Seconds between two pieces of a stream, if its events follow faster than anybody can read."""
GOOD_FOR = 1.0
"""Seconds for which a plugin that says that it can run is not asked again: each question takes a thread."""


class ChatTokenizer(TextSide, Protocol):
    """What the server uses of `llada_core.tokenizer.Tokenizer`."""

    description: dict[str, str | None]
    """Special tokens by what they are for, and `chat_template`."""

    def incremental_decoder(self) -> Decoder:
        """A decoder for one reply."""

    def token_text(self, id: int) -> str:
        """Text of one id, a special token's name."""


class Context:
    """The engine, the model's text side, the plugins and the limits of one server."""

    def __init__(
        self,
        client: EngineClient,
        settings: Settings,
        *,
        registry: GenerationRegistry,
        tokenizer: Any,
        facts: ModelFacts,
        names: tuple[str, ...],
        keys: ApiKeys | None = None,
        admin_keys: ApiKeys | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self.client = client
        self.settings = settings
        self.registry = registry
        self.tokenizer: ChatTokenizer = tokenizer
        self.facts = facts
        self.names = names
        """Served model names, the one to show first."""
        self.keys = keys
        """Whoever sends one may ask; None: everybody may."""
        self.admin_keys = admin_keys
        """Whoever sends one may also operate; None: whoever may ask."""
        folder = getattr(tokenizer, "folder", None)
        self.checker = None if folder is None else Checker(folder, facts)
        """Tries the grammars of structured output."""
        self.created = int(time.time())
        self.gate = Gate(
            max_rows=settings.max_rows,
            max_queue=settings.max_queue,
            max_tokens=settings.max_queued_tokens,
            max_queue_each=settings.max_queue_per_algorithm,
        )
        self.metrics = Metrics(names[0])
        self.breaker = breaker or Breaker.under(settings)
        self.turn = asyncio.Lock()
        """Held by who is busy for a while on the event loop, and until its next turn: many requests at once
        then hold up nobody's stream."""
        self.beat = Beat(BEAT)
        """Of all streams."""
        self.draining = False
        self.ignored_fields = 0
        """Request fields that were ignored since the start."""
        self.available_algorithms: list[str] = []
        """As of the last look; see `algorithms`."""
        self._available_until: dict[str, float] = {}
        """Until when the plugin's own last answer counts, if that was yes; by canonical name."""

    def algorithms(self) -> list[AlgorithmInfo]:
        """Every installed algorithm, and whether it can run now. Not on the event loop: may take seconds."""
        found = self.registry.describe(self._model_facts(), load=_torch_is_loaded())
        off = {each.algorithm: each for each in self.breaker.switched_off() if each.unmasking is None}
        found = [self._as_it_is(info, off.get(info.name)) for info in found]
        self.available_algorithms = [info.name for info in found if info.available]
        return found

    def check_available(self, algorithm: str) -> None:
        """Refuse an algorithm that cannot run here. May take seconds: not on the event loop.

        Raises:
            UnavailableError: with reason and hint.
        """
        name = self.registry.resolve(algorithm)
        if not self._was_available(name):
            self.registry.check_available(name, self._model_facts(), load=_torch_is_loaded())
            self._available_until[name] = time.monotonic() + GOOD_FOR
        answer = self.client.availability.get(name)
        if answer is not None and not answer.ok:
            hint = f" ({answer.hint})" if answer.hint else ""
            raise UnavailableError(f"algorithm {name!r} is not available: {answer.reason}{hint}")

    def answers_at_once(self, algorithm: str) -> bool:
        """Whether `check_available` need not ask a plugin.

        Raises:
            LladaError: there is no algorithm of this name.
        """
        return self._was_available(self.registry.resolve(algorithm))

    def _was_available(self, name: str) -> bool:
        return time.monotonic() < self._available_until.get(name, 0.0)

    def _as_it_is(self, info: AlgorithmInfo, off: SwitchedOff | None) -> AlgorithmInfo:
        """`info` with the answer of the engine's process, if that says no, or with why it is switched off."""
        answer = self.client.availability.get(info.name)
        if not info.available:
            return info
        if answer is not None and not answer.ok:
            return msgspec.structs.replace(info, available=False, reason=answer.reason, hint=answer.hint)
        if off is not None:
            reason = f"switched off: {off.reason}"
            return msgspec.structs.replace(
                info, available=False, reason=reason, hint=f"try again in {off.retry_after} s"
            )
        return info

    def _model_facts(self) -> ModelFacts | None:
        return self.facts if self.client.state == "ready" else None

    def check_ready(self) -> None:
        """Refuse work while there is nobody to do it.

        Raises:
            ApiError: 503 `draining`, `not_ready` or `engine_dead`.
        """
        if self.draining:
            raise not_ready("draining", "the server is shutting down")
        if self.client.state == "starting":
            raise not_ready("not_ready", "the model is still loading; try again in a moment")
        if self.client.state != "ready":
            raise not_ready("engine_dead", self.client.reason or "the engine is not running")

    def model_name(self, requested: str | None) -> str:
        """The name for a reply; a request may leave it out.

        Raises:
            ApiError: 404 `model_not_found` listing the served names.
        """
        if requested is None:
            return self.names[0]
        if requested in self.names:
            return requested
        served = ", ".join(self.names)
        raise ApiError(
            404,
            f"model: {requested[:200]!r} is not served here; served: {served}",
            param="model",
            code="model_not_found",
        )


def _torch_is_loaded() -> bool:
    """Whether asking an algorithm's class costs no import of torch: with the engine in this process."""
    return "torch" in sys.modules
