"""What is reported: commits, forwards, seeds."""

from __future__ import annotations

from typing import Any

from ..subject import CheckFailed, Subject, run
from ..tiny import Wrapped, tiny_model


def check_commits_are_final(subject: Subject) -> None:
    """The streamed commits follow each other without a gap, and together they are the result."""
    ran = run(subject.engine(), subject.request(gen_length=18, block_length=6, steps=9))
    if ran.commits.get("a") != ran.finished["a"].tokens:
        raise CheckFailed("what was streamed as final is not what the request ended with")


def check_forwards_are_counted(subject: Subject) -> None:
    """nfe is the number of forwards that the model ran, and the blocks' add up to it."""
    settings: tuple[dict[str, Any], ...] = ({}, {"steps": 3}, {"cfg_scale": 1.0})
    for values in settings:
        if values.get("cfg_scale") and subject.whole_loop:
            continue
        model = Wrapped(tiny_model())
        ending = run(subject.engine(model), subject.request(**values)).finished["a"]
        if ending.nfe != model.forwards:
            raise CheckFailed(f"{values}: nfe is {ending.nfe}, and the model ran {model.forwards} forwards")
        if sum(ending.forwards_per_block) != ending.nfe:
            raise CheckFailed(f"{values}: forwards a block {ending.forwards_per_block}, nfe {ending.nfe}")


def check_every_forward_makes_progress(subject: Subject) -> None:
    """Each forward commits something, unless it is a warm-up; what is previewed adds up to the result."""
    ran = run(subject.engine(), subject.request(preview=True))
    canvas: dict[int, int | None] = {}
    for event in ran.previews.get("a", []):
        for change in event.changes:
            canvas[change.position] = None if change.kind == "remask" else change.token
    held = [canvas.get(position) for position in range(12)]
    if held != ran.finished["a"].tokens:
        raise CheckFailed("the previews do not add up to the result")


def check_seeds_reproduce(subject: Subject) -> None:
    """Equal seeds give equal tokens; above temperature 0, of eight seeds at least two differ."""

    def tokens(seed: int) -> tuple[int, ...]:
        request = subject.request(temperature=1.5, seed=seed)
        return tuple(run(subject.engine(), request).finished["a"].tokens)

    if tokens(3) != tokens(3):
        raise CheckFailed("one seed gave two results: draw from obs.uniform, or a generator of its own")
    if len({tokens(seed) for seed in range(8)}) < 2:
        raise CheckFailed("eight seeds gave one result at temperature 1.5: it draws nothing")
