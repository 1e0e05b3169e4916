"""What a rule sees: costs, chance, statistics it declared, parameters as tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta

from llada_core import philox
from llada_core.errors import AlgorithmError
from llada_core.observation import Observation, ParamsBatch
from llada_core.params import SamplingParams

Build = Callable[..., Observation]
INF = math.inf


class TestStatistics:
    def test_declared_ones_are_attributes(self, observe: Build) -> None:
        obs = observe([[1.0, 2.0]])
        obs.statistics["gap"] = torch.tensor([[3.0, 4.0]])
        assert obs.others.tolist() == [[1.0, 2.0]]
        assert obs.gap.tolist() == [[3.0, 4.0]]

    @pytest.mark.parametrize("name", ["sampled", "confidence", "current", "gap", "entropy", "logits"])
    def test_an_undeclared_one_says_how_to_declare_it(self, observe: Build, name: str) -> None:
        with pytest.raises(AlgorithmError, match=f"has no '{name}': declare it, needs = .*'{name}'"):
            getattr(observe([[1.0]]), name)

    def test_cost_needs_the_odds(self, observe: Build) -> None:
        obs = observe([[1.0]])
        obs.statistics.clear()
        with pytest.raises(AlgorithmError, match="has no 'others': declare it"):
            _ = obs.cost

    def test_an_unknown_name_is_an_ordinary_mistake(self, observe: Build) -> None:
        with pytest.raises(AttributeError, match="an observation has no 'probability'"):
            _ = observe([[1.0]]).probability


class TestEligible:
    def test_masked_editable_and_of_the_block(self, observe: Build) -> None:
        obs = observe([[1.0] * 8])
        corners = [[bool(n & bit) for n in range(8)] for bit in (1, 2, 4)]
        obs.masked, obs.editable, obs.in_block = (torch.tensor([corner]) for corner in corners)
        assert obs.eligible.tolist() == [[False] * 7 + [True]]
        assert obs.cost.isfinite().tolist() == [[False] * 7 + [True]]


class TestCost:
    def test_is_the_odds_or_infinite(self, observe: Build) -> None:
        obs = observe([[0.25, 1e-30, 3.0], [7.0]], [[True, True, False], [True]])
        assert obs.cost.dtype == torch.float64
        assert obs.cost.tolist() == [[0.25, pytest.approx(1e-30), INF], [7.0, INF, INF]]

    def test_odds_that_overflowed_stay_ahead_of_what_is_not_eligible(self, observe: Build) -> None:
        obs = observe([[INF, 1.0, INF]], [[True, True, False]])
        assert obs.cost.isfinite().tolist() == [[True, True, False]]

    def test_nan_stays_in_its_position(self, observe: Build) -> None:
        assert observe([[math.nan, 1.0], [1.0, 2.0]]).cost.isnan().tolist() == [[True, False], [False, False]]

    def test_chance_ranks_where_the_request_remasks_at_random(self, observe: Build) -> None:
        """A cost of 1 / u - 1, the odds against a confidence of u; the other row keeps its odds."""
        obs = observe(
            [[5.0, 6.0, 7.0], [5.0, 6.0, 7.0]],
            [[True, False, True]] * 2,
            random_remasking=[True, False],
            seed=[9, 9],
            forwards=[4, 4],
            start=[20, 20],
        )
        u = philox.uniform(torch.tensor(9), torch.arange(20, 23), torch.tensor(4), philox.REMASKING_STREAM)
        assert obs.cost[0].tolist() == [1 / u[0] - 1, INF, 1 / u[2] - 1]
        assert obs.cost[1].tolist() == [5.0, INF, 7.0]

    def test_chance_does_not_ask_what_the_model_said(self, observe: Build) -> None:
        costs = [observe([odds], random_remasking=[True]).cost for odds in ([1.0, 2.0], [INF, 0.0])]
        assert torch.equal(*costs)


class TestUniform:
    def test_depends_on_seed_position_forwards_and_stream_alone(self, observe: Build) -> None:
        obs = observe([[1.0] * 3, [1.0] * 3], seed=[3, -5], forwards=[0, 2], start=[10, 4])
        for stream in (0, 1, 40):
            got = obs.uniform(stream)
            assert got.dtype == torch.float64
            for row, (seed, forwards, start) in enumerate([(3, 0, 10), (-5, 2, 4)]):
                one = philox.uniform(
                    torch.tensor(seed),
                    torch.arange(start, start + 3),
                    torch.tensor(forwards),
                    philox.RULE_STREAMS + stream,
                )
                assert torch.equal(got[row], one)

    def test_no_stream_of_a_rule_is_one_of_the_engine(self, observe: Build) -> None:
        assert 0 <= philox.DRAW_STREAM < philox.REMASKING_STREAM < philox.RULE_STREAMS
        obs = observe([[1.0] * 4])
        engine = [
            philox.uniform(obs.seed[:, None], obs.position, obs.forwards[:, None], stream)
            for stream in range(philox.RULE_STREAMS)
        ]
        numbers = torch.cat([*engine, *(obs.uniform(stream) for stream in range(4))])
        assert len(numbers.unique()) == numbers.numel()
        with pytest.raises(AlgorithmError, match=r"obs.uniform\(-16\): streams count from 0"):
            obs.uniform(-16)


class Options(msgspec.Struct, frozen=True):
    """One field of each kind that a plugin may declare."""

    size: int = 3
    limit: int | None = None
    rate: float = 0.5
    floor: float | None = None
    described: Annotated[Annotated[float, Meta(ge=0)] | None, Meta(description="Text.")] = None
    mixed: int | float = 1
    flag: bool = False
    perhaps: bool | None = None
    level: Literal[1, 2] = 1
    word: str = "a"
    choice: Literal["x", "y"] = "x"
    wordless: str | None = None
    names: tuple[str, ...] = ()


EXPECTED = {
    "size": torch.int64,
    "limit": torch.int64,
    "rate": torch.float64,
    "floor": torch.float64,
    "described": torch.float64,
    "mixed": torch.float64,
    "flag": torch.bool,
    "perhaps": torch.int64,
    "level": torch.int64,
}
"""By the declaration alone: a row's None, or a whole number in a float's place, must not change it."""

options = st.builds(
    Options,
    size=st.integers(-5, 5),
    limit=st.none() | st.integers(0, 5),
    rate=st.floats(0, 1) | st.integers(0, 1),
    floor=st.none() | st.floats(0, 1) | st.integers(0, 1),
    described=st.none() | st.floats(0, 1),
    mixed=st.integers(0, 3) | st.floats(0, 3),
    flag=st.booleans(),
    perhaps=st.none() | st.booleans(),
    level=st.sampled_from([1, 2]),
)
CPU = torch.device("cpu")


def slow_value(name: str, value: float | None) -> float:
    if value is None:
        return math.nan if EXPECTED[name] == torch.float64 else -1
    return float(value)


class TestParamsBatch:
    @settings(deadline=None)
    @given(st.lists(options, min_size=1, max_size=4))
    def test_types_follow_the_declaration(self, rows: list[Options]) -> None:
        batch = ParamsBatch([(None, row) for row in rows], CPU)
        for name, dtype in EXPECTED.items():
            tensor = getattr(batch, name)
            assert tensor.dtype == dtype
            expected = [slow_value(name, getattr(row, name)) for row in rows]
            assert tensor.double().tolist() == pytest.approx(expected, nan_ok=True)

    @pytest.mark.parametrize("name", ["word", "choice", "wordless", "names", "nonsense"])
    def test_what_is_no_number_is_absent(self, name: str) -> None:
        for rows in ([Options()], [Options(), Options(wordless="b")]):
            batch = ParamsBatch([(row,) for row in rows], CPU)
            with pytest.raises(AttributeError, match=f"no numeric parameter named '{name}'"):
                getattr(batch, name)

    def test_parts_are_side_by_side(self) -> None:
        rows = [
            (SamplingParams(temperature=0.5, threshold=0.9, top_k=5, seed=-(2**63)), Options(size=7), None),
            (SamplingParams(factor=1.5, seed=2**63 - 1), Options(size=8), None),
        ]
        batch = ParamsBatch(rows, CPU)
        assert batch.temperature.tolist() == [0.5, 0.0]
        assert batch.threshold.tolist() == [0.9, pytest.approx(math.nan, nan_ok=True)]
        assert batch.factor.tolist() == [pytest.approx(math.nan, nan_ok=True), 1.5]
        assert batch.top_k.tolist() == [5, -1]
        assert batch.seed.tolist() == [-(2**63), 2**63 - 1]
        assert batch.ignore_eos.tolist() == [False, False]
        assert batch.size.tolist() == [7, 8]

    def test_some_rows(self) -> None:
        batch = ParamsBatch([(Options(size=n),) for n in range(4)], CPU)
        assert batch.size.tolist() == [0, 1, 2, 3]
        part = batch.take(slice(1, 3))
        assert part.size.tolist() == [1, 2]
        assert part.rate.tolist() == [0.5, 0.5]

    def test_a_missing_number_names_those_there_are(self) -> None:
        batch = ParamsBatch([(SamplingParams(), None, Options())], CPU)
        own = ", ".join(EXPECTED)
        with pytest.raises(AttributeError, match=f"named 'band' .*; there are {own}, steps, .*, threshold"):
            _ = batch.band

    def test_no_rows(self) -> None:
        with pytest.raises(AttributeError, match=r"no numeric parameter named 'size' .*; there are none"):
            _ = ParamsBatch([], CPU).size
