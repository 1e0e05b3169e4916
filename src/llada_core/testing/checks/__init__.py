"""The checks, each a plain function of a `Subject` that raises `CheckFailed` or `NotApplicable`."""

from __future__ import annotations

from collections.abc import Callable

from ..subject import Subject
from .cache import (
    check_cache_is_exact_with_one_layer,
    check_cache_is_used_with_two_layers,
    check_rule_is_pure,
)
from .company import (
    check_cancelling_leaves_nothing,
    check_company_changes_nothing,
    check_neighbours_parameters_do_not_matter,
    check_other_algorithms_are_untouched,
)
from .counting import (
    check_commits_are_final,
    check_every_forward_makes_progress,
    check_forwards_are_counted,
    check_seeds_reproduce,
)
from .declared import check_availability, check_description, check_invalid_parameters_name_their_field
from .foretold import check_quota_is_what_it_commits
from .graphs import check_graphs_decide_the_same
from .output import (
    check_end_tokens_stop_it,
    check_forwards_are_bounded,
    check_generate_keeps_the_prompt,
    check_mask_predicting_model_ends,
    check_nothing_outside_is_written,
    check_output_is_complete,
)
from .world import (
    check_global_state_is_untouched,
    check_hook_module_imports_no_torch,
    check_nothing_stays_on_the_instance,
)

Check = Callable[[Subject], None]

CHECKS: tuple[Check, ...] = (
    check_description,
    check_availability,
    check_invalid_parameters_name_their_field,
    check_hook_module_imports_no_torch,
    check_output_is_complete,
    check_generate_keeps_the_prompt,
    check_nothing_outside_is_written,
    check_forwards_are_bounded,
    check_mask_predicting_model_ends,
    check_end_tokens_stop_it,
    check_commits_are_final,
    check_forwards_are_counted,
    check_every_forward_makes_progress,
    check_seeds_reproduce,
    check_company_changes_nothing,
    check_neighbours_parameters_do_not_matter,
    check_other_algorithms_are_untouched,
    check_cancelling_leaves_nothing,
    check_global_state_is_untouched,
    check_nothing_stays_on_the_instance,
    check_cache_is_exact_with_one_layer,
    check_cache_is_used_with_two_layers,
    check_rule_is_pure,
    check_quota_is_what_it_commits,
    check_graphs_decide_the_same,
)

__all__ = ["CHECKS", "Check"]
