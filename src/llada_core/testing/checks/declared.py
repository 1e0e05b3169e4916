"""What it says about itself: description, availability, parameters."""

from __future__ import annotations

import math
from typing import Any

import click
import msgspec

from ...algorithm import Availability
from ...errors import LladaError, ParameterError
from ..subject import CheckFailed, Subject


def check_description(subject: Subject) -> None:
    """The listing has a description and a JSON Schema, in which every parameter has a description; requests
    accept the settings of `sweep`."""
    listed: Any = {info.name: info for info in subject.registry.describe()}.get(subject.algorithm)
    if subject.rule is not None:
        listed = {info.name: info for info in subject.registry.describe_rules()}[subject.rule]
    if listed.distribution is not None and not listed.description:
        raise CheckFailed("it has no description")
    for name, schema in ((listed.params or {}).get("properties") or {}).items():
        if "description" not in schema:
            raise CheckFailed(f"parameter {name!r} has no description: Annotated[..., Meta(description=...)]")
    for text in subject.sweep:
        _check_setting(subject, text)


def _check_setting(subject: Subject, text: str) -> None:
    """One setting of a sweep, on a canvas of two blocks."""
    from ...cli.evaluation.settings import parse_setting

    try:
        subject.request(**parse_setting(text).for_length(12, 6))
    except (LladaError, click.ClickException, CheckFailed) as error:
        told = error.message if isinstance(error, click.ClickException) else error
        raise CheckFailed(f"sweep: {text!r}: {told}") from None


def check_availability(subject: Subject) -> None:
    """Its availability check answers at once, and a no says why."""
    answer = subject.registry.availability(subject.algorithm)
    if not isinstance(answer, Availability) or (not answer.ok and not answer.reason):
        raise CheckFailed(f"availability answered {answer!r}")
    if not answer.ok:
        raise CheckFailed(f"it is not available here, so it cannot be checked: {answer.reason}")


def check_invalid_parameters_name_their_field(subject: Subject) -> None:
    """A parameter of the wrong type, or beyond its bounds, is an error that names it; None means its
    default."""
    if subject.params is None:
        return
    schema = msgspec.json.schema(subject.params)["$defs"][subject.params.__name__]["properties"]
    for name, rule in schema.items():
        for bad in ({"a": 1}, *_beyond(rule)):
            try:
                given: dict[str, Any] = {name: bad}
                subject.request(**given)
            except ParameterError as error:
                if error.field != name:
                    raise CheckFailed(f"{name}={bad!r} is refused in the name of {error.field!r}") from None
            except LladaError as error:
                raise CheckFailed(f"{name}={bad!r} is refused by {type(error).__name__}: {error}") from None
            else:
                raise CheckFailed(f"{name}={bad!r} is accepted")
        if "default" in rule:
            empty: dict[str, Any] = {name: None}
            subject.request(**empty)


def _beyond(rule: dict[str, Any]) -> list[Any]:
    """Values just outside of a schema's bounds."""
    whole = rule.get("type") == "integer"
    found: list[Any] = []
    if "minimum" in rule:
        found.append(rule["minimum"] - 1 if whole else math.nextafter(rule["minimum"], -math.inf))
    if "maximum" in rule:
        found.append(rule["maximum"] + 1 if whole else math.nextafter(rule["maximum"], math.inf))
    if "exclusiveMinimum" in rule:
        found.append(rule["exclusiveMinimum"])
    if "exclusiveMaximum" in rule:
        found.append(rule["exclusiveMaximum"])
    return found
