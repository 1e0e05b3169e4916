"""What `llada eval --series` compares: each algorithm and each unmasking rule, from few forwards to many."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Literal

import msgspec

from ...algorithm import DenoisingAlgorithm
from ...errors import AmbiguousNameError, ParameterError, UnknownNameError
from ...facts import ModelFacts
from ...names import fold
from ...params import SamplingParams
from ...registry import GenerationRegistry
from ...registry.listing import AlgorithmInfo, RuleInfo
from .settings import Setting, parse_setting

ALL = "all"
STEPS = tuple(f"steps={count}/block" for count in (1, 2, 4, 8, 16))
DEFAULTS = "defaults"
UNDER = "basic"
"""Rules are compared under this algorithm, which approximates nothing; under the first that goes with a rule
where it does not."""

Kind = Literal["algorithm", "rule"]


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one algorithm, or of one rule, that make a curve of accuracy against forwards."""

    name: str
    kind: Kind
    algorithm: str
    """What runs: the algorithm itself, or the one under which a rule is compared."""
    distribution: str | None
    settings: tuple[Setting, ...]


def find_series(
    registry: GenerationRegistry, names: Sequence[str], facts: ModelFacts | None = None
) -> list[Series]:
    """The series of these algorithms and rules, or, with "all" among the names, of everything that can run.

    `facts` are those of the loaded model; None: whether an algorithm can run is answered for the machine.

    Raises:
        UnknownNameError, AmbiguousNameError: neither an algorithm nor a rule.
        UnavailableError: one that was named cannot run here.
        click.BadParameter: a plugin's `sweep` is no list of settings.
    """
    usable = [info for info in registry.describe(facts) if info.available]
    rules = {fold(info.name): info for info in registry.describe_rules()}
    if ALL in names:
        algorithms = [algorithm_series(registry, info) for info in usable]
        return algorithms + [
            rule_series(registry, info, under)
            for info in rules.values()
            if info.name != SamplingParams().rule and (under := _under(info, usable))
        ]
    found = []
    for name in dict.fromkeys(names):
        rule = rules.get(fold(name))
        under = None if rule is None else _under(rule, usable)
        if rule is not None and under is not None:
            found.append(rule_series(registry, rule, under))
            continue
        try:
            registry.check_available(name, facts)
            canonical = registry.resolve(name)
        except AmbiguousNameError:
            raise
        except UnknownNameError as error:
            raise UnknownNameError(f"{error}; unmasking rules: {', '.join(registry.list_rules())}") from None
        found += [algorithm_series(registry, info) for info in usable if info.name == canonical]
    return found


def algorithm_series(registry: GenerationRegistry, info: AlgorithmInfo) -> Series:
    """An algorithm with its defaults, then with its own sweep or, if it heeds `steps`, 1 to 16 a block."""
    texts = registry.sweep_for(info.name) or (STEPS if _heeds_steps(registry, info.name) else ())
    return Series(
        name=info.name,
        kind="algorithm",
        algorithm=info.name,
        distribution=info.distribution,
        settings=(Setting(DEFAULTS, {}), *map(parse_setting, texts)),
    )


def rule_series(registry: GenerationRegistry, info: RuleInfo, under: str) -> Series:
    """A rule under an algorithm, with its defaults, if it has some, then with its own sweep."""
    settings = [parse_setting(text) for text in registry.rule_sweep_for(info.name)]
    if _has_defaults(info.name):
        settings.insert(0, Setting(DEFAULTS, {}))
    rule = {"unmasking": info.name}
    return Series(
        name=info.name,
        kind="rule",
        algorithm=under,
        distribution=info.distribution,
        settings=tuple(Setting(one.name, rule | one.params, one.steps_per_block) for one in settings),
    )


def _under(rule: RuleInfo, usable: Sequence[AlgorithmInfo]) -> str | None:
    """The algorithm under which a rule is compared."""
    names = [info.name for info in usable if rule.name in info.unmasking]
    return UNDER if UNDER in names else next(iter(names), None)


def _has_defaults(rule: str) -> bool:
    """Whether a rule runs without parameters: `threshold` and `factor` need the one of their name."""
    try:
        SamplingParams(unmasking=rule).effective()
    except ParameterError:
        return False
    return True


def _heeds_steps(registry: GenerationRegistry, algorithm: str) -> bool:
    """Whether `steps` reaches an algorithm: always a plan, and a whole loop whose `generate` takes it."""
    found = registry.get(algorithm)
    if found is None or isinstance(found, DenoisingAlgorithm):
        return True
    parameters = inspect.signature(found.generate).parameters
    return "steps" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
