"""The probes, in company, against loops written position by position over the model's forward."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from . import slow_loops
from .conftest import Ask, MakeEngine, run
from .slow_model import SlowModel
from .slow_row import SlowRow

Loop = Callable[..., None]

PROMPTS: tuple[dict[str, Any], ...] = (
    {"prompt": (5, 6, 7), "gen_length": 12, "block_length": 12},
    {"prompt": (9, 8, 2, 44, 310, 3, 17), "gen_length": 16, "block_length": 8, "steps": 6},
    {"prompt": (), "gen_length": 15, "block_length": 5, "suffix": (11, 12, 13), "steps": 7},
    {"prompt": (200,) * 19, "gen_length": 18, "block_length": 6, "temperature": 0.8, "seed": 3},
    {"prompt": (1, 2), "gen_length": 8, "block_length": 8, "temperature": 1.3, "seed": -(2**40), "steps": 3},
    {"prompt": (4, 4, 9), "gen_length": 8, "block_length": 4, "cfg_scale": 0.7, "suffix": (2,)},
)

PROBES: dict[str, tuple[dict[str, Any], Loop, dict[str, Any]]] = {
    "entropy_bound, careful": ({"unmasking": "entropy_bound"}, slow_loops.entropy_bound, {"gamma": 0.5}),
    "entropy_bound, bold": ({"unmasking": "entropy_bound"}, slow_loops.entropy_bound, {"gamma": 9.0}),
    "klass": (
        {"unmasking": "klass"},
        slow_loops.klass,
        {"conf_threshold": 0.05, "kl_threshold": 0.3, "kl_steps": 2},
    ),
    "klass, impatient": (
        {"unmasking": "klass"},
        slow_loops.klass,
        {"conf_threshold": 0.1, "kl_threshold": 1.0, "kl_steps": 1},
    ),
    "credit": (
        {"unmasking": "credit", "threshold": 0.25},
        slow_loops.credit,
        {"decay": 0.8, "gamma": 0.2, "weight": 0.7},
    ),
    "credit, heavy": (
        {"unmasking": "credit", "threshold": 0.4},
        slow_loops.credit,
        {"decay": 0.5, "gamma": 0.5, "weight": 3.0},
    ),
    "prophet": (
        {"unmasking": "prophet"},
        partial(slow_loops.prophet, whole=True),
        {"early": 1.2, "middle": 0.8, "late": 0.6},
    ),
    "block_prophet": (
        {"unmasking": "block_prophet"},
        partial(slow_loops.prophet, whole=False),
        {"early": 1.2, "middle": 0.8, "late": 0.6},
    ),
    "saber": ({"unmasking": "saber"}, slow_loops.saber, {"least": 2}),
    "local_leap": (
        {"unmasking": "local_leap", "threshold": 0.3},
        slow_loops.local_leap,
        {"relaxed_threshold": 0.1, "radius": 2},
    ),
    "slow_fast": (
        {"unmasking": "slow_fast"},
        slow_loops.slow_fast,
        {"high": 0.25, "low": 0.15, "explore": 4},
    ),
    "vicinity": (
        {"algorithm": "vicinity"},
        slow_loops.vicinity_refresh,
        {"vicinity": 3, "warm_up": 4},
    ),
    "vicinity, threshold": (
        {"algorithm": "vicinity", "threshold": 0.2},
        slow_loops.vicinity_refresh,
        {"vicinity": 1, "warm_up": 1},
    ),
    "delayed_cache": ({"algorithm": "delayed_cache"}, slow_loops.delayed_cache, {"refresh_interval": 4}),
    "delayed_cache, never again": (
        {"algorithm": "delayed_cache"},
        slow_loops.delayed_cache,
        {"refresh_interval": 100},
    ),
    "delayed_cache, threshold": (
        {"algorithm": "delayed_cache", "threshold": 0.15},
        slow_loops.delayed_cache,
        {"refresh_interval": 3},
    ),
}


@pytest.mark.parametrize("probe", PROBES)
def test_tokens_and_forwards_of_the_slow_loop(
    make_engine: MakeEngine, ask: Ask, slow_model: SlowModel, probe: str
) -> None:
    asked, loop, own = PROBES[probe]
    requests = [ask(id=str(n), **asked, **own, **values) for n, values in enumerate(PROMPTS)]
    found = run(make_engine(), *requests)
    for request in requests:
        row = SlowRow(slow_model, request)
        loop(row, **own)
        event = found[request.id]
        assert (event.tokens, event.nfe) == (row.generated, row.forwards), request
