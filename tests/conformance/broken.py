"""Algorithms and rules with one fault each, and the check that must see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec
import torch
from msgspec import Meta

from llada_core import (
    Availability,
    DenoisingAlgorithm,
    GenerationAlgorithm,
    Keep,
    Observation,
    ParamsBatch,
    Plan,
    Progress,
    UnmaskingRule,
    Update,
    Window,
)
from llada_core.testing.tiny import tiny_model
from llada_core.unmasking import ranks

Faulty = GenerationAlgorithm | UnmaskingRule
CASES: list[tuple[str, Callable[[], Faulty], type[msgspec.Struct] | None]] = []
"""(check that must fail, maker of the faulty thing, its parameters)."""


def caught_by(check: str, params: type[msgspec.Struct] | None = None) -> Callable[[type], type]:
    """Add a class to the cases."""

    def add(cls: type) -> type:
        CASES.append((check, cls, params))
        return cls

    return add


class Sound(DenoisingAlgorithm):
    """The dual cache, done right; the faults below are differences from it."""

    name = "faulty"
    needs_cache = True

    def plan(self, progress: Progress) -> Plan:
        if progress.step_in_block == 0:
            return Plan(Window.CANVAS, Keep.ALL)
        return Plan(Window.BLOCK, Keep.ALL)


class SoundRule(UnmaskingRule):
    """One token a step, by confidence, done right."""

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=(ranks(obs.cost) == 0) & obs.eligible)


class SoundLoop(GenerationAlgorithm):
    """A whole loop that commits left to right, done right."""

    def __init__(self) -> None:
        super().__init__("faulty", "left to right")

    def is_available(self) -> bool:
        return True

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        mask = kwargs.get("mask_id", 60)
        generator = torch.Generator().manual_seed(kwargs.get("seed", 0) % 2**63)
        rows, gen = prompt.shape[0], kwargs["gen_length"]
        x = torch.cat((prompt, torch.full((rows, gen), mask)), dim=1)
        for n in range(prompt.shape[1], x.shape[1]):
            logits = model(x).logits[:, n].clone()
            logits[:, mask] = -torch.inf
            x[:, n] = self.pick(logits, kwargs, generator)
        return x, gen

    def pick(self, logits: torch.Tensor, kwargs: dict[str, Any], generator: torch.Generator) -> torch.Tensor:
        if not kwargs.get("temperature"):
            return logits.argmax(-1)
        p = (logits / kwargs["temperature"]).softmax(-1)
        return torch.multinomial(p, 1, generator=generator)[:, 0]


# Plans and caches


@caught_by("check_cache_is_exact_with_one_layer")
class NeverRefreshes(Sound):
    def plan(self, progress: Progress) -> Plan:
        return Plan(Window.CANVAS, Keep.ALL) if progress.forwards == 0 else Plan(Window.BLOCK, Keep.NOTHING)


@caught_by("check_cache_is_exact_with_one_layer")
class DropsTheSuffix(Sound):
    def plan(self, progress: Progress) -> Plan:
        return Plan(Window.span(0, progress.block_end), Keep.ALL, drop=True)


@caught_by("check_cache_is_used_with_two_layers")
class SaysItCaches(Sound):
    def plan(self, progress: Progress) -> Plan:
        return Plan(Window.CANVAS, Keep.ALL)


@caught_by("check_output_is_complete")
class LeavesPositionsOut(Sound):
    def plan(self, progress: Progress) -> Plan:
        return Plan(Window.BLOCK)


@caught_by("check_output_is_complete")
class OnlyWarmsUp(Sound):
    def plan(self, progress: Progress) -> Plan:
        return Plan(Window.CANVAS, Keep.ALL, commit=False)


@caught_by("check_nothing_stays_on_the_instance")
class RemembersOnSelf(Sound):
    seen = 0

    def plan(self, progress: Progress) -> Plan:
        self.seen += 1
        if progress.step_in_block == 0 or self.seen % 5 == 0:
            return Plan(Window.CANVAS, Keep.ALL)
        return Plan(Window.BLOCK, Keep.ALL)


@caught_by("check_company_changes_nothing")
class CountsItsCalls(Sound):
    calls = 0

    def plan(self, progress: Progress) -> Plan:
        type(self).calls += 1
        if progress.step_in_block == 0 or type(self).calls % 3 == 0:
            return Plan(Window.CANVAS, Keep.ALL)
        return Plan(Window.BLOCK, Keep.ALL)


@caught_by("check_global_state_is_untouched")
class DrawsGlobally(Sound):
    def plan(self, progress: Progress) -> Plan:
        torch.rand(1)
        return super().plan(progress)


@caught_by("check_global_state_is_untouched")
class ChangesTheDtype(Sound):
    def plan(self, progress: Progress) -> Plan:
        torch.set_default_dtype(torch.float64)
        return super().plan(progress)


@caught_by("check_global_state_is_untouched")
class ChangesTheWeights(Sound):
    def plan(self, progress: Progress) -> Plan:
        with torch.no_grad():
            next(tiny_model().parameters()).add_(1e-3)
        return super().plan(progress)


@caught_by("check_availability")
class SaysNoWithoutAReason(Sound):
    def availability(self) -> Availability:
        return Availability(False, "the moon is not full")


# Rules


@caught_by("check_company_changes_nothing")
class LooksAtTheFirstRow(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=(obs.others < obs.others[:1].nan_to_num(posinf=1e9).mean()) & obs.eligible)


@caught_by("check_neighbours_parameters_do_not_matter")
class TakesTheFirstRowsSteps(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        quota = (obs.masked_at_block_start // obs.steps_in_block[0]).clamp(min=1)
        return Update(write=(ranks(obs.cost) < quota[:, None]) & obs.eligible)


@caught_by("check_rule_is_pure")
class ReadsOnTheHost(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        if obs.eligible.any().item():
            return super().select(obs, params, state)
        return Update(write=obs.eligible)


@caught_by("check_rule_is_pure")
class IndexesByABoolean(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        best = obs.cost[obs.eligible].sort().values[:1]
        return Update(write=obs.eligible & (obs.cost <= best))


@caught_by("check_output_is_complete")
class ReturnsAWrongShape(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible[:, :1])


@caught_by("check_output_is_complete")
class ReturnsAWrongDtype(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible.float())


@caught_by("check_output_is_complete")
class Raises(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        raise RuntimeError("out of ideas")


@caught_by("check_output_is_complete")
class CommitsTheMask(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible, tokens=torch.full_like(obs.token, 60))


@caught_by("check_output_is_complete")
class CommitsUnknownTokens(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible, tokens=obs.sampled + 1000)


@caught_by("check_output_is_complete")
class UsesWhatItDidNotDeclare(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible & (obs.entropy < 1))


@caught_by("check_output_is_complete")
class RemasksUndeclared(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible, remask=obs.editable)


@caught_by("check_seeds_reproduce")
class DrawsFromTheGlobalGenerator(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        chance = torch.rand(obs.cost.shape).masked_fill(~obs.eligible, torch.inf)
        return Update(write=(ranks(chance) == 0) & obs.eligible)


@caught_by("check_seeds_reproduce")
class IgnoresChance(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible, tokens=obs.position % 59)


class Count(NamedTuple):
    steps: torch.Tensor


@caught_by("check_output_is_complete")
class ChangesTheStatesShape(SoundRule):
    def init_state(self, rows: int, width: int, facts: Any) -> Count:
        return Count(torch.zeros(rows))

    def select(self, obs: Observation, params: ParamsBatch, state: Count) -> Update:
        return Update(write=obs.eligible, state=Count(torch.zeros(obs.masked.shape)))


@caught_by("check_nothing_stays_on_the_instance")
class KeepsStateOnItself(SoundRule):
    steps = 0

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        self.steps += 1
        take = 1 + self.steps % 3
        return Update(write=(ranks(obs.cost) < take) & obs.eligible)


class Loose(msgspec.Struct, frozen=True):
    """No type, so that everything is let in."""

    share: Annotated[Any, Meta(description="A share.")] = 0.5


@caught_by("check_invalid_parameters_name_their_field", Loose)
class TakesAnything(SoundRule):
    pass


class Undescribed(msgspec.Struct, frozen=True):
    """A parameter that nobody explains."""

    share: Annotated[float, Meta(gt=0, le=1)] = 0.5


@caught_by("check_description", Undescribed)
class DescribesNothing(SoundRule):
    pass


class Revising(SoundRule):
    revises: ClassVar = True


@caught_by("check_forwards_are_bounded")
class RemasksForEver(Revising):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        committed = obs.editable & ~obs.masked
        last = committed & (obs.masked.sum(1, keepdim=True) <= 1)
        return Update(write=(ranks(obs.cost) == 0) & obs.eligible, remask=last)


@caught_by("check_quota_is_what_it_commits")
class MisjudgesItself(SoundRule):
    def quota(self, masked_at_block_start: int, step_in_block: int, steps_in_block: int, params: Any) -> int:
        return 3


@caught_by("check_rule_is_pure")
class ForgetsTheRowAxis(SoundRule):
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=(ranks(obs.cost) < obs.steps_in_block) & obs.eligible)


# Whole loops


@caught_by("check_generate_keeps_the_prompt")
class ChangesThePrompt(SoundLoop):
    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        prompt[:, 0] = 1
        return super().generate(model, prompt, **kwargs)


@caught_by("check_output_is_complete")
class ReturnsTheGeneratedPartOnly(SoundLoop):
    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        tokens, nfe = super().generate(model, prompt, **kwargs)
        return tokens[:, prompt.shape[1] :], nfe


@caught_by("check_mask_predicting_model_ends")
class LetsTheMaskBeDrawn(SoundLoop):
    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        x = torch.cat((prompt, torch.full((len(prompt), kwargs["gen_length"]), 60)), dim=1)
        for n in range(prompt.shape[1], x.shape[1]):
            x[:, n] = model(x).logits[:, n].argmax(-1)
        return x, kwargs["gen_length"]


@caught_by("check_seeds_reproduce")
class DrawsWithoutASeed(SoundLoop):
    def pick(self, logits: torch.Tensor, kwargs: dict[str, Any], generator: torch.Generator) -> torch.Tensor:
        return super().pick(logits, kwargs, torch.default_generator)


@caught_by("check_forwards_are_bounded")
class CallsTooOften(SoundLoop):
    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        for _ in range(3 * kwargs["gen_length"] + 3):
            model(prompt if prompt.shape[1] else torch.tensor([[1]]))
        return super().generate(model, prompt, **kwargs)
