"""What is under test, and how to run it through an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..algorithm import DenoisingAlgorithm, GenerationAlgorithm
from ..engine.engine import Engine, EngineConfig
from ..engine.events import Commit, Event, Failed, Finished, Preview
from ..engine.request import Request, build_request
from ..errors import AmbiguousNameError, UnknownNameError
from ..plan import Plan, Progress, Window
from ..registry import GenerationRegistry
from ..unmasking import UnmaskingRule
from .tiny import tiny_model


class CheckFailed(AssertionError):
    """A check does not hold; the message says what was expected and what happened."""


class NotApplicable(Exception):
    """A check has nothing to say about this subject; the message says why."""


class WholeCanvas(DenoisingAlgorithm):
    """Computes everything at every step: the plan under which rules are checked."""

    name = "whole_canvas"
    needs_cache = False
    covers = "canvas"

    def plan(self, progress: Progress) -> Plan:
        """The whole canvas, nothing kept."""
        return Plan(Window.CANVAS)


@dataclass
class Subject:
    """An algorithm, or an unmasking rule under a plan that computes the whole canvas."""

    registry: GenerationRegistry
    algorithm: str
    rule: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """Request parameters that every run of it is given."""

    @classmethod
    def of(
        cls,
        what: str | GenerationAlgorithm | UnmaskingRule,
        *,
        params: type[msgspec.Struct] | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Subject:
        """From the name of an installed algorithm or rule, or from an instance that is not installed.

        Args:
            params: the Struct of an instance's own parameters.
            values: request parameters that every run is given, such as those without a default.

        Raises:
            UnknownNameError: nothing of this name is installed; AmbiguousNameError: several are.
        """
        registry = GenerationRegistry()
        registry.register(WholeCanvas())
        given = dict(values or {})
        if isinstance(what, UnmaskingRule):
            name = "rule_under_test"
            registry.register_rule(name, what, params=params)
            return cls(registry, WholeCanvas.name, name, given)
        if isinstance(what, GenerationAlgorithm):
            registry.register(what, params=params)
            return cls(registry, what.name, None, given)
        registry.load_plugins()
        if what in registry.list_rules():
            return cls(registry, WholeCanvas.name, what, given)
        try:
            return cls(registry, registry.resolve(what), None, given)
        except AmbiguousNameError:
            raise
        except UnknownNameError as error:
            hint = "if it is the package under test, install it first: pip install -e ."
            raise UnknownNameError(f"{error}; {hint}") from None

    @property
    def name(self) -> str:
        """Its name, for messages."""
        return self.rule or self.algorithm

    @property
    def instance(self) -> GenerationAlgorithm:
        """The algorithm itself."""
        found = self.registry.get(self.algorithm)
        assert found is not None
        return found

    @property
    def whole_loop(self) -> bool:
        """Whether it brings its own loop."""
        return not isinstance(self.instance, DenoisingAlgorithm)

    @property
    def revises(self) -> bool:
        """Whether committed tokens may change."""
        if self.rule is not None:
            return self.registry.get_rule(self.rule).revises
        return isinstance(self.instance, DenoisingAlgorithm) and self.instance.revises

    @property
    def params(self) -> type[msgspec.Struct] | None:
        """The Struct of its own parameters."""
        if self.rule is not None:
            return self.registry.rule_params_for(self.rule)
        return self.registry.params_for(self.algorithm)

    @property
    def sweep(self) -> tuple[str, ...]:
        """The settings that its spec lists for comparisons."""
        if self.rule is not None:
            return self.registry.rule_sweep_for(self.rule)
        return self.registry.sweep_for(self.algorithm)

    def request(
        self,
        id: str = "a",
        prompt: tuple[int, ...] = (3, 1, 4),
        *,
        suffix: tuple[int, ...] = (),
        preview: bool = False,
        **values: Any,
    ) -> Request:
        """A request for it; 12 tokens in blocks of 6 unless `values` say otherwise."""
        given = {"gen_length": 12, "block_length": 6, "ignore_eos": True} | self.values | values
        if self.rule is not None:
            given.setdefault("unmasking", self.rule)
        request, unknown = build_request(
            self.registry,
            tiny_model().facts,
            given,
            id=id,
            algorithm=self.algorithm,
            prompt=prompt,
            suffix=suffix,
            preview=preview,
        )
        if unknown:
            raise CheckFailed(f"{self.name} has no parameters {', '.join(unknown)}")
        return request

    def engine(self, model: Any = None, **config: Any) -> Engine:
        """An engine over the tiny model, or over `model`."""
        model = tiny_model() if model is None else model
        return Engine(model, registry=self.registry, config=EngineConfig(**config))


@dataclass
class Ran:
    """What an engine said, by request."""

    finished: dict[str, Finished] = field(default_factory=dict)
    commits: dict[str, list[int]] = field(default_factory=dict)
    previews: dict[str, list[Preview]] = field(default_factory=dict)

    def take(self, events: list[Event]) -> None:
        """Sort events in; a request that fails is a failed check."""
        for event in events:
            if isinstance(event, Failed):
                raise CheckFailed(f"request {event.request_id!r} failed: {event.message}")
            if isinstance(event, Finished):
                self.finished[event.request_id] = event
            elif isinstance(event, Preview):
                self.previews.setdefault(event.request_id, []).append(event)
            elif isinstance(event, Commit):
                tokens = self.commits.setdefault(event.request_id, [])
                if event.start != len(tokens):
                    raise CheckFailed(f"a commit starts at {event.start}, after {len(tokens)} tokens")
                tokens += event.tokens


MOST_STEPS = 20_000


def run(
    engine: Engine,
    *requests: Request,
    arrivals: Mapping[str, int] | None = None,
    cancels: Mapping[str, int] | None = None,
) -> Ran:
    """Run requests to their ends; some come later, some are cancelled, at the steps given by id."""
    ran, arrivals, cancels = Ran(), arrivals or {}, cancels or {}
    last = max([0, *arrivals.values(), *cancels.values()])
    for step in range(MOST_STEPS):
        for request in requests:
            if arrivals.get(request.id, 0) == step:
                engine.add(request)
            if cancels.get(request.id) == step:
                engine.cancel(request.id)
        if step >= last and not engine.has_work():
            return ran
        ran.take(engine.step())
    raise CheckFailed(f"the engine still has work after {MOST_STEPS} steps")
