"""The bad plugins of this folder as installed distributions, and what each of them must come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from llada_core.testing import make_distribution

PLUGINS = Path(__file__).parent / "plugins"
DENIED = "zoo-segfaults"
"""The distribution that takes the process down; only the deny list helps."""


def install(site: Path, *, only: str | None = None) -> None:
    """Write the metadata of every plugin of the folder, or of one, into `site`; their code stays here."""
    for path in PLUGINS.glob("zoo_*.py"):
        name = path.stem.replace("_", "-")
        if not path.stem.endswith("_code") and only in (None, name):
            requires = ["llada-core>=99"] if name == "zoo-too-new" else []
            make_distribution(
                site, name, version="6.6", requires=requires, entry_points={path.stem: path.stem}
            )


RECORDS = {
    "zoo-import-error": (
        "failed",
        "import",
        "ModuleNotFoundError: No module named 'a_package_that_nobody_has'",
    ),
    "zoo-exits": ("failed", "import", "SystemExit: no GPU, good-bye"),
    "zoo-segfaults": ("blocked", "select", "blocked by LLADA_PLUGINS_DISABLED"),
    "zoo-hook-raises": ("failed", "collect", "KeyError: 'algorithms'"),
    "zoo-too-new": ("incompatible", "compatible", "needs llada-core>=99, but llada-core "),
    "zoo-takes-over": ("failed", "collect", "the algorithm name 'basic' belongs to llada-basic"),
    "zoo-availability": ("loaded", "collect", None),
    "zoo-plans": ("loaded", "collect", None),
    "zoo-steps": ("loaded", "collect", None),
    "zoo-loops": ("loaded", "collect", None),
}
"""Status, phase and reason of each distribution."""


class Fault(NamedTuple):
    """What a request for a bad algorithm or rule is answered."""

    status: int
    code: str
    words: str
    """Part of the message."""


def broken(words: str) -> Fault:
    """The plugin's code failed: a 500 that says what it did."""
    return Fault(500, "algorithm_error", words)


def unavailable(words: str) -> Fault:
    """The plugin says, or shows, that it cannot run: a 400 with the reason."""
    return Fault(400, "algorithm_unavailable", words)


ALGORITHMS = {
    "availability_raises": unavailable("OSError: cannot ask the licence server"),
    "availability_hangs": unavailable("no answer"),
    "availability_nonsense": unavailable("returned 'yes', expected Availability or None"),
    "class_missing": unavailable("NoSuchClass"),
    "class_of_another_kind": unavailable("is a DenoisingAlgorithm"),
    "plan_raises": broken("plan_raises failed in plan: ValueError: no plan survives"),
    "plan_raises_later": broken("plan_raises_later failed in plan: KeyError: 'step 3'"),
    "plan_exits": broken("plan_exits failed in plan: SystemExit: enough"),
    "plan_hangs": broken("plan_hangs did not return within 1.5 s in plan"),
    "plan_is_none": broken("plan() returned NoneType, expected Plan"),
    "plan_of_a_made_up_window": broken("plan_of_a_made_up_window failed in plan: KeyError: 'everything'"),
    "plan_never_commits": broken("plan_never_commits did not finish within 64 forwards"),
    "plan_never_looks": broken("plan_never_looks did not finish within 64 forwards"),
    "step_raises": broken("step_raises failed: RuntimeError: missed a step"),
    "loop_raises": broken("loop_raises failed: ValueError: the loop is broken"),
    "loop_exits": broken("loop_exits failed: SystemExit: 0"),
    "loop_interrupts": broken("loop_interrupts failed: KeyboardInterrupt"),
    "loop_returns_none": broken("loop_returns_none returned NoneType, expected (tokens, nfe)"),
    "loop_returns_the_answer_alone": broken("loop_returns_the_answer_alone returned (1, 16), expected"),
    "loop_returns_floats": broken("loop_returns_floats returned tokens as torch.float32"),
    "loop_returns_no_numbers": broken("loop_returns_no_numbers failed in what it returned"),
    "loop_leaves_masks": broken("loop_leaves_masks left 16 masks"),
    "loop_changes_the_prompt": broken("loop_changes_the_prompt changed the prompt"),
    "loop_makes_up_tokens": broken("loop_makes_up_tokens returned ids outside of the model's vocabulary"),
    "loop_never_ends": broken("loop_never_ends did not finish within 64 forwards"),
    "loop_never_calls": broken("loop_never_calls did not call the model for 1.5 s"),
    "loop_swallows": broken("loop_swallows did not call the model for 1.5 s"),
    "loop_asks_for_a_lot": broken("ids in one call, at most 16384 may be"),
    "loop_leaves_out_a_row": broken("attention_mask: a row has no position at all"),
    "loop_allocates": Fault(500, "out_of_memory", "loop_allocates ran out of memory"),
    "loop_looks_for_weights": broken("LookupError: found nothing"),
}
"""Faults of algorithms, by the name that a request asks for; 16 tokens, so at most 64 forwards."""

