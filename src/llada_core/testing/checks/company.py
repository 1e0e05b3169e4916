"""Many at once: what a request yields depends on nothing but itself."""

from __future__ import annotations

import random
from typing import Any

from ...engine.request import Request
from ..subject import CheckFailed, Subject, WholeCanvas, run

PROMPTS = ((1,), (2, 7, 1, 8), (3,) * 9, (7,), (5, 5), (6, 0, 2, 2, 1, 4, 0))


def check_company_changes_nothing(subject: Subject) -> None:
    """Requests of different lengths give alone what they give together, in any order, place and at any
    step."""
    requests = _mixed(subject)
    alone = {request.id: run(subject.engine(), request).finished[request.id] for request in requests}
    chance = random.Random(5)
    for rows in (6, 2):
        chance.shuffle(requests)
        arrivals = {request.id: chance.randrange(6) for request in requests}
        ran = run(subject.engine(max_rows=rows), *requests, arrivals=arrivals)
        for request in requests:
            if ran.finished[request.id].tokens != alone[request.id].tokens:
                raise CheckFailed(
                    f"a prompt of {len(request.prompt)} tokens gives other tokens among {len(requests)} "
                    f"requests ({rows} at once) than alone"
                )
            if ran.finished[request.id].nfe != alone[request.id].nfe:
                raise CheckFailed(
                    f"a request takes {ran.finished[request.id].nfe} forwards among others and "
                    f"{alone[request.id].nfe} alone"
                )


def check_neighbours_parameters_do_not_matter(subject: Subject) -> None:
    """A neighbour's temperature, seed, steps, guidance and lengths leave a request's tokens as they are."""
    mine = subject.request("mine", temperature=0.8, seed=11)
    alone = run(subject.engine(), mine).finished["mine"].tokens
    others: tuple[dict[str, Any], ...] = (
        {"temperature": 1.9, "seed": 12},
        {"steps": 2},
        {"gen_length": 20, "block_length": 10},
        {"cfg_scale": 1.0},
    )
    for values in others:
        if subject.whole_loop and "cfg_scale" in values:
            continue
        ran = run(subject.engine(), subject.request("other", (9, 9, 9), **values), mine)
        if ran.finished["mine"].tokens != alone:
            raise CheckFailed(f"a neighbour with {values} changed another request's tokens")


def check_other_algorithms_are_untouched(subject: Subject) -> None:
    """Beside it, a request of another algorithm gives what it gives alone."""
    other = Subject(subject.registry, WholeCanvas.name).request("other", (8, 8), temperature=1.0, seed=2)
    alone = run(subject.engine(), other).finished["other"].tokens
    mine = [subject.request(f"mine{n}", prompt) for n, prompt in enumerate(PROMPTS)]
    if run(subject.engine(), *mine, other).finished["other"].tokens != alone:
        raise CheckFailed("a request of another algorithm gives other tokens beside it")


def check_cancelling_leaves_nothing(subject: Subject) -> None:
    """Cancelled at any step, a request frees its slots, and others go on as if it had never been."""
    victim = subject.request("victim")
    other = subject.request("other", (4, 2), temperature=1.0, seed=6)
    alone = run(subject.engine(), other).finished["other"].tokens
    victim_alone = run(subject.engine(), victim).finished["victim"].tokens
    engine = subject.engine()
    for step in range(1, 14):
        ran = run(engine, victim, other, cancels={"victim": step})
        if ran.finished["other"].tokens != alone:
            raise CheckFailed(f"a neighbour cancelled at step {step} changed another request's tokens")
        stats = engine.stats()
        if stats.kv_tokens_used or stats.running or stats.waiting:
            raise CheckFailed(f"cancelled at step {step}: {stats.kv_tokens_used} slots stay taken")
    if run(engine, victim).finished["victim"].tokens != victim_alone:
        raise CheckFailed("cancelled again and again, then asked once more, it gives other tokens")


def _mixed(subject: Subject) -> list[Request]:
    return [
        subject.request(
            str(n),
            prompt,
            gen_length=6 + 4 * (n % 3),
            block_length=(6, 5, 7)[n % 3],
            temperature=0.9 * (n % 2),
            seed=n,
            steps=5 + n,
        )
        for n, prompt in enumerate(PROMPTS)
    ]
