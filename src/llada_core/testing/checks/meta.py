"""Running a rule on tensors that have shapes and no data: whatever reads a value on the host raises."""

from __future__ import annotations

from typing import Any

import torch

from ...observation import Observation, ParamsBatch, Update
from ..subject import CheckFailed, Subject
from ..tiny import MASK_ID, VOCAB, tiny_model

ROWS, WIDTH = 2, 6


def select_on_meta(subject: Subject) -> None:
    """Call `select` once with an observation on the meta device.

    Raises:
        CheckFailed: it used `.item()`, a Python `if` on a tensor, or an index whose result has no static
        shape.
    """
    assert subject.rule is not None
    rule, meta = subject.registry.get_rule(subject.rule), torch.device("meta")
    request = subject.request()
    params = ParamsBatch([(request.params, request.algorithm_params, request.rule_params)] * ROWS, meta)
    with meta:
        state = rule.init_state(ROWS, WIDTH, tiny_model().facts)
    _select_two_rows(subject)
    try:
        update = rule.select(_observation(meta), params, state)
    except Exception as error:
        raise CheckFailed(
            "select reads tensors on the host (`.item()`, `if tensor`, boolean indexing, `nonzero`): "
            f"{type(error).__name__}: {str(error).splitlines()[0]}"
        ) from error
    if not isinstance(update, Update) or tuple(update.write.shape) != (ROWS, WIDTH):
        raise CheckFailed(f"select returned {update!r:.80}, expected Update with write [rows, width]")


def _select_two_rows(subject: Subject) -> None:
    """The same with data: what fails here is a mistake of another kind."""
    assert subject.rule is not None
    rule, request, cpu = subject.registry.get_rule(subject.rule), subject.request(), torch.device("cpu")
    params = ParamsBatch([(request.params, request.algorithm_params, request.rule_params)] * ROWS, cpu)
    state = rule.init_state(ROWS, WIDTH, tiny_model().facts)
    try:
        rule.select(_observation(cpu), params, state)
    except Exception as error:
        raise CheckFailed(
            f"select fails on {ROWS} rows of width {WIDTH}: {type(error).__name__}: "
            f"{str(error).splitlines()[0]} (a parameter or a count is [rows]: write x[:, None] beside "
            "[rows, width])"
        ) from error


def _observation(device: torch.device) -> Observation:
    def ids(*shape: int) -> torch.Tensor:
        return torch.ones(shape, dtype=torch.int64, device=device)

    def flags(*shape: int) -> torch.Tensor:
        return torch.ones(shape, dtype=torch.bool, device=device)

    def numbers(*shape: int) -> torch.Tensor:
        return torch.ones(shape, dtype=torch.float32, device=device)

    from ...unmasking import Schedule

    grid, row = (ROWS, WIDTH), (ROWS,)
    statistics: dict[str, torch.Tensor] = {
        name: numbers(*grid) for name in ("others", "confidence", "current", "gap", "entropy")
    }
    statistics |= {"sampled": ids(*grid), "logits": numbers(*grid, VOCAB)}
    optional: dict[str, Any] = {
        "rule": Schedule(),
        "mask_id": MASK_ID,
        "any_random": True,
        "any_drawn": True,
        "any_truncated": False,
    }
    known = Observation.__dataclass_fields__
    return Observation(
        token=ids(*grid),
        position=ids(*grid),
        masked=flags(*grid),
        editable=flags(*grid),
        in_block=flags(*grid),
        forwards=ids(*row),
        step_in_block=ids(*row),
        steps_in_block=ids(*row),
        masked_at_block_start=ids(*row),
        masked_left=ids(*row),
        block=ids(*row),
        blocks=ids(*row),
        seed=ids(*row),
        random_remasking=flags(*row),
        statistics=statistics,
        **{name: value for name, value in optional.items() if name in known},
    )
