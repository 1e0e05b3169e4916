"""How the engine keeps a plugin's faults from others: limits of time, settings, memory, and no weights."""

from __future__ import annotations

import gc
import logging
import threading
import time
import types
from typing import Any, NamedTuple

import pytest
import torch

from llada_core import GenerationAlgorithm, Observation, ParamsBatch, Schedule, Update
from llada_core.engine.events import Failed, Finished
from llada_core.engine.overdue import OverdueError, Watch
from llada_core.engine.process_settings import SETTINGS, ProcessSettings
from llada_core.testing import Subject
from llada_core.testing.tiny import tiny_model

from .endings import run_all

UNLUCKY = 13


# Time


def spin() -> None:
    while True:
        pass


def test_an_endless_loop_ends() -> None:
    started = time.monotonic()
    with pytest.raises(OverdueError, match=r"did not return within 0\.2 s"):
        Watch(0.2).call(spin)
    assert 0.2 <= time.monotonic() - started < 5


def test_what_a_call_returns_and_raises_comes_through() -> None:
    watch = Watch(60)
    assert watch.call(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        watch.call(lambda: 1 // 0)


def test_calls_that_end_with_their_limit_leave_nothing_behind() -> None:
    """What is raised for a call must never arrive after it."""
    watch, overdue = Watch(0.01), 0

    def last() -> int:
        until = time.monotonic() + 0.0115
        while time.monotonic() < until:
            pass
        return 1

    for _ in range(100):
        try:
            assert watch.call(last) == 1
        except OverdueError:
            overdue += 1
        sum(range(1000))  # here it would arrive
    assert 0 < overdue < 100


def test_watching_ends_when_nothing_is_called() -> None:
    before = set(threading.enumerate())
    watch = Watch(0.04)
    watch.call(int)
    (watching,) = (t for t in threading.enumerate() if t not in before and t.name == "llada-watch")
    watching.join(5)
    assert not watching.is_alive()
    assert watch.call(int) == 0


class HangsForOne(Schedule):
    """Hangs where the unlucky row is among those it is asked about."""

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        while bool((obs.seed == UNLUCKY).any()):
            pass
        return super().select(obs, params, state)


def test_a_batch_that_hangs_is_not_waited_for_row_by_row() -> None:
    subject = Subject.of(HangsForOne())
    requests = [subject.request(str(n), (n,), seed=seed) for n, seed in enumerate((1, UNLUCKY, 2, 3, 4))]
    started = time.monotonic()
    ended = run_all(subject, *requests, step_limit=0.3)
    assert time.monotonic() - started < 4 * 0.3 + 1
    assert isinstance(ended["1"], Failed)
    assert "HangsForOne did not return within 0.3 s" in ended["1"].message


# Settings of the process


def test_every_setting_is_put_back_and_named(caplog: pytest.LogCaptureFixture) -> None:
    settings = ProcessSettings()
    before = [get() for get, _ in SETTINGS.values()]
    # Other tests of this process may have set it.
    precision = "ieee" if torch.backends.cuda.matmul.fp32_precision == "tf32" else "tf32"
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.backends.cuda.matmul.fp32_precision = precision
    torch.set_deterministic_debug_mode("warn")
    torch.set_autocast_enabled("cpu", True)
    torch.set_autocast_enabled("cuda", True)
    changed = [get() for get, _ in SETTINGS.values()]
    with caplog.at_level(logging.WARNING, "llada_core.engine"):
        settings.put_back("somebody")
        assert [get() for get, _ in SETTINGS.values()] == before
        settings.put_back("somebody")
    assert all(a != b for a, b in zip(before, changed, strict=True))
    assert torch.zeros(1).device.type == "cpu"
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == len(SETTINGS)
    for message, name in zip(messages, SETTINGS, strict=True):
        assert f"somebody set this process's {name} to " in message


class Switches(GenerationAlgorithm):
    """Changes settings in a thread of its own, now and then while others run."""

    def __init__(self) -> None:
        super().__init__("switches")

    def is_available(self) -> bool:
        return True

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        for _ in range(6):
            torch.set_default_dtype(torch.float64)
            model(prompt)
        torch.set_default_dtype(torch.float64)
        return torch.cat([prompt, prompt.new_full((1, kwargs["gen_length"]), 5)], dim=1), 6


def test_a_caller_s_settings_survive_a_script() -> None:
    subject = Subject.of(Switches())
    ended = run_all(subject, subject.request())
    assert isinstance(ended["a"], Finished)
    assert torch.get_default_dtype() == torch.float32


def test_a_caller_may_change_settings_between_steps() -> None:
    subject = Subject.of(Schedule())
    engine = subject.engine()
    engine.add(subject.request())
    engine.step()
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(threads + 1)
        engine.step()
        assert torch.get_num_threads() == threads + 1
    finally:
        torch.set_num_threads(threads)


# Memory


class AllocatesForOne(Schedule):
    """Asks for a pebibyte where the unlucky row is among those it is asked about."""

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        if bool((obs.seed == UNLUCKY).any()):
            torch.empty(1 << 50)
        return super().select(obs, params, state)


def test_memory_that_is_not_there_costs_the_row_that_asked() -> None:
    subject = Subject.of(AllocatesForOne())
    requests = [subject.request(str(n), (n,), seed=seed) for n, seed in enumerate((1, UNLUCKY, 2))]
    ended = run_all(subject, *requests)
    failed = ended.pop("1")
    assert isinstance(failed, Failed)
    assert failed.code == "out_of_memory"
    assert "AllocatesForOne ran out of memory" in failed.message
    alone = run_all(subject, requests[0], requests[2])
    assert ended == alone


class Much(NamedTuple):
    rows: torch.Tensor


class Greedy(Schedule):
    """A state of a pebibyte a position, filled with ones."""

    def init_state(self, rows: int, width: int, facts: Any) -> Much:
        return Much(torch.ones(rows, width, 2**50, dtype=torch.bool))


def test_a_state_is_counted_without_being_made() -> None:
    subject = Subject.of(Greedy())
    with pytest.raises(ValueError, match=f"Greedy needs {6 * 2**50} bytes of state"):
        subject.engine().add(subject.request())


class Counts(NamedTuple):
    seen: torch.Tensor


class ReadsNumbers(Schedule):
    """Looks at numbers while it makes its state, so that it must be made to be counted."""

    def init_state(self, rows: int, width: int, facts: Any) -> Counts:
        limit = int(torch.arange(width).max())
        return Counts(torch.zeros(rows, limit + 1))

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        assert state.seen.device == obs.token.device
        return super().select(obs, params, state)


def test_a_state_that_needs_numbers_is_made_to_be_counted() -> None:
    subject = Subject.of(ReadsNumbers())
    assert isinstance(run_all(subject, subject.request())["a"], Finished)
    with pytest.raises(ValueError, match="ReadsNumbers needs 24 bytes of state"):
        subject.engine(state_bytes=23).add(subject.request())


# Weights


class Reaches(GenerationAlgorithm):
    """Follows every reference from the model that it is given."""

    def __init__(self) -> None:
        super().__init__("reaches")
        self.tensors: list[torch.Tensor] = []
        self.modules: list[torch.nn.Module] = []
        self.configs: list[Any] = []

    def is_available(self) -> bool:
        return True

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        model(prompt)
        self.configs.append(model.config)
        todo, seen = [model, *model.parameters()], {id(self)}
        while todo:
            thing = todo.pop()
            if id(thing) in seen or isinstance(thing, (type, types.ModuleType, types.CodeType)):
                continue
            seen.add(id(thing))
            if isinstance(thing, torch.Tensor):
                self.tensors.append(thing)
            elif isinstance(thing, torch.nn.Module):
                self.modules.append(thing)
            elif isinstance(thing, types.FunctionType):
                todo += [cell.cell_contents for cell in thing.__closure__ or ()]
            elif not (isinstance(thing, dict) and "__builtins__" in thing):  # a module's names
                todo += gc.get_referents(thing)
        return torch.cat([prompt, prompt.new_full((1, kwargs["gen_length"]), 5)], dim=1), 1


def test_the_proxy_hands_out_no_parameters() -> None:
    reaches = Reaches()
    subject = Subject.of(reaches)
    assert isinstance(run_all(subject, subject.request())["a"], Finished)
    weights = {weight.untyped_storage().data_ptr() for weight in tiny_model().parameters()}
    assert reaches.tensors  # the empty one of `parameters`
    assert reaches.modules == []
    assert not [t for t in reaches.tensors if t.numel() and t.untyped_storage().data_ptr() in weights]
    assert reaches.configs[0] is not tiny_model().config
