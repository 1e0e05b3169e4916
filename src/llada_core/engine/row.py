"""A request that runs: its canvas, its place in the pool, and how far it is. Everything here lives on the
host."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import numpy as np

from ..algorithm import DenoisingAlgorithm
from ..canvas import Canvas, Flags, Ids
from ..errors import AlgorithmError, LladaError
from ..kv_cache import Extent
from ..params import steps_by_size
from ..plan import Plan, Progress
from ..structure.guide import Guide
from .committer import Committer
from .edits import RowEdits
from .events import Change, Commit, Event, Finished, Preview, TokenLogprob
from .plugin_code import PluginCode
from .request import Request
from .state import RowState
from .window import PlannedForward, plan_forward

FORWARDS_A_TOKEN = 4
"""A row may use this many committing forwards a generated position, and as many warm-up forwards. The former
always suffice, so it only ends plans that never commit, or never compute a mask of the block."""
REMASKS_A_TOKEN = 3
"""After this many committing forwards a generated position nothing is masked again."""


@dataclass(eq=False)
class Row:
    """One running request of a denoising algorithm."""

    request: Request
    algorithm: DenoisingAlgorithm
    committer: Committer
    code: PluginCode
    """Calls `plan`."""
    canvas: Canvas
    end_ids: tuple[int, ...]
    serial: int
    """Numbers the rows of an engine in the order of admission."""
    extents: tuple[Extent, ...]
    """Slots of the row, and of its unguided twin; empty if the algorithm keeps nothing."""
    state: RowState
    edits: tuple[RowEdits, ...] = ()
    """What changes its logits, and what its steps commit; in this order."""
    guide: Guide | None = None
    """Keeps its text to a grammar; one of `edits` asks it."""
    block: int = 0
    forwards: int = 0
    warm_ups: int = 0
    """Those of them that did not commit."""
    forwards_in_block: int = 0
    """Forwards since this block became the current one."""
    step_in_block: int = 0
    """Those of them that committed."""
    masked_at_block_start: int = 0
    sent: int = 0
    """Generated positions that `Commit` events have carried."""
    last_tick: int = -1
    steps: list[int] = field(init=False)
    forwards_per_block: list[int] = field(init=False)
    """Forwards while each block was the current one, over all times that it was."""
    kept: Flags = field(init=False)
    planned: PlannedForward | None = None
    logprobs: dict[int, TokenLogprob] = field(default_factory=dict)
    """By canvas position, where the request asks for them."""
    numbers: Ids | None = None
    """Its numeric parameters, where steps run over fixed buffers (`block_batch.numbers`)."""
    _resolved: tuple[Plan, int, Flags, PlannedForward] | None = None
    """The last plan, the block and the kept positions that it was for, and what it meant."""

    def __post_init__(self) -> None:
        params = self.request.params
        assert params.steps is not None, "the engine takes effective parameters"
        blocks = range(self.canvas.blocks)
        self.steps = steps_by_size(params.steps, [self.canvas.masked_in(block) for block in blocks])
        self.forwards_per_block = [0 for _ in blocks]
        self.kept = np.zeros(self.canvas.length, dtype=np.bool_)
        self._enter(0)

    @property
    def guided(self) -> bool:
        """Whether a second row, its fixed text masked, runs beside this one."""
        return self.request.params.cfg_scale > 0

    @property
    def apart(self) -> bool:
        """Whether its steps are decided outside of captured graphs."""
        return bool(self.edits) or self.request.logprobs is not None

    @property
    def parts(self) -> tuple[msgspec.Struct | None, ...]:
        """The request's parameters: the common ones, the algorithm's, the rule's."""
        return self.request.params, self.request.algorithm_params, self.request.rule_params

    @property
    def packed_tokens(self) -> int:
        """Tokens that the next forward computes for this request."""
        assert self.planned is not None
        return self.planned.length * (2 if self.guided else 1)

    @property
    def may_remask(self) -> bool:
        """Whether committed positions may still be masked again."""
        return self.forwards - self.warm_ups < REMASKS_A_TOKEN * self.canvas.gen_length

    @property
    def region(self) -> tuple[int, int]:
        """Canvas positions that the committer sees: start, and one past the end."""
        if self.committer.region == "canvas":
            return self.canvas.generated.start, self.canvas.generated.stop
        return self.canvas.span(self.block)

    def plan(self) -> None:
        """Ask the algorithm for the next forward.

        Raises:
            LladaError: the plan does not work, or the row has used up its forwards.
        """
        self.state.place()  # made here, where it can fail alone
        self.planned = self.code.call(self._planned, " in plan")
        limit = FORWARDS_A_TOKEN * self.canvas.gen_length
        if (self.forwards - self.warm_ups if self.planned.commit else self.warm_ups) >= limit:
            kind = "that commit" if self.planned.commit else "that only warm up"
            raise AlgorithmError(
                f"{self.request.algorithm} did not finish within {limit} forwards {kind} "
                f"({FORWARDS_A_TOKEN} a generated token)"
            )

    def plan_ahead(self, left: int | None = None) -> PlannedForward | None:
        """The forward after the planned one, where it is known already; else None. The row stays as it is.

        It is if the block goes on.

        Args:
            left: masks of the block after the planned forward; None: as many as the rule leaves there, if
                their number follows from the step.
        """
        if self.planned is None or not self.planned.commit:
            return None
        if left is None:
            quota = self.committer.quota(self)
            if quota is None:
                return None
            left = self.canvas.masked_in(self.block)
            left -= max(1, min(quota, left))  # a row always commits
        if left <= 0:
            return None
        progress = self.progress()
        later = msgspec.structs.replace(
            progress,
            forwards=progress.forwards + 1,
            step_in_block=progress.step_in_block + 1,
            masked_in_block=left,
        )

        def plan() -> PlannedForward | None:
            found = self.algorithm.plan(later)
            if found.window.kind == "state":
                return None
            return self._resolve(found, kept)

        kept = self.planned.kept
        try:
            return self.code.call(plan, " in plan")
        except LladaError:
            return None  # it is met when its turn comes

    def _planned(self) -> PlannedForward:
        """The forward that the algorithm plans."""
        plan = self.algorithm.plan(self.progress())
        marked = None
        if isinstance(plan, Plan) and plan.window.kind == "state":
            marked = self.state.marked(self.region[0])
        return self._resolve(plan, self.kept, marked)

    def _resolve(self, plan: Plan, kept: Flags, marked: Ids | None = None) -> PlannedForward:
        """`plan_forward`, or what it gave for the same plan last time."""
        if marked is None and self._resolved is not None:
            last, block, last_kept, planned = self._resolved
            if block == self.block and last_kept is kept and last == plan:
                return planned
        planned = plan_forward(plan, self.canvas, self.block, kept, marked, bool(self.extents))
        self._resolved = None if marked is not None else (plan, self.block, kept, planned)
        return planned

    def progress(self) -> Progress:
        """What the plan may know."""
        start, end = self.canvas.span(self.block)
        return Progress(
            forwards=self.forwards,
            block=self.block,
            blocks=self.canvas.blocks,
            block_start=start,
            block_end=end,
            step_in_block=self.forwards_in_block,
            steps_in_block=self.steps[self.block],
            masked_in_block=self.canvas.masked_in(self.block),
            prompt_length=self.canvas.prompt_length,
            canvas_length=self.canvas.length,
            params=self.request.algorithm_params,
        )

    def held(self, start: int, length: int) -> Ids:
        """What `length` canvas positions from `start` on hold, -1 where masked."""
        part = slice(start, start + length)
        return np.where(self.canvas.masked[part], -1, self.canvas.tokens[part])

    def advance(self) -> None:
        """Count the forward that just ran, and go on to the next block that holds a mask."""
        assert self.planned is not None
        self.kept = self.planned.kept
        self.forwards += 1
        self.warm_ups += not self.planned.commit
        self.forwards_per_block[self.block] += 1
        self.forwards_in_block += 1
        self.step_in_block += self.planned.commit
        self.planned = None
        block = self.canvas.first_open_block()
        if block is not None and block != self.block:
            self._enter(block)

    def open(self) -> None:
        """Begin at the first block that holds a mask."""
        self._enter(self.canvas.first_open_block() or 0)

    def _enter(self, block: int) -> None:
        self.block = block
        self.forwards_in_block = 0
        self.step_in_block = 0
        self.masked_at_block_start = self.canvas.masked_in(block)
        self.state.enter_block()

    @property
    def done(self) -> bool:
        """Whether nothing more is to be computed."""
        if self.guide is not None:
            return self.guide.over
        return not self.canvas.masked.any() or self.stopped

    @property
    def stopped(self) -> bool:
        """Whether the complete blocks hold an end token, so that the rest need not be computed.

        Never where text is fixed behind it or around holes: there an end token is only padding.
        """
        canvas, request, stops = self.canvas, self.request, self.request.stop_ids(self.end_ids)
        if request.suffix or request.holes or not stops:
            return False
        final = self._final() // canvas.block_length * canvas.block_length
        part = canvas.tokens[canvas.prompt_length :][:final]
        return bool(np.isin(part, stops).any())

    def _final(self) -> int:
        """Generated positions, from the first on, that nothing will change any more."""
        leading = self.canvas.leading()
        if leading == self.canvas.gen_length or not self.committer.revises:
            return leading
        block = self.canvas.first_open_block()
        if self.committer.region == "canvas" or block is None:
            return 0
        return self.canvas.part(block)[0] - self.canvas.prompt_length

    def write_forced(self) -> list[Event]:
        """Write what a grammar leaves no choice about, at the frontier: no forward is needed.

        Raises:
            LladaError: the grammar is too complex here.
        """
        if self.guide is None:
            return []
        canvas, changes = self.canvas, list[Change]()
        while tokens := self.guide.forced():
            first = canvas.leading()
            canvas.store(canvas.prompt_length + first, np.array(tokens, dtype=np.int64))
            changes += [
                Change(at, token, None, max(self.forwards, 1), "commit")
                for at, token in enumerate(tokens, first)
            ]
        return [Preview(self.request.id, changes)] if changes and self.request.preview else []

    def new_commits(self) -> list[Event]:
        """A `Commit` for the tokens that became final since the last one, or nothing."""
        final = self._final()
        if final <= self.sent:
            return []
        first = self.canvas.prompt_length
        tokens = self.canvas.tokens[first + self.sent : first + final].tolist()
        logprobs = None
        if self.request.logprobs is not None:
            logprobs = [self.logprobs.get(p) for p in range(first + self.sent, first + final)]
        event = Commit(self.request.id, self.sent, tokens, logprobs)
        self.sent = final
        return [event]

    def finish(self) -> list[Event]:
        """The last events; what an early stop left masked becomes end tokens."""
        canvas = self.canvas
        ends = (*self.end_ids, *self.request.stop_ids(()))
        if canvas.masked.any():
            canvas.tokens[canvas.masked] = ends[0]
            canvas.masked[:] = False
        tokens = canvas.tokens[canvas.generated].tolist()
        ended = bool(ends) and bool(np.isin(tokens, ends).any())
        if self.guide is not None:
            ended = self.guide.complete
        finished = Finished(
            request_id=self.request.id,
            tokens=tokens,
            reason="stop" if ended else "length",
            nfe=self.forwards,
            forwards_per_block=self.forwards_per_block,
            prompt_tokens=canvas.prompt_length,
        )
        return [*self.new_commits(), finished]


def region_width(committer: Committer, gen_length: int, block_length: int) -> int:
    """Positions that a committer sees of one row."""
    return gen_length if committer.region == "canvas" else block_length
