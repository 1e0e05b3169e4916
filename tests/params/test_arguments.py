"""Arguments of the older programmatic interface: `validate_args`, `resolve_remasking`, `as_kwargs`."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llada_core.algorithm import GenerationAlgorithm, as_kwargs, resolve_remasking
from llada_core.errors import ParameterError


class Own(GenerationAlgorithm):
    """Two methods, as whoever wrote for the older registry has them."""

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        return prompt, 0

    def is_available(self) -> bool:
        return True


class Few(Own):
    """Declares arguments of its own, and few of the usual ones."""

    def get_required_args(self) -> dict[str, Any]:
        return {"gen_length": 64, "patience": 3}


class TestValidateArgs:
    algorithm = Own("own")

    def test_the_seven_defaults(self) -> None:
        expected = {
            "steps": 16,
            "gen_length": 128,
            "block_length": 32,
            "temperature": 1.0,
            "remasking": True,
            "threshold": 0.95,
            "factor": 1.0,
        }
        assert self.algorithm.validate_args() == expected
        assert self.algorithm.validate_args(mask_id=3, extra="x") == expected

    @settings(deadline=None)
    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "steps": st.none() | st.integers(1, 500),
                "gen_length": st.none() | st.integers(1, 500),
                "block_length": st.none() | st.integers(1, 100),
                "temperature": st.none() | st.floats(0, 100) | st.integers(0, 100),
                "remasking": st.sampled_from([None, True, False, "random", "low_confidence"]),
                "threshold": st.none() | st.floats(0, 1) | st.integers(0, 1),
                "factor": st.none() | st.floats(1e-6, 1e6) | st.integers(1, 100),
            },
        )
    )
    def test_all_that_can_work_comes_back(self, given_: dict[str, Any]) -> None:
        """As it was, but for gen_length in whole blocks; missing ones with their default."""
        got = self.algorithm.validate_args(**given_)
        wanted = {**self.algorithm.get_required_args(), **given_}
        if wanted["gen_length"] is not None and wanted["block_length"] is not None:
            while wanted["gen_length"] % wanted["block_length"]:
                wanted["gen_length"] += 1
        assert got == wanted
        assert self.algorithm.validate_args(**got) == got

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *((name, value) for name in ("steps", "gen_length", "block_length") for value in (0, -1, 1.0)),
            *(
                (name, value)
                for name in ("steps", "gen_length", "block_length")
                for value in (True, "8", 10**30)
            ),
            *(("temperature", value) for value in (-0.1, 100.5, math.nan, math.inf, "1", True)),
            *(("threshold", value) for value in (-0.1, 1.1, math.nan, math.inf, "1", False)),
            *(("factor", value) for value in (0, -1, 1e7, math.nan, math.inf, "1", True)),
            *(("remasking", value) for value in (0, 1, "sometimes", "", 1.0, [], object)),
        ],
    )
    def test_what_can_never_work_names_its_field(self, name: str, value: Any) -> None:
        with pytest.raises(ValueError, match=f"^{name}: .*got ") as caught:
            self.algorithm.validate_args(**{name: value})
        assert isinstance(caught.value, ParameterError)
        assert caught.value.field == name

    def test_an_algorithm_may_declare_others(self) -> None:
        few = Few("few")
        assert few.validate_args() == {"gen_length": 64, "patience": 3}
        assert few.validate_args(patience=5, gen_length=100) == {"gen_length": 100, "patience": 5}
        with pytest.raises(ParameterError, match=r"^gen_length: .* >= 1 \(got 0\)"):
            few.validate_args(gen_length=0)


class TestRemasking:
    @pytest.mark.parametrize(
        ("value", "meaning"),
        [
            (True, "low_confidence"),
            (None, "low_confidence"),
            (False, "random"),
            ("low_confidence", "low_confidence"),
            ("random", "random"),
        ],
    )
    def test_meanings(self, value: Any, meaning: str) -> None:
        assert resolve_remasking(value) == meaning
        if value is not None:
            assert as_kwargs({"remasking": value}) == {"remasking": meaning}

    @pytest.mark.parametrize("value", [1, 0, "Random", "", [], torch.ones(2), {"a": 1}])
    def test_anything_else_lists_the_choices(self, value: Any) -> None:
        with pytest.raises(ParameterError, match="'low_confidence', 'random', true or false") as caught:
            resolve_remasking(value)
        assert caught.value.field == "remasking"


def test_as_kwargs_drops_none_alone() -> None:
    assert as_kwargs({"steps": None, "temperature": 0, "ignore_eos": False}) == {
        "temperature": 0,
        "ignore_eos": False,
    }
