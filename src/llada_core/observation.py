"""What a rule or an algorithm's own step sees, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import torch

from . import philox
from .errors import AlgorithmError

_DECLARED = ("sampled", "others", "confidence", "current", "gap", "entropy", "logits")


@dataclass(slots=True)
class Observation:
    """Rows of one tick: tensors [rows, width] over the region's positions, and tensors [rows].

    The region is the block, or with `region = "canvas"` the whole generated part. Besides the fields below, what
    `needs` declares is there as an attribute: `sampled` (int64, the drawn token), `others` (float32, the odds
    against it: rank by this), `confidence` (1 / (1 + others)), `current` (float32, probability of the token now
    held), `gap` (float32, best minus second logit), `entropy` (float32, nats), `logits` ([rows, width, vocab]).
    They are defined where `editable` holds and a mask stands, and with `current`, `logits` or `revises` at every
    editable position; elsewhere `sampled` is the token held and `others` is infinite.
    """

    token: torch.Tensor
    """int64: what the canvas holds."""
    position: torch.Tensor
    """int64: canvas positions."""
    masked: torch.Tensor
    """bool: by position, never by comparing ids."""
    editable: torch.Tensor
    """bool: positions that this request generates and this forward computed; False past a row's own width."""
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
    statistics: dict[str, torch.Tensor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> torch.Tensor:
        if name in _DECLARED:
            try:
                return self.statistics[name]
            except KeyError:
                raise AlgorithmError(
                    f"the observation has no {name!r}: declare it, needs = frozenset({{..., {name!r}}})"
                ) from None
        raise AttributeError(name)

    @property
    def eligible(self) -> torch.Tensor:
        """bool: masks of the current block that may be written now."""
        return self.masked & self.editable & self.in_block

    @property
    def cost(self) -> torch.Tensor:
        """float64: what to rank by, least first: `others`, or chance where the request remasks at random.

        Chance u ranks like a confidence of u: its cost is 1 / u - 1. Infinite where not eligible, and finite
        where eligible.
        """
        cost = self.statistics["others"].double()
        if self.any_random:
            chance = philox.uniform(
                self.seed[:, None], self.position, self.forwards[:, None], philox.REMASKING_STREAM
            )
            cost = torch.where(self.random_remasking[:, None], 1 / chance - 1, cost)
        return cost.clamp(max=torch.finfo(torch.float32).max).masked_fill(~self.eligible, torch.inf)

    def uniform(self, stream: int = 0) -> torch.Tensor:
        """float64 in (0, 1) per position, from (seed, position, forwards, stream): a rule's only randomness."""
        return philox.uniform(
            self.seed[:, None], self.position, self.forwards[:, None], philox.RULE_STREAMS + stream
        )


@dataclass(frozen=True, slots=True)
class Update:
    """What a step changes; tensors [rows, width] of the observation's region."""

    write: torch.Tensor
    """bool: where to commit. The engine applies it at masked, editable positions; with `revises` at every
    editable one. A row that commits nothing gets its position of least `others` committed."""
    tokens: torch.Tensor | None = None
    """int64: what to commit; None: the sampled tokens."""
    remask: torch.Tensor | None = None
    """bool: committed positions to mask again; only with `revises`."""
    state: Any = None
    """The state for the next step, in the type that `init_state` returned; None: unchanged."""


class ParamsBatch:
    """Parameters of the rows, as attributes: tensors [rows], float64, int64 or bool; None became NaN or -1.

    Common parameters and the algorithm's or rule's own are side by side. Strings stay on the host and reach
    `plan` only.
    """

    def __init__(self, rows: list[tuple[msgspec.Struct | None, ...]], device: torch.device) -> None:
        for structs in zip(*rows, strict=True):
            first = structs[0]
            if first is None:
                continue
            for name in first.__struct_fields__:
                values = [getattr(struct, name) for struct in structs]
                tensor = _tensor(values, device)
                if tensor is not None:
                    setattr(self, name, tensor)

    def take(self, rows: slice) -> ParamsBatch:
        """The same parameters of some rows."""
        part = ParamsBatch([], torch.device("cpu"))
        vars(part).update({name: value[rows] for name, value in vars(self).items()})
        return part

    def __getattr__(self, name: str) -> torch.Tensor:
        raise AttributeError(f"no numeric parameter named {name!r} in this request's parts")


def _tensor(values: list[Any], device: torch.device) -> torch.Tensor | None:
    present = [value for value in values if value is not None]
    if not all(isinstance(value, (bool, int, float)) for value in present):
        return None
    if present and all(isinstance(value, bool) for value in present):
        return torch.tensor([bool(value) for value in values], device=device)
    if present and all(isinstance(value, int) for value in present):
        return torch.tensor([-1 if v is None else v for v in values], dtype=torch.int64, device=device)
    return torch.tensor([torch.nan if v is None else v for v in values], dtype=torch.float64, device=device)
