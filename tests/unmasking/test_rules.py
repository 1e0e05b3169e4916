"""The core's rules against the published loops, one row at a time, in plain Python float64 and fractions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from llada_core import philox
from llada_core.observation import Observation, ParamsBatch
from llada_core.params import SamplingParams, steps_per_block
from llada_core.unmasking import Factor, Schedule, Threshold, UnmaskingRule, ranks

Build = Callable[..., Observation]
Odds = list[float]
LARGEST = torch.finfo(torch.float32).max
INF, NAN = math.inf, math.nan


def params(*rows: SamplingParams) -> ParamsBatch:
    return ParamsBatch([(row,) for row in rows], torch.device("cpu"))


def chosen(rule: UnmaskingRule, obs: Observation, batch: ParamsBatch) -> list[set[int]]:
    """The positions that each row commits; checks what holds for every rule."""
    update = rule.select(obs, batch, None)
    assert update.tokens is update.remask is update.state is None
    assert update.write.dtype == torch.bool
    assert update.write.shape == obs.masked.shape
    assert not (update.write & ~obs.eligible).any()
    return [{n for n, write in enumerate(row) if write} for row in update.write.tolist()]


def likeliest_first(odds: Odds, eligible: Sequence[bool]) -> list[int]:
    """Eligible positions by falling confidence, the lowest position first among equals."""
    return sorted((n for n, can in enumerate(eligible) if can), key=lambda n: (odds[n], n))


def slow_schedule(odds: Odds, eligible: Sequence[bool], masked: int, steps: int, step: int) -> set[int]:
    """LLaDA's get_num_transfer_tokens and topk: of `masked` at the block's start, this step's share."""
    quota = [masked // steps] * steps
    for n in range(masked % steps):
        quota[n] += 1
    return set(likeliest_first(odds, eligible)[: quota[step]])


def slow_threshold(odds: Odds, eligible: Sequence[bool], threshold: float) -> set[int]:
    """Fast-dLLM's get_transfer_index with a threshold: the best one, and all that are at least that sure."""
    order = likeliest_first(odds, eligible)
    return set(order[:1]) | {n for n in order if 1 / (1 + odds[n]) >= threshold}


def slow_factor(odds: list[Any], eligible: Sequence[bool], factor: Any) -> set[int]:
    """Fast-dLLM's get_transfer_index_dynamic: the n-th goes while it is at least 1 - factor / (n + 1) sure.

    The first is taken in any case. Its loop ends with the same counter whether the last one passes or fails.
    """
    order = likeliest_first(odds, eligible)
    taken = min(len(order), 1)
    while taken < len(order) and 1 / (1 + odds[order[taken]]) >= 1 - factor / (taken + 2):
        taken += 1
    if taken == len(order) - 1 and len(order) > 1:
        taken += 1
    return set(order[:taken])


# Confidences of exactly 1/2, 1/4, 1/10, ..., of float32's 1.0, and the ends of what float32 holds.
corner_odds = st.sampled_from([0.0, 1e-44, 1e-20, 1e-9, 0.125, 0.25, 0.5, 1.0, 3.0, 9.0, 15.0, 1e30, LARGEST])
any_odds = corner_odds | st.floats(0, 20, width=32) | st.floats(0, 2**-10, width=32)


@st.composite
def rows(draw: st.DrawFn, max_rows: int = 4) -> tuple[list[Odds], list[list[bool]]]:
    """Rows of 1 to 9 positions, some not eligible, many odds equal."""
    pool = draw(st.lists(any_odds, min_size=1, max_size=5))
    widths = draw(st.lists(st.integers(1, 9), min_size=1, max_size=max_rows))
    odds = [draw(st.lists(st.sampled_from(pool), min_size=n, max_size=n)) for n in widths]
    eligible = [draw(st.lists(st.booleans(), min_size=n, max_size=n)) for n in widths]
    return odds, eligible


def float32(odds: list[Odds]) -> list[Odds]:
    return [torch.tensor(row, dtype=torch.float32).tolist() for row in odds]


class TestRanks:
    @settings(deadline=None)
    @given(st.lists(st.lists(st.sampled_from([0.0, 1.0, 2.0, INF]), min_size=5, max_size=5), min_size=1))
    def test_lowest_position_first_among_equals(self, cost: list[Odds]) -> None:
        got = ranks(torch.tensor(cost, dtype=torch.float64)).tolist()
        for row, places in zip(cost, got, strict=True):
            order = sorted(range(5), key=lambda n, row=row: (row[n], n))
            assert [places[n] for n in order] == [0, 1, 2, 3, 4]


class TestSchedule:
    @settings(deadline=None)
    @given(st.data(), rows())
    def test_equals_the_published_quota(
        self, observe: Build, data: st.DataObject, given_rows: tuple[list[Odds], list[list[bool]]]
    ) -> None:
        odds, eligible = given_rows
        odds = float32(odds)
        n = len(odds)
        steps = data.draw(st.lists(st.integers(1, 12), min_size=n, max_size=n))
        step = [data.draw(st.integers(0, s - 1)) for s in steps]
        masked = [data.draw(st.integers(sum(row), len(row))) for row in eligible]
        obs = observe(odds, eligible, steps_in_block=steps, step_in_block=step, masked_at_block_start=masked)
        expected = [slow_schedule(*row) for row in zip(odds, eligible, masked, steps, step, strict=True)]
        assert chosen(Schedule(), obs, params(*[SamplingParams()] * n)) == expected

    @settings(deadline=None, max_examples=40)
    @given(st.integers(1, 40), st.integers(1, 50), st.randoms(use_true_random=False))
    def test_a_whole_block(self, observe: Build, masked: int, steps: int, random: Any) -> None:
        """Shares differ by one at most, nothing is left at the end, and no step before that is idle."""
        left = set(range(masked))
        shares = []
        for step in range(steps):
            odds = [random.choice([0.0, 0.5, 1.0, 2.0]) for _ in range(masked)]
            obs = observe(
                [odds],
                [[n in left for n in range(masked)]],
                steps_in_block=[steps],
                step_in_block=[step],
                masked_at_block_start=[masked],
            )
            done = chosen(Schedule(), obs, params(SamplingParams()))[0]
            assert done or not left
            shares.append(len(done))
            left -= done
        assert not left
        assert shares == [masked // steps + (n < masked % steps) for n in range(steps)]

    @settings(deadline=None)
    @given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 80))
    def test_steps_of_the_canvas_reach_every_block(self, blocks: int, block_length: int, steps: int) -> None:
        """LLaDA's own division where it comes out even; everywhere between one and one a position."""
        own = SamplingParams(gen_length=blocks * block_length, block_length=block_length, steps=steps)
        spread = steps_per_block(own.effective().steps or 0, blocks)
        for steps_in_block in spread:
            assert 1 <= steps_in_block <= block_length
        if steps % blocks == 0 and steps // blocks <= block_length:
            assert spread == [steps // blocks] * blocks


class TestThreshold:
    @settings(deadline=None, max_examples=100)
    @given(
        st.data(),
        rows(),
        st.sampled_from([0.0, 0.1, 0.25, 0.5, 2 / 3, 0.9, 1 - 1e-9, 1.0]) | st.floats(0, 1),
    )
    def test_equals_the_published_loop(
        self,
        observe: Build,
        data: st.DataObject,
        given_rows: tuple[list[Odds], list[list[bool]]],
        threshold: float,
    ) -> None:
        odds, eligible = given_rows
        odds = float32(odds)
        thresholds = [threshold, *(data.draw(st.floats(0, 1)) for _ in odds[1:])]
        got = chosen(
            Threshold(), observe(odds, eligible), params(*(SamplingParams(threshold=t) for t in thresholds))
        )
        assert got == [slow_threshold(*row) for row in zip(odds, eligible, thresholds, strict=True)]
        assert all(done or not any(can) for done, can in zip(got, eligible, strict=True))

    @pytest.mark.parametrize(("odds", "threshold"), [(1.0, 0.5), (3.0, 0.25), (9.0, 0.1), (1e-17, 1.0)])
    def test_is_inclusive(self, observe: Build, odds: float, threshold: float) -> None:
        obs = observe([[odds] * 3])
        assert chosen(Threshold(), obs, params(SamplingParams(threshold=threshold))) == [{0, 1, 2}]
        above = params(SamplingParams(threshold=math.nextafter(threshold, 2)))
        assert chosen(Threshold(), obs, above) == [{0}]

    def test_zero_takes_all_and_one_the_certain(self, observe: Build) -> None:
        obs = observe([[LARGEST, INF, 0.0, 1e-10]] * 2, [[True, True, True, False]] * 2)
        batch = params(SamplingParams(threshold=0.0), SamplingParams(threshold=1.0))
        assert chosen(Threshold(), obs, batch) == [{0, 1, 2}, {2}]

    def test_only_the_first_of_equal_best_ones_is_sure_to_go(self, observe: Build) -> None:
        obs = observe([[4.0, 2.0, 2.0, 3.0]])
        assert chosen(Threshold(), obs, params(SamplingParams(threshold=0.9))) == [{1}]


class TestFactor:
    @settings(deadline=None, max_examples=120)
    @given(st.data(), rows(), st.sampled_from([1e-300, 1e-6, 0.5, 1.0, 1.5, 2.0, 3.0, 1e6]))
    def test_equals_the_published_walk_in_fractions(
        self,
        observe: Build,
        data: st.DataObject,
        given_rows: tuple[list[Odds], list[list[bool]]],
        factor: float,
    ) -> None:
        """Exactly, where odds and factor have few digits: then no number of the fast version is rounded."""
        odds, eligible = given_rows
        odds = [
            [value if value in (0.0, LARGEST) else round(value * 64) / 64 for value in row] for row in odds
        ]
        factors = [factor, *(data.draw(st.sampled_from([0.25, 1.0, 1.75])) for _ in odds[1:])]
        got = chosen(Factor(), observe(odds, eligible), params(*(SamplingParams(factor=f) for f in factors)))
        exact = [[Fraction(value) for value in row] for row in odds]
        slow = zip(exact, eligible, map(Fraction, factors), strict=True)
        assert got == [slow_factor(*row) for row in slow]
        assert all(done or not any(can) for done, can in zip(got, eligible, strict=True))

    @settings(deadline=None, max_examples=120)
    @given(rows(max_rows=1), st.floats(1e-4, 50))
    def test_equals_the_published_walk_in_float64(
        self, observe: Build, given_rows: tuple[list[Odds], list[list[bool]]], factor: float
    ) -> None:
        (odds,), (eligible,) = given_rows
        odds = float32([odds])[0]
        for n, value in enumerate(sorted(o for o, can in zip(odds, eligible, strict=True) if can), start=1):
            assume(abs(1 / (1 + value) - (1 - factor / (n + 1))) > 1e-14)
        got = chosen(Factor(), observe([odds], [eligible]), params(SamplingParams(factor=factor)))
        assert got == [slow_factor(odds, eligible, factor)]

    @pytest.mark.parametrize(
        ("odds", "factor", "count"),
        [
            ([1e9], 1.0, 1),  # the first is taken whatever its confidence
            ([0.0, 1e9], 1e-6, 2),  # two: the walk fails at the very last, so it is taken too
            ([0.0, 1e9, 1e9], 1e-6, 1),
            ([0.0, 0.0, 1e9], 1.0, 3),
            ([0.0, 0.0, 1e9, 1e9], 1.0, 2),
            ([0.5, 0.5, 0.5, 0.5, 0.5], 1.0, 2),  # 2/3 is at least 1 - 1/3, and less than 1 - 1/4
            ([0.0] * 5, 1e-300, 5),
            ([1e9] * 5, 1e6, 5),
        ],
    )
    def test_by_hand(self, observe: Build, odds: Odds, factor: float, count: int) -> None:
        obs = observe([odds])
        assert chosen(Factor(), obs, params(SamplingParams(factor=factor))) == [set(range(count))]

    def test_near_certain_positions_are_told_apart(self, observe: Build) -> None:
        """Confidences that float64 rounds to 1: the second fails by a factor of two, and so does the last."""
        obs = observe([[1e-25, 1e-20, 1e-20]])
        assert chosen(Factor(), obs, params(SamplingParams(factor=1.5e-20))) == [{0}]
        assert chosen(Factor(), obs, params(SamplingParams(factor=3e-20))) == [{0, 1, 2}]


RULES = [
    pytest.param(Schedule(), {}, id="schedule"),
    pytest.param(Threshold(), {"threshold": 0.4}, id="threshold"),
    pytest.param(Factor(), {"factor": 1.2}, id="factor"),
]


@pytest.mark.parametrize(("rule", "settings_"), RULES)
class TestEveryRule:
    @settings(deadline=None, max_examples=50)
    @given(given_rows=rows(max_rows=5), padding=st.integers(0, 4), data=st.data())
    def test_rows_notice_neither_neighbours_nor_padding(
        self,
        observe: Build,
        rule: UnmaskingRule,
        settings_: dict[str, float],
        given_rows: tuple[list[Odds], list[list[bool]]],
        padding: int,
        data: st.DataObject,
    ) -> None:
        odds, eligible = given_rows
        n = len(odds)
        fields: dict[str, list[Any]] = {
            "steps_in_block": data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n)),
            "random_remasking": data.draw(st.lists(st.booleans(), min_size=n, max_size=n)),
            "seed": data.draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n)),
            "start": data.draw(st.lists(st.integers(0, 99), min_size=n, max_size=n)),
            "forwards": data.draw(st.lists(st.integers(0, 99), min_size=n, max_size=n)),
        }
        one = SamplingParams(**settings_)
        width = max(map(len, odds)) + padding
        together = chosen(rule, observe(odds, eligible, width=width, **fields), params(*[one] * n))
        for row in range(n):
            own = {name: [values[row]] for name, values in fields.items()}
            assert chosen(rule, observe([odds[row]], [eligible[row]], **own), params(one)) == [together[row]]

    @pytest.mark.parametrize("bad", [INF, NAN])
    def test_a_row_that_is_not_finite_harms_no_other(
        self, observe: Build, rule: UnmaskingRule, settings_: dict[str, float], bad: float
    ) -> None:
        good = [3.0, 0.1, 2.0]
        obs = observe([[bad, 1.0, bad], good, [bad] * 3], [[True, False, True], [True] * 3, [True] * 3])
        one = SamplingParams(**settings_)
        assert chosen(rule, obs, params(one, one, one))[1] == chosen(rule, observe([good]), params(one))[0]

    def test_infinite_odds_are_committed_all_the_same(
        self, observe: Build, rule: UnmaskingRule, settings_: dict[str, float]
    ) -> None:
        """No row waits for ever for a token that the model finds impossible."""
        obs = observe([[INF, INF, INF]], [[False, True, True]])
        assert chosen(rule, obs, params(SamplingParams(**settings_)))[0] >= {1}

    def test_nothing_eligible_commits_nothing(
        self, observe: Build, rule: UnmaskingRule, settings_: dict[str, float]
    ) -> None:
        obs = observe([[0.0, 0.0]], [[False, False]], masked_at_block_start=[2])
        assert chosen(rule, obs, params(SamplingParams(**settings_))) == [set()]

    def test_nothing_outside_the_block_is_touched(
        self, observe: Build, rule: UnmaskingRule, settings_: dict[str, float]
    ) -> None:
        """Neither masks of later blocks nor positions that this forward did not compute."""
        obs = observe([[0.0] * 4])
        obs.in_block = torch.tensor([[True, True, False, False]])
        obs.editable = torch.tensor([[False, True, True, True]])
        assert chosen(rule, obs, params(SamplingParams(**settings_))) == [{1}]


