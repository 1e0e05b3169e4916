"""Published unmasking rules, written as a plugin's author would write them."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import msgspec
import torch

from llada_core import ModelFacts, Observation, ParamsBatch, UnmaskingRule, Update, ranks
from llada_core.algorithm import Region
from llada_core.unmasking import Schedule, Threshold


class EntropyBoundParams(msgspec.Struct, frozen=True):
    """How much entropy, in nats, one step may commit beyond its most uncertain token."""

    gamma: float = 0.1


class EntropyBound(UnmaskingRule):
    """EB-Sampler (Ben-Hamu et al., 2025): the longest run, surest first, with sum H - max H <= gamma."""

    needs: ClassVar = frozenset({"sampled", "others", "entropy"})

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        entropy = obs.entropy.double().gather(1, obs.cost.argsort(dim=1, stable=True))
        within = entropy.cumsum(1) - entropy.cummax(1).values <= params.gamma[:, None]
        count = within.long().cumprod(1).sum(1)
        return Update(write=(ranks(obs.cost) < count[:, None]) & obs.eligible)


class KlassParams(msgspec.Struct, frozen=True):
    """When a prediction counts as sure and as stable."""

    conf_threshold: float = 0.9
    kl_threshold: float = 0.01
    kl_steps: int = 2


class Stability(NamedTuple):
    """The last step's log-probabilities [rows, width, vocab], and for how many steps they hardly moved."""

    log_p: torch.Tensor
    calm: torch.Tensor


class Klass(UnmaskingRule):
    """KLASS (arXiv 2511.05664): all that are sure and have been stable, else what the schedule gives."""

    needs: ClassVar = frozenset({"sampled", "others", "confidence", "logits"})

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Stability:
        nowhere = torch.full((rows, width, facts.vocab_size), -torch.inf, dtype=torch.float64)
        return Stability(nowhere, torch.zeros(rows, width, dtype=torch.int64))

    def select(self, obs: Observation, params: ParamsBatch, state: Stability) -> Update:
        log_p = obs.logits.double().log_softmax(-1)
        p = log_p.exp()
        moved = torch.where(p > 0, p * (log_p - state.log_p), 0).sum(-1)
        calm = torch.where(moved < params.kl_threshold[:, None], state.calm + 1, 0)
        ready = (calm >= params.kl_steps[:, None]) & (obs.confidence > params.conf_threshold[:, None])
        ready &= obs.eligible
        write = torch.where(ready.any(1, keepdim=True), ready, Schedule().select(obs, params, None).write)
        return Update(write, state=Stability(log_p, calm))


class CreditParams(msgspec.Struct, frozen=True):
    """How credit decays, grows and counts."""

    decay: float = 0.8
    gamma: float = 0.2
    weight: float = 0.7


class Credits(NamedTuple):
    """What each token has gathered at each position: [rows, width, vocab]."""

    credit: torch.Tensor


class Credit(UnmaskingRule):
    """CreditDecoding, as dInfer has it: past favourites raise their logits."""

    needs: ClassVar = frozenset({"sampled", "others", "logits"})

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Credits:
        return Credits(torch.zeros(rows, width, facts.vocab_size))

    def select(self, obs: Observation, params: ParamsBatch, state: Credits) -> Update:
        decay, gamma, weight = (p.float()[:, None, None] for p in (params.decay, params.gamma, params.weight))
        logits = obs.logits.float()
        best, favourite = logits.softmax(-1).max(-1, keepdim=True)
        credit = (state.credit * decay).scatter_add(-1, favourite, best**gamma * obs.masked[..., None])
        fused = obs.rescored(logits + weight * credit.log1p(), params)
        write = Threshold().select(fused, params, None).write
        return Update(write, tokens=fused.sampled, state=Credits(credit))


class ProphetParams(msgspec.Struct, frozen=True):
    """Mean gaps that end decoding, in each third of the steps."""

    early: float = 7.5
    middle: float = 5.0
    late: float = 2.5


