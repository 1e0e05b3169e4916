"""Running problems through a session and counting."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ...algorithm import DenoisingAlgorithm
from ...errors import GenerationError
from ...session import Reply, Session
from .problems import Problem, Scorer
from .series import Series
from .settings import Setting

HARDEST = 4


class Score(msgspec.Struct, kw_only=True):
    """Counts over some problems."""

    problems: int = 0
    right: int = 0
    failed: int = 0
    forwards: int = 0
    blocks: int = 0
    """Blocks that were computed; an early stop leaves some out."""
    tokens: int = 0
    """Tokens of the texts, without end tokens."""

    @property
    def accuracy(self) -> float:
        """Share of right replies; a failed one counts as wrong."""
        return self.right / self.problems

    @property
    def forwards_per_block(self) -> float:
        """Mean over all computed blocks."""
        return self.forwards / max(1, self.blocks)

    def add(self, reply: Reply | GenerationError, right: bool) -> None:
        """Count one outcome."""
        self.problems += 1
        self.right += right
        if isinstance(reply, GenerationError):
            self.failed += 1
            return
        self.forwards += reply.nfe
        self.blocks += computed_blocks(reply)
        self.tokens += len(reply.tokens)


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong reply, or why there is none."""

    id: str
    prompt: str
    reference: str
    text: str
    error: str | None = None


class Result(msgspec.Struct, kw_only=True):
    """One algorithm under one setting."""

    series: Series
    setting: str
    seconds: float = 0.0
    left_out: int = 0
    """Problems with a hole, where the algorithm fills none."""
    total: Score = msgspec.field(default_factory=Score)
    hardest: Score = msgspec.field(default_factory=Score)
    """The problems of the highest difficulty among them."""
    groups: dict[str, Score] = {}
    misses: list[Miss] = []

    @property
    def algorithm(self) -> str:
        """Canonical name of what ran."""
        return self.series.algorithm

    @property
    def tokens_per_second(self) -> float:
        """Tokens of the texts by wall clock, all problems running through one engine."""
        return self.total.tokens / self.seconds

    def count(self, problem: Problem, outcome: Reply | GenerationError, is_right: Scorer) -> None:
        """Judge one outcome."""
        text = outcome.text if isinstance(outcome, Reply) else ""
        error = str(outcome) if isinstance(outcome, GenerationError) else None
        right = error is None and is_right(
            text, problem.match, problem.reference, problem.accept, problem.pattern
        )
        scores = [self.total, self.groups.setdefault(problem.group, Score())]
        if problem.difficulty == HARDEST:
            scores.append(self.hardest)
        for score in scores:
            score.add(outcome, right)
        if not right:
            self.misses.append(
                Miss(
                    id=problem.id, prompt=problem.prompt, reference=problem.reference, text=text, error=error
                )
            )

    def summary(self) -> dict[str, Any]:
        """All figures as plain values."""
        return {
            "series": self.series.name,
            "kind": self.series.kind,
            "distribution": self.series.distribution,
            "algorithm": self.algorithm,
            "setting": self.setting,
            "left_out": self.left_out,
            "seconds": self.seconds,
            "tokens_per_second": self.tokens_per_second,
            "all": _figures(self.total),
            "hardest_quarter": _figures(self.hardest),
            "groups": {group: _figures(score) for group, score in self.groups.items()},
            "misses": self.misses,
        }


def evaluate_setting(
    session: Session,
    problems: Sequence[Problem],
    series: Series,
    setting: Setting,
    is_right: Scorer,
    *,
    block_length: int,
    advance: Callable[[], None],
) -> Result:
    """Run all problems through the session's engine at once; `advance` is called after each."""
    result = Result(series=series, setting=setting.name)
    asked = []
    asks = []
    for problem in problems:
        if problem.suffix and not fills_holes(session, series.algorithm):
            result.left_out += 1
            advance()
            continue
        asked.append(problem)
        asks.append(problem.ask(series.algorithm, setting.for_length(problem.length, block_length)))
    dict(session.as_completed(asks[:1]))  # What loads lazily is not part of the time.
    started = time.perf_counter()
    for index, outcome in session.as_completed(asks):
        result.count(asked[index], outcome, is_right)
        advance()
    result.seconds = time.perf_counter() - started
    order = {problem.id: n for n, problem in enumerate(problems)}
    result.misses.sort(key=lambda miss: order[miss.id])
    return result


def fills_holes(session: Session, algorithm: str) -> bool:
    """Whether text behind the generated part reaches an algorithm: plans, and a whole loop that takes it."""
    found = session.registry.get(algorithm)
    return (
        found is None
        or isinstance(found, DenoisingAlgorithm)
        or "suffix" in inspect.signature(found.generate).parameters
    )


def computed_blocks(reply: Reply) -> int:
    """Blocks that took a forward; all of them where an algorithm does not tell its blocks apart."""
    blocks: int = reply.parameters["gen_length"] // reply.parameters["block_length"]
    if len(reply.forwards_per_block) != blocks:
        return blocks
    return sum(count > 0 for count in reply.forwards_per_block)


def _figures(score: Score) -> dict[str, Any] | None:
    """None where nothing was counted."""
    if not score.problems:
        return None
    return {
        **msgspec.structs.asdict(score),
        "accuracy": score.accuracy,
        "forwards_per_block": score.forwards_per_block,
    }