class TestRandomRemasking:
    """Chance u takes the place of the confidence, in all three rules."""

    FIELDS = {"random_remasking": [True], "seed": [11], "forwards": [3], "start": [40]}

    def chance(self, width: int) -> list[float]:
        u = philox.uniform(
            torch.tensor(11), torch.arange(40, 40 + width), torch.tensor(3), philox.REMASKING_STREAM
        )
        return u.tolist()

    @settings(deadline=None)
    @given(rows(max_rows=1), st.integers(1, 9), st.floats(0.01, 0.99), st.floats(0.1, 3))
    @example(([[0.0] * 9], [[True] * 9]), 4, 0.5, 1.0)
    def test_equals_the_published_loops(
        self,
        observe: Build,
        given_rows: tuple[list[Odds], list[list[bool]]],
        steps: int,
        threshold: float,
        factor: float,
    ) -> None:
        odds, (eligible,) = given_rows
        chance = [1 / u - 1 for u in self.chance(len(eligible))]
        obs = observe(odds, [eligible], steps_in_block=[steps], **self.FIELDS)
        batch = params(SamplingParams(threshold=threshold, factor=factor))
        assert chosen(Schedule(), obs, batch) == [slow_schedule(chance, eligible, sum(eligible), steps, 0)]
        assert chosen(Threshold(), obs, batch) == [slow_threshold(chance, eligible, threshold)]
        assert chosen(Factor(), obs, batch) == [slow_factor(chance, eligible, factor)]

    def test_every_position_may_come_first(self, observe: Build) -> None:
        """Of 400 seeds each of 4 positions is first in about 100: within five standard deviations."""
        seeds = list(range(400))
        obs = observe([[0.0] * 4] * 400, random_remasking=[True] * 400, seed=seeds, steps_in_block=[4] * 400)
        first = chosen(Schedule(), obs, params(*[SamplingParams()] * 400))
        counts = [first.count({n}) for n in range(4)]
        assert sum(counts) == 400
        assert all(abs(count - 100) < 5 * math.sqrt(400 * 0.25 * 0.75) for count in counts)
