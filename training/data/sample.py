"""One sample of the training data: a task drawn from the mixture, with surface noise, held-out prompts left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from llada_demo.scoring import is_right
from training.data import arithmetic, json_tasks, open_lists, open_text, strings, talk, units, unknown, word
from training.data.aside import is_held_out, is_kept_aside
from training.data.surface import rephrase


@dataclass(frozen=True)
class Sample:
    """A prompt with one right reply, and how other replies to it are judged (see `correct`)."""

    group: str
    task: str
    prompt: str
    response: str
    match: str = "final_answer"
    accept: tuple[str, ...] = ()
    make_pattern: Callable[[], str] | None = None
    gen_length: int = 64

    def correct(self, text: str) -> bool:
        """Whether the text is a right reply."""
        pattern = self.make_pattern() if self.make_pattern else None
        return is_right(text, self.match, self.response, self.accept, pattern)


def _open(rng: Random) -> Sample:
    kind = rng.random()
    if kind < 0.78:
        form, given, prompt, text = open_text.open_text(rng)
        return Sample(
            "open",
            form.name,
            prompt,
            text,
            "pattern",
            make_pattern=lambda: open_text.open_pattern(form, given),
            gen_length=form.gen_length,
        )
    prompt, text, k, listed = open_lists.name_some(rng)
    return Sample(
        "open",
        "name_some",
        prompt,
        text,
        "pattern",
        make_pattern=lambda: open_lists.some_pattern(k, listed),
        gen_length=32,
    )


def _pick(rng: Random) -> Sample:
    prompt, text, pattern = open_lists.pick(rng)
    return Sample("talk", "pick", prompt, text, "pattern", make_pattern=lambda: pattern, gen_length=32)


def _talk(rng: Random) -> Sample:
    kind = rng.random()
    if kind < 0.86:
        return Sample("talk", "topic", *talk.topic(rng))
    if kind < 0.93:
        prompt, reply, replies = talk.varied(rng)
        return Sample("talk", "varied", prompt, reply, "any_of", replies)
    return _pick(rng)


# Group: (share of the mixture, tasks with weights, or a function that makes samples itself).
GROUPS: dict[str, tuple[float, list | Callable[[Random], Sample]]] = {
    "word": (26, word.TASKS),
    "arithmetic": (23, arithmetic.TASKS),
    "string": (28, strings.TASKS),
    "units": (8, units.TASKS),
    "json": (5.5, json_tasks.TASKS),
    "talk": (9, _talk),
    "unknown": (5, unknown.TASKS),
    "open": (14, _open),
}
_NAMES = list(GROUPS)
_SHARES = [share for share, _ in GROUPS.values()]
_TASKS = {name: [f for f, _ in tasks] for name, (_, tasks) in GROUPS.items() if isinstance(tasks, list)}
_WEIGHTS = {name: [w for _, w in tasks] for name, (_, tasks) in GROUPS.items() if isinstance(tasks, list)}


def _draw(rng: Random, group: str) -> Sample:
    tasks = GROUPS[group][1]
    if callable(tasks):
        return tasks(rng)
    function = rng.choices(_TASKS[group], _WEIGHTS[group])[0]
    prompt, response = function(rng)
    match = "final_answer"
    if group == "json":
        match = "exact" if function.__name__ == "rows" else "json"
    return Sample(group, function.__name__, prompt, response, match)


def draw(rng: Random, group: str | None = None, held_out: bool = False) -> Sample:
    """A sample of one group, or of the mixture, from the training or from the held-out prompts."""
    while True:
        name = group or rng.choices(_NAMES, _SHARES)[0]
        sample = _draw(rng, name)
        prompt = rephrase(rng, name, sample.task, sample.prompt)
        if is_held_out(prompt) == held_out and not is_kept_aside(prompt):
            return Sample(**{**sample.__dict__, "prompt": prompt})
