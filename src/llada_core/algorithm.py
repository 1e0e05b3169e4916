"""The two levels at which an algorithm can be written. Importing this module does not import torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import msgspec

from .errors import ParameterError
from .params import SamplingParams, parse
from .plan import Plan, Progress

if TYPE_CHECKING:
    import torch

    from .facts import ModelFacts
    from .observation import Observation, ParamsBatch, Update

Need = Literal["sampled", "others", "confidence", "current", "gap", "entropy", "logits"]
Region = Literal["block", "canvas"]
StateScope = Literal["block", "request"]


class Availability(msgspec.Struct, frozen=True):
    """Whether an algorithm can run here, and if not, why and what to do about it."""

    ok: bool
    reason: str | None = None
    """One sentence that names the missing thing and what was found."""
    hint: str | None = None
    """What to type or change."""


class GenerationAlgorithm(ABC):
    """A way to fill a canvas of masks. Implement `generate` and `is_available`; nothing else is ever
    required.

    A class that stops at this level owns its whole loop. The server runs each of its requests in a thread,
    with a proxy of the model whose calls are batched with those of other requests.
    """

    def __init__(self, name: str, description: str = "", aliases: tuple[str, ...] = ()) -> None:
        self.name = name
        self.description = description
        self.aliases = tuple(aliases)

    @abstractmethod
    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        """Fill a canvas behind each prompt.

        Args:
            model: called with ids [batch, length], returns an object with `.logits` [batch, length, vocab].
            prompt: int64 [batch, prompt_length].
            kwargs: `steps, gen_length, block_length, temperature, remasking, threshold, factor`, ...

        Returns:
            Tokens [batch, prompt_length + gen_length], the prompt included and unchanged, and the number of
            forward evaluations.
        """

    @abstractmethod
    def is_available(self) -> bool:
        """Whether it can run here. No side effects, no downloads, at once."""

    def availability(self) -> Availability:
        """`is_available` with a reason; override it to say why not."""
        if self.is_available():
            return Availability(True)
        return Availability(False, f"{type(self).__name__}.is_available() says no")

    def get_required_args(self) -> dict[str, Any]:
        """The defaults of the programmatic interface, as the older registry had them."""
        return {
            "steps": 16,
            "gen_length": 128,
            "block_length": 32,
            "temperature": 1.0,
            "remasking": True,
            "threshold": 0.95,
            "factor": 1.0,
        }

    def validate_args(self, **kwargs: Any) -> dict[str, Any]:
        """The arguments of `get_required_args`, checked; missing ones get their default, None stays None.

        gen_length is rounded up to a multiple of block_length. What `SamplingParams` knows has its bounds.

        Raises:
            ParameterError: (a ValueError) naming the field, for a value that can never work.
        """
        args = {key: kwargs.get(key, default) for key, default in self.get_required_args().items()}
        common = {name: args[name] for name in SamplingParams.__struct_fields__ if name in args}
        parse(SamplingParams, as_kwargs(common))
        gen_length, block_length = args.get("gen_length"), args.get("block_length")
        if gen_length is not None and block_length is not None:
            args["gen_length"] = -(-gen_length // block_length) * block_length
        return args


class DenoisingAlgorithm(GenerationAlgorithm):
    """An algorithm that the engine batches continuously: a plan, joined with the request's unmasking rule.

    Subclasses implement `plan`. One that needs forward and commit in one hand also overrides `step`.
    Instances are shared by all requests: keep nothing on `self`, request state goes through `init_state`.
    """

    name: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()

    needs_cache: bool | None = None
    """Whether its plans keep keys and values, so that a request owns slots of the pool; None: perhaps."""
    covers: Region = "block"
    """`canvas` if each committing forward computes the whole canvas, as rules that look at all of it need."""
    needs: ClassVar[frozenset[Need]] = frozenset({"sampled", "others"})
    """What an overridden `step` reads of the observation beyond what is always there."""
    region: ClassVar[Region] = "block"
    """Which positions an overridden `step` sees: the block, or the whole generated part."""
    revises: ClassVar[bool] = False
    """Whether an overridden `step` may rewrite or remask committed positions."""
    state_scope: ClassVar[StateScope] = "block"
    """When state starts anew: at each block, or once a request. With the region a block, the columns of state
    that lasts as long as the request are always those of the current block."""

    def __init__(self) -> None:
        """No arguments: what a request may choose belongs into `Params`."""

    @abstractmethod
    def plan(self, progress: Progress) -> Plan:
        """What the next forward computes and keeps. Called on the host, once a request a step; must be
        pure."""

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> NamedTuple | None:
        """Fresh state for `rows` rows of `width` positions: a NamedTuple of tensors [rows, ...], or None."""
        return None

    def step(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """Which positions to commit. Override it to decide yourself; else the request's unmasking rule
        does.

        An override that only adds to the rule's choice, such as state for `Window.STATE`, begins with
        `super().step(obs, params, state)`: what the request's `steps`, `threshold` or `factor` commit.
        """
        update: Update = obs.rule.select(obs, params, None)
        return update

    @classmethod
    def owns_step(cls) -> bool:
        """Whether the class decides itself what to commit, instead of the request's unmasking rule."""
        return cls.step is not DenoisingAlgorithm.step

    def is_available(self) -> bool:
        """A plan runs on every model; needing a cache is checked when the model is known."""
        return True

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        """Run one request a row of `prompt` through an engine that is cached on `model`.

        Early stop is off. The number of forward evaluations is the sum over blocks of the largest row's
        forwards in that block.
        """
        from .generate import generate

        return generate(self, model, prompt, **kwargs)


def resolve_remasking(value: Any) -> str:
    """True is "low_confidence", False is "random", the two strings are themselves.

    Raises:
        ParameterError: for anything else.
    """
    if value is None or value is True:
        return "low_confidence"
    if value is False:
        return "random"
    if isinstance(value, str) and value in ("low_confidence", "random"):
        return value
    raise ParameterError("remasking", f"expected 'low_confidence', 'random', true or false (got {value!r})")


def as_kwargs(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of the old interface as `SamplingParams` fields: remasking resolved, None dropped."""
    given = {key: value for key, value in values.items() if value is not None}
    if "remasking" in given:
        given["remasking"] = resolve_remasking(given["remasking"])
    return given
