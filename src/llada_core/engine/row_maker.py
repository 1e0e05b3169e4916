"""What a request needs to run as a row: who commits, its canvas, its edits, its grammar."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ..algorithm import DenoisingAlgorithm
from ..canvas import Canvas
from ..errors import UnavailableError
from ..facts import ModelFacts
from ..registry import GenerationRegistry
from ..structure import Structure
from ..structure.grammars import Grammars
from .committer import Committer
from .control import editors_of
from .guided import GuidedEdits
from .plugin_code import Guard, PluginCode
from .request import Request
from .room import Place
from .row import Row, region_width
from .state import RowState


class RowMaker:
    """Makes the rows of one engine. What belongs to an algorithm or a rule is made once."""

    def __init__(
        self,
        registry: Callable[[], GenerationRegistry],
        facts: ModelFacts,
        guard: Guard,
        grammars: Grammars | None,
        device: torch.device,
    ) -> None:
        """
        Args:
            registry: where names of rules are looked up.
            grammars: compiles what structured output asks for; None: such requests are refused.
        """
        self._registry, self._facts, self._guard, self._device = registry, facts, guard, device
        self._grammars = grammars
        self._committers: dict[tuple[int, int], Committer] = {}
        self._codes: dict[str, PluginCode] = {}
        self._serial = 0

    def committer(self, request: Request, algorithm: DenoisingAlgorithm) -> Committer:
        """Who decides what the request commits.

        Raises:
            LladaError: its rule is unknown, or cannot be used.
        """
        rule = self._registry().get_rule(request.params.rule)
        source = algorithm if algorithm.owns_step() else rule
        return self._committers.setdefault((id(source), id(rule)), Committer(source, rule, self._guard))

    def check_structure(self, structure: Structure) -> None:
        """Compile a grammar, which is kept.

        Raises:
            LladaError: there are no grammars here, or none can be made of it.
        """
        if self._grammars is None:
            raise UnavailableError("structured output: this engine has no grammars")
        self._grammars.shortest(structure)

    def row(self, request: Request, algorithm: DenoisingAlgorithm, committer: Committer, place: Place) -> Row:
        """The request as a row, with nothing planned."""
        params, facts = request.params, self._facts
        width = region_width(committer, params.gen_length, params.block_length)
        row = Row(
            request=request,
            algorithm=algorithm,
            committer=committer,
            code=self._codes.setdefault(request.algorithm, self._guard.code(request.algorithm)),
            canvas=Canvas(
                request.prompt,
                params.gen_length,
                params.block_length,
                facts.mask_id,
                request.suffix,
                inside=request.inside,
                holes=request.holes,
                together=request.together,
            ),
            end_ids=facts.end_ids,
            serial=self._serial,
            extents=place.extents,
            state=RowState(
                lambda: committer.init_state(width, facts, self._device), committer.state_scope == "block"
            ),
            edits=editors_of(request, facts),
        )
        if request.structure is not None and self._grammars is not None:
            row.guide = self._grammars.guide(request.structure, request.max_tokens)
            row.edits = (*row.edits, GuidedEdits(row.guide))
        self._serial += 1
        return row
