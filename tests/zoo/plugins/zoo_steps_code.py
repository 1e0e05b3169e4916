"""Rules and steps that misbehave; all but their fault comes from the schedule, which is sound."""

from dataclasses import replace
from typing import NamedTuple

import torch

from llada_core import DenoisingAlgorithm, Plan, Schedule, UnmaskingRule, Update, Window


class Raises(UnmaskingRule):
    def select(self, obs, params, state):
        raise RuntimeError("out of ideas, see /home/somebody/private/notes.txt")


class Exits(UnmaskingRule):
    def select(self, obs, params, state):
        raise SystemExit(3)


class CannotBeQuoted(UnmaskingRule):
    def select(self, obs, params, state):
        class Odd(Exception):
            def __str__(self):
                raise ValueError

        raise Odd


class Hangs(UnmaskingRule):
    def select(self, obs, params, state):
        while True:
            pass


class Allocates(UnmaskingRule):
    def select(self, obs, params, state):
        torch.empty(1 << 50)


class NoUpdate(UnmaskingRule):
    def select(self, obs, params, state):
        return obs.eligible


class WrongShape(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=obs.eligible[:, 1:])


class WrongDtype(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=1 / obs.cost)


class WrongDevice(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=obs.eligible.to("meta"))


class Sparse(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=obs.eligible.to_sparse())


class WritesTheMask(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=obs.eligible, tokens=torch.full_like(obs.token, obs.mask_id))


class WritesNoToken(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=obs.eligible, tokens=torch.full_like(obs.token, 10**9))


class NotFinite(UnmaskingRule):
    needs = frozenset({"sampled", "logits"})

    def select(self, obs, params, state):
        again = obs.rescored(obs.logits / 0 * 0, params)
        return Update(write=obs.eligible, tokens=again.sampled)


class SpoilsTheOdds(UnmaskingRule):
    def select(self, obs, params, state):
        obs.others.fill_(torch.nan)
        return Update(write=obs.eligible)


class Rewrites(UnmaskingRule):
    """Marks everything as masked, so that it may write where tokens are committed already."""

    def select(self, obs, params, state):
        first = obs.eligible & (obs.eligible.cumsum(1) == 1)
        obs.masked.fill_(True)
        obs.editable.fill_(True)
        return Update(
            write=first | (obs.token != obs.mask_id), tokens=obs.forwards[:, None].expand_as(obs.token)
        )


class Remasks(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=obs.eligible, remask=~obs.masked)


class Marks(NamedTuple):
    seen: torch.Tensor


class StateRaises(Schedule):
    def init_state(self, rows, width, facts):
        raise KeyError("width")


class StateRaisesLater(Schedule):
    """Is sound while its size is found out."""

    asked = 0

    def init_state(self, rows, width, facts):
        self.asked += 1
        if self.asked > 1:
            raise KeyError("width")
        return Marks(torch.zeros(rows, width))


class StateIsAList(Schedule):
    def init_state(self, rows, width, facts):
        return [torch.zeros(rows, width)]


class StateIsHuge(Schedule):
    def init_state(self, rows, width, facts):
        return Marks(torch.ones(rows, width, 2**40))


class StateVaries(Schedule):
    """Another width every time."""

    asked = 0

    def init_state(self, rows, width, facts):
        self.asked += 1
        return Marks(torch.zeros(rows, width + self.asked))


class StateChanges(Schedule):
    def init_state(self, rows, width, facts):
        return Marks(torch.zeros(rows, width))

    def select(self, obs, params, state):
        return replace(super().select(obs, params, state), state=Marks(state.seen.double()))


class NeverWrites(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=torch.zeros_like(obs.eligible))


class WritesEverywhere(UnmaskingRule):
    def select(self, obs, params, state):
        return Update(write=torch.ones_like(obs.eligible))


class Resizes(Schedule):
    """Takes apart what it was given, once it has its answer."""

    def init_state(self, rows, width, facts):
        return Marks(torch.zeros(rows, width))

    def select(self, obs, params, state):
        update = super().select(obs, params, state)
        for given in (obs.masked, obs.token, obs.others, obs.sampled, *state):
            given.resize_(0)
        return update


class Assigns(Schedule):
    def select(self, obs, params, state):
        update = super().select(obs, params, state)
        obs.masked = obs.editable = obs.token = None
        obs.statistics.clear()
        return update


class SetsEverything(Schedule):
    """Leaves every switch of torch in another position."""

    def select(self, obs, params, state):
        update = super().select(obs, params, state)
        torch.manual_seed(1)
        torch.set_default_dtype(torch.float64)
        torch.set_num_threads(torch.get_num_threads() + 1)
        torch.use_deterministic_algorithms(True)
        torch.set_autocast_enabled("cpu", True)
        torch.set_default_device("meta")
        torch.set_grad_enabled(True)
        torch.inference_mode(False).__enter__()
        return update


class RaisingStep(DenoisingAlgorithm):
    def plan(self, progress):
        return Plan(Window.CANVAS)

    def step(self, obs, params, state):
        raise RuntimeError("missed a step")
