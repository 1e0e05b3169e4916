"""Problems with known answers: JSON Lines, one problem a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ...errors import LladaError
from ...session import Ask

Scorer = Callable[[str, str, str, Sequence[str], str | None], bool]
"""`is_right(text, match, reference, accept, pattern)`."""

DEMO = "problems and the way to judge replies come with llada-demo: pip install llada-demo"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One prompt, or one hole in a given reply, with its reference."""

    id: str
    prompt: str
    reference: str
    match: str
    """How a reply is judged: final_answer, exact, any_of, pattern or json."""
    group: str = ""
    task: str = ""
    accept: tuple[str, ...] = ()
    pattern: str | None = None
    gen_length: int = 64
    prefix: str = ""
    suffix: str = ""
    hole_tokens: int | None = None
    """Positions of the hole between `prefix` and `suffix`; None: an ordinary reply."""
    difficulty: int | None = None
    """1 to 4, by quarters of the group."""

    @property
    def length(self) -> int:
        """Positions to generate."""
        return self.gen_length if self.hole_tokens is None else self.hole_tokens

    def ask(self, algorithm: str, params: dict[str, Any]) -> Ask:
        """The request for this problem."""
        params = {**params, "gen_length": self.length}
        return Ask(self.prompt, algorithm, params, self.prefix, self.suffix)


def read_problems(path: Path) -> list[Problem]:
    """The problems in a file.

    Raises:
        LladaError: it cannot be read; the message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LladaError(f"{path}: {error.strerror}") from None
    problems = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                problems.append(msgspec.json.decode(line, type=Problem))
            except msgspec.DecodeError as error:
                raise LladaError(f"{path}, line {number}: {error}") from None
    return problems


def choose(
    problems: Sequence[Problem],
    groups: Sequence[str] = (),
    hardest: int | None = None,
    limit: int | None = None,
) -> list[Problem]:
    """Those of the groups, of at least difficulty `hardest`, at most `limit` spread evenly over them.

    Raises:
        LladaError: none is left, or a group does not exist.
    """
    known = list(dict.fromkeys(problem.group for problem in problems))
    for group in groups:
        if group not in known:
            raise LladaError(f"--group {group}: no such group; there are {', '.join(known)}")
    chosen = [problem for problem in problems if not groups or problem.group in groups]
    if hardest is not None:
        chosen = [problem for problem in chosen if (problem.difficulty or 0) >= hardest]
    if not chosen:
        raise LladaError(
            "no problems are left to evaluate on" + (" (none has a difficulty)" if hardest else "")
        )
    if limit is not None and limit < len(chosen):
        chosen = [chosen[n * len(chosen) // limit] for n in range(limit)]
    return chosen


def demo_problems() -> Path:
    """The held-out problems that llada-demo ships.

    Raises:
        LladaError: llada-demo is not installed.
    """
    try:
        import llada_demo
    except ModuleNotFoundError:
        raise LladaError(DEMO) from None
    return Path(llada_demo.problems())


def scorer() -> Scorer:
    """The function that judges replies.

    Raises:
        LladaError: llada-demo is not installed.
    """
    try:
        from llada_demo.scoring import is_right
    except ModuleNotFoundError:
        raise LladaError(DEMO) from None
    return is_right