RULES = {
    "rule_raises": broken("Raises failed: RuntimeError: out of ideas, see <path>"),
    "rule_exits": broken("Exits failed: SystemExit: 3"),
    "rule_cannot_be_quoted": broken("CannotBeQuoted failed: Odd: (its message cannot be shown)"),
    "rule_hangs": broken("Hangs did not return within 1.5 s"),
    "rule_allocates": Fault(500, "out_of_memory", "Allocates ran out of memory: RuntimeError"),
    "rule_no_update": broken("NoUpdate returned Tensor, expected Update"),
    "rule_wrong_shape": broken("WrongShape: Update.write must be torch.bool (1, 16)"),
    "rule_wrong_dtype": broken("got torch.float64 (1, 16)"),
    "rule_wrong_device": broken("got torch.bool (1, 16) on meta"),
    "rule_sparse": broken("Sparse: Update.write must be torch.bool"),
    "rule_writes_the_mask": broken("WritesTheMask wrote a token id that is the mask id"),
    "rule_writes_no_token": broken("WritesNoToken wrote a token id that is outside of the vocabulary"),
    "rule_not_finite": broken("NotFinite wrote a token id that is outside of the vocabulary"),
    "rule_spoils_the_odds": Fault(500, "nan_logits", "not finite at forward 1"),
    "rule_rewrites": broken("Rewrites changed committed positions"),
    "rule_remasks": broken("Remasks remasks: declare revises = True"),
    "rule_state_raises": broken("StateRaises failed in init_state: KeyError: 'width'"),
    "rule_state_raises_later": broken("StateRaisesLater failed in init_state: KeyError: 'width'"),
    "rule_state_is_a_list": broken("StateIsAList: init_state returned list, expected a NamedTuple"),
    "rule_state_is_huge": Fault(400, "context_length_exceeded", "StateIsHuge needs "),
    "rule_state_varies": broken("StateVaries: init_state returned another shape or dtype than before"),
    "rule_state_changes": broken("StateChanges: state.seen must stay torch.float32"),
}
"""Faults of unmasking rules, by the name that a request asks for."""

PUT_RIGHT: dict[str, dict[str, Any]] = {
    "plan_sets_the_dtype": {"generation_algorithm": "plan_sets_the_dtype"},
    "loop_sets_everything": {"generation_algorithm": "loop_sets_everything"},
    "rule_never_writes": {"unmasking": "rule_never_writes"},
    "rule_writes_everywhere": {"unmasking": "rule_writes_everywhere"},
    "rule_resizes": {"unmasking": "rule_resizes"},
    "rule_assigns": {"unmasking": "rule_assigns"},
    "rule_sets_everything": {"unmasking": "rule_sets_everything"},
}
"""Requests whose fault the engine makes up for: they are answered."""