class Prophet(UnmaskingRule):
    """Prophet: once the mean gap of best and second logit is large, commit all that is left."""

    needs: ClassVar = frozenset({"sampled", "others", "gap"})
    region: ClassVar[Region] = "canvas"

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        open_ = obs.masked & obs.editable
        gap = torch.where(open_, obs.gap, 0).sum(1) / open_.sum(1)
        third = (3 * obs.forwards // params.steps).clamp(max=2)
        enough = torch.stack((params.early, params.middle, params.late)).gather(0, third[None])[0]
        left = open_ & (gap >= enough)[:, None]
        return Update(write=left | Schedule().select(obs, params, None).write)


class BlockProphet(Prophet):
    """The same, a block at a time, so that it also goes with a cache."""

    region: ClassVar[Region] = "block"


class SaberParams(msgspec.Struct, frozen=True):
    """How many tokens a step commits at least."""

    least: int = 2


class Sureness(NamedTuple):
    """How likely a token was when it was committed, and at the step before; [rows, width]."""

    committed: torch.Tensor
    before: torch.Tensor


class Saber(UnmaskingRule):
    """Saber (arXiv 2510.18165): commit what is surer than the mean commit; mask again what lost most."""

    needs: ClassVar = frozenset({"sampled", "others", "confidence", "current"})
    revises: ClassVar = True

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Sureness:
        return Sureness(torch.zeros(rows, width), torch.zeros(rows, width))

    def select(self, obs: Observation, params: ParamsBatch, state: Sureness) -> Update:
        done = ~obs.masked & obs.editable
        mean = (state.committed * done).sum(1, keepdim=True) / done.sum(1, keepdim=True)  # none: NaN
        surest = ranks(obs.cost) < params.least[:, None]
        write = ((obs.confidence > mean) | surest) & obs.eligible
        back = (write.sum(1) / 8).ceil().maximum(params.least / 2)
        lost = torch.where(done, state.before - obs.current, -1)
        remask = (ranks(-lost) < back[:, None]) & (lost > 0)
        committed = torch.where(write, obs.confidence, state.committed)
        return Update(
            write, remask=remask, state=Sureness(committed, torch.where(done, obs.current, obs.confidence))
        )


class LocalLeapParams(msgspec.Struct, frozen=True):
    """Who may follow an anchor."""

    relaxed_threshold: float = 0.75
    radius: int = 4


class LocalLeap(UnmaskingRule):
    """LocalLeap (arXiv 2510.07081): near an anchor, which passes `threshold`, less confidence is enough."""

    needs: ClassVar = frozenset({"sampled", "others", "confidence"})

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        anchor = obs.eligible & (obs.confidence >= params.threshold[:, None])
        apart = (obs.position[:, :, None] - obs.position[:, None, :]).abs()
        near = ((apart <= params.radius[:, None, None]) & anchor[:, None, :]).any(-1)
        follows = near & (obs.confidence >= params.relaxed_threshold[:, None])
        return Update(write=(anchor | follows | (ranks(obs.cost) == 0)) & obs.eligible)


class SlowFastParams(msgspec.Struct, frozen=True):
    """When a cycle's end is found, and who is filled in fast."""

    high: float = 0.9
    low: float = 0.3
    explore: int = 6


class Cycle(NamedTuple):
    """A row's cycle: columns `start` to `end` - 1, steps since it began, and whether it is being filled."""

    start: torch.Tensor
    end: torch.Tensor
    looked: torch.Tensor
    fast: torch.Tensor


class SlowFast(UnmaskingRule):
    """SlowFast sampling (arXiv 2506.10848): look for the end of what can be filled, then fill up to it."""

    needs: ClassVar = frozenset({"sampled", "others", "confidence"})

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Cycle:
        zero = torch.zeros(rows, dtype=torch.int64)
        return Cycle(zero, zero.clone(), zero.clone(), torch.zeros(rows, dtype=torch.bool))

    def select(self, obs: Observation, params: ParamsBatch, state: Cycle) -> Update:
        column = torch.arange(obs.masked.shape[1], device=obs.masked.device)
        fair = obs.eligible & (obs.confidence >= params.low[:, None])
        reach = torch.where(fair, column + 1, 0).amax(1).maximum(state.start + 1)
        looked = state.looked + 1
        steady = (looked > 1) & ((reach - state.end).abs() < 2)
        region = obs.eligible & (~state.fast[:, None] | (column < state.end[:, None]))
        first = ranks(obs.cost.masked_fill(~region, torch.inf)) == 0
        write = region & ((obs.confidence >= params.high[:, None]) | first)
        end = torch.where(state.fast, state.end, reach)
        fast = state.fast | steady | (looked >= params.explore)
        full = fast & ~(obs.eligible & ~write & (column < end[:, None])).any(1)
        new = Cycle(torch.where(full, end, state.start), end, torch.where(full, 0, looked), fast & ~full)
        return Update(write, state=new)
