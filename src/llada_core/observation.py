"""What a rule or an algorithm's own step sees, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import msgspec
import torch

from . import philox, sampling
from .errors import AlgorithmError
from .params import NumericField, no_number, numeric_fields

if TYPE_CHECKING:
    from .algorithm import Need

_DECLARED: tuple[Need, ...] = ("sampled", "others", "confidence", "current", "gap", "entropy", "logits")


@dataclass(slots=True)
class Observation:
    """Rows of one tick: tensors [rows, width] over the region's positions, and tensors [rows].

    The region is the block, or with `region = "canvas"` the whole generated part. Besides the fields below,
    what `needs` declares is there as an attribute: `sampled` (int64, the drawn token), `others` (float32, the
    odds against it: rank by this), `confidence` (1 / (1 + others)), `current` (float32, probability of the
    token now held), `gap` (float32, best minus second logit), `entropy` (float32, nats), `logits`
    ([rows, width, vocab], in the model's dtype, the mask id among them). They are defined where `editable`
    holds and a mask stands, and with `current`, `logits` or `revises` at every editable position; elsewhere
    `sampled` is the token held and `others` is infinite. Where the model's logits are not finite, `others` is
    NaN, and the row fails after the step.
    """

    token: torch.Tensor
    """int64: what the canvas holds."""
    position: torch.Tensor
    """int64: canvas positions."""
    masked: torch.Tensor
    """bool: by position, never by comparing ids."""
    editable: torch.Tensor
    """bool: positions that this request generates and this forward computed."""
    in_block: torch.Tensor
    """bool: positions of the current block."""
    forwards: torch.Tensor
    """int64 [rows]: forwards before this one."""
    step_in_block: torch.Tensor
    """int64 [rows]: committing steps before this one in this block."""
    steps_in_block: torch.Tensor
    """int64 [rows]: steps that the schedule gives this block."""
    masked_at_block_start: torch.Tensor
    """int64 [rows]."""
    masked_left: torch.Tensor
    """int64 [rows]: masks in the block now."""
    block: torch.Tensor
    """int64 [rows]: index of the block."""
    blocks: torch.Tensor
    """int64 [rows]."""
    seed: torch.Tensor
    """int64 [rows]."""
    random_remasking: torch.Tensor
    """bool [rows]: whether chance ranks positions instead of confidence."""
    any_random: bool = True
    """Whether it does in any row; False saves the random numbers."""
    rule: Any = None
    """The request's unmasking rule, the same in all rows; `DenoisingAlgorithm.step` runs it."""
    mask_id: int = -1
    """The id that `rescored` never draws."""
    any_drawn: bool = True
    """Whether the temperature is above 0 in any row; False saves `rescored` the drawing."""
    any_truncated: bool = True
    """Whether top_k or top_p is on in any row; False saves `rescored` the sorting."""
    statistics: dict[str, torch.Tensor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> torch.Tensor:
        if name in _DECLARED:
            try:
                return self.statistics[name]
            except KeyError:
                raise AlgorithmError(
                    f"the observation has no {name!r}: declare it, needs = frozenset({{..., {name!r}}})"
                ) from None
        raise AttributeError(f"an observation has no {name!r}")

    @property
    def eligible(self) -> torch.Tensor:
        """bool: masks of the current block that may be written now."""
        return self.masked & self.editable & self.in_block

    @property
    def cost(self) -> torch.Tensor:
        """float64: what to rank by, least first: `others`, or chance where the request remasks at random.

        Chance u ranks like a confidence of u: its cost is 1 / u - 1. Infinite where not eligible, and finite
        (or NaN, where `others` is) where eligible.
        """
        cost = self.others.double()
        if self.any_random:
            chance = philox.uniform(
                self.seed[:, None], self.position, self.forwards[:, None], philox.REMASKING_STREAM
            )
            cost = torch.where(self.random_remasking[:, None], 1 / chance - 1, cost)
        return cost.clamp(max=torch.finfo(torch.float32).max).masked_fill(~self.eligible, torch.inf)

    def uniform(self, stream: int = 0) -> torch.Tensor:
        """float64 in (0, 1) per position, from (seed, position, forwards, stream): a rule's only randomness.

        Raises:
            AlgorithmError: a negative stream; those below 0 are the engine's.
        """
        if stream < 0:
            raise AlgorithmError(f"obs.uniform({stream}): streams count from 0")
        stream += philox.RULE_STREAMS
        return philox.uniform(self.seed[:, None], self.position, self.forwards[:, None], stream)

    def rescored(self, logits: torch.Tensor, params: ParamsBatch) -> Observation:
        """This observation as it were if the model had returned `logits` [rows, width, vocab].

        For what rewrites logits: `sampled` follows the request's temperature, top_k, top_p and seed, never
        the mask id, and so do all statistics that were declared. What was not computed stays so. Where
        `logits` are not finite, nothing is sampled, and a row that commits there fails.
        """
        from .engine.statistics import describe

        flat = logits.flatten(0, 1)
        sampled = self._sampled(flat, params)
        needs: frozenset[Need] = frozenset(name for name in _DECLARED if name in self.statistics)
        found = describe(flat, sampled, self.token.flatten(), needs, self.mask_id)
        computed = ~self.others.isinf()
        statistics = {}
        for name, old in self.statistics.items():
            new = found[name].view_as(old)
            statistics[name] = torch.where(computed if new.dim() == 2 else computed[..., None], new, old)
        # No id is -2: a row that commits what was drawn from logits that are not finite fails.
        statistics["sampled"] = statistics["sampled"].masked_fill(statistics["others"].isnan(), -2)
        return replace(self, statistics=statistics)

    def _sampled(self, logits: torch.Tensor, params: ParamsBatch) -> torch.Tensor:
        """A token for each position: int64 [rows * width]."""
        likeliest = sampling.greedy(logits, self.mask_id)
        if not self.any_drawn:
            return likeliest
        uniform = philox.uniform(
            self.seed[:, None], self.position, self.forwards[:, None], philox.DRAW_STREAM
        )
        names = ("temperature", "top_k", "top_p")
        temperature, top_k, top_p = (getattr(params, n).repeat_interleave(uniform.shape[1]) for n in names)
        truncation = (top_k, top_p) if self.any_truncated else ()
        drawn = sampling.draw(logits, self.mask_id, uniform.flatten(), temperature, *truncation)
        return torch.where(temperature > 0, drawn, likeliest)


@dataclass(frozen=True, slots=True)
class Update:
    """What a step changes; tensors [rows, width] of the observation's region."""

    write: torch.Tensor
    """bool: where to commit. The engine applies it at masked, editable positions; with `revises` at every
    editable one. A row that fills no mask gets the sampled token at its block's mask of least `others`, of
    which `state` does not know: the next observation shows it."""
    tokens: torch.Tensor | None = None
    """int64: what to commit; None: the sampled tokens."""
    remask: torch.Tensor | None = None
    """bool: committed positions to mask again; only with `revises`."""
    state: Any = None
    """The state for the next step, in the type that `init_state` returned; None: unchanged."""


class ParamsBatch:
    """Parameters of the rows, as attributes: tensors [rows], in the type that the field declares.

    float64, where None is NaN; int64, where None is -1; bool, or if it may be None int64. Common parameters
    and the algorithm's and rule's own are side by side. Strings stay on the host and reach `plan` only.
    """

    def __init__(self, rows: list[tuple[msgspec.Struct | None, ...]], device: torch.device) -> None:
        """`rows` holds each row's parts; one part has one type in all rows, or is None in all."""
        self._rows, self._device = rows, device

    def take(self, rows: slice) -> ParamsBatch:
        """The same parameters of some rows."""
        return ParamsBatch(self._rows[rows], self._device)

    def __getattr__(self, name: str) -> torch.Tensor:
        """Build the tensor of a parameter when it is first asked for."""
        if not name.startswith("_") and self._rows:
            for part, first in enumerate(self._rows[0]):
                field = None if first is None else numeric_fields(type(first)).get(name)
                if field is not None:
                    tensor = _tensor([getattr(row[part], name) for row in self._rows], field, self._device)
                    setattr(self, name, tensor)
                    return tensor
        if name.startswith("_"):
            raise AttributeError(name)
        own_first = [part for part in reversed(self._rows[0] if self._rows else ()) if part is not None]
        known = [number for part in own_first for number in numeric_fields(type(part))]
        raise AttributeError(no_number(name, known))


def _tensor(values: list[Any], field: NumericField, device: torch.device) -> torch.Tensor:
    if field.kind is float:
        return torch.tensor(
            [torch.nan if v is None else v for v in values], dtype=torch.float64, device=device
        )
    if field.kind is bool and not field.optional:
        return torch.tensor(values, dtype=torch.bool, device=device)
    return torch.tensor([-1 if v is None else v for v in values], dtype=torch.int64, device=device)
