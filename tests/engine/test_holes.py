"""Holes: fixed text anywhere, against a loop over positions; with every algorithm and rule, in company."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any

import msgspec
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llada_core.canvas import Canvas
from llada_core.engine.request import Request, build_request
from llada_core.errors import ContextLengthError, LladaError, ParameterError
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.params import steps_by_size, steps_per_block
from llada_core.registry import GenerationRegistry
from llada_core.template import Hole, HoleSpan, Template, parts_of

from .conftest import MakeEngine, run

TEMPLATES: dict[str, list[Any]] = {
    "between": [(5, 6, 7), Hole(5), (8, 9), Hole(3), (4,)],
    "first and last": [Hole(4), (11, 12, 13), Hole(9)],
    "touching": [(1, 2), Hole(3), Hole(7), (3, 3)],
    "long": [(5,) * 20, Hole(21), (17, 18), Hole(1), (9,) * 11, Hole(6), (2,)],
    "one": [(31, 32), Hole(13), (40,)],
}


def request_of(
    model: LLaDAForMaskedDiffusion,
    registry: GenerationRegistry,
    pieces: list[Any],
    *,
    id: str = "a",
    algorithm: str = "basic",
    together: bool = False,
    prompt: tuple[int, ...] = (),
    **values: Any,
) -> Request:
    request, rest = build_request(
        registry,
        model.facts,
        {"block_length": 8} | values,
        id=id,
        algorithm=algorithm,
        prompt=prompt,
        template=Template.of(pieces),
        together=together,
        preview=True,
    )
    assert not rest
    return request


def laid_out(pieces: list[Any], mask_id: int) -> tuple[list[int], list[list[int]]]:
    """The whole canvas, and the positions of each hole."""
    ids: list[int] = []
    holes: list[list[int]] = []
    for piece in pieces:
        if isinstance(piece, Hole):
            holes.append(list(range(len(ids), len(ids) + piece.max_tokens)))
            ids += [mask_id] * piece.max_tokens
        else:
            ids += piece
    return ids, holes


def slowly(
    model: LLaDAForMaskedDiffusion,
    pieces: list[Any],
    block_length: int,
    together: bool,
    threshold: float | None,
) -> list[int]:
    """The canvas that `basic` leaves, by the definition: part after part, one token a step or all that reach
    the threshold."""
    mask = model.facts.mask_id
    canvas, holes = laid_out(pieces, mask)
    parts = [list(chain(*holes))] if together else []
    for hole in [] if together else holes:
        count = -(-len(hole) // block_length)
        cuts = [len(hole) * n // count for n in range(count + 1)]
        parts += [hole[a:b] for a, b in pairwise(cuts)]
    for part in parts:
        open_ = set(part)
        while open_:
            logits = model(input_ids=torch.tensor([canvas])).logits[0].double()
            logits[:, mask] = -torch.inf
            found = {p: logits[p].softmax(0).max(0) for p in open_}
            ranked = sorted(open_, key=lambda p: (-float(found[p].values), p))
            sure = [p for p in ranked if threshold is not None and float(found[p].values) >= threshold]
            for p in sure or ranked[:1]:
                canvas[p] = int(found[p].indices)
                open_.discard(p)
    return canvas


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("threshold", [None, 0.02])
def test_basic_follows_the_definition(
    model: LLaDAForMaskedDiffusion,
    plugins: GenerationRegistry,
    make_engine: MakeEngine,
    name: str,
    together: bool,
    threshold: float | None,
) -> None:
    pieces = TEMPLATES[name]
    request = request_of(model, plugins, pieces, together=together, threshold=threshold)
    done = run(make_engine(), request)
    expected = slowly(model, pieces, 8, together, threshold)
    first = len(request.prompt)
    assert done.tokens() == expected[first : first + request.params.gen_length]
    assert done.commits["a"] == done.tokens()
    assert [*request.prompt, *done.tokens(), *request.suffix] == expected
    masks = sum(piece.max_tokens for piece in pieces if isinstance(piece, Hole))
    if threshold is None:
        assert done.finished["a"].nfe == masks


RULES: tuple[dict[str, Any], ...] = (
    {},
    {"steps": 6},
    {"threshold": 0.02},
    {"factor": 0.9},
    {"temperature": 0.9},
)


@pytest.mark.parametrize(("name", "together"), [("between", False), ("first and last", True), ("one", False)])
def test_every_algorithm_and_rule_leaves_fixed_text_alone(
    model: LLaDAForMaskedDiffusion,
    plugins: GenerationRegistry,
    make_engine: MakeEngine,
    name: str,
    together: bool,
) -> None:
    pieces = TEMPLATES[name]
    template, (ids, holes) = Template.of(pieces), laid_out(pieces, -1)
    requests = []
    for info in plugins.list_algorithms():
        for n, rule in enumerate([*RULES, *({"unmasking": r} for r in plugins.list_rules())]):
            values = {"steps": 9} | rule
            if rule.get("unmasking") in ("threshold", "factor"):
                continue
            try:
                request = request_of(
                    model, plugins, pieces, id=f"{info}-{n}", algorithm=info, together=together, **values
                )
            except LladaError:  # a rule that does not go with this algorithm
                continue
            requests.append(request)
    assert len(requests) > 20
    engine = make_engine(max_rows=8)
    taken: list[Request] = []
    refused: list[tuple[str, str]] = []
    for request in requests:
        try:
            engine.add(request)
        except ParameterError as error:
            refused.append((request.algorithm, error.message))
            continue
        taken.append(request)
        engine.cancel(request.id)
    assert all(name == "wino" for name, _ in refused)
    assert all("hole" in message or "does not take it" in message for _, message in refused)
    done = run(engine, *taken)
    assert not done.failed
    first = len(template.before)
    fixed = [p for p, id in enumerate(ids) if id >= 0]
    for request in taken:
        canvas = [*request.prompt, *done.tokens(request.id), *request.suffix]
        assert [canvas[p] for p in fixed] == [ids[p] for p in fixed]
        assert model.facts.mask_id not in [canvas[p] for hole in holes for p in hole]
        assert len(canvas) == len(ids)
    for event in done.events:
        for change in getattr(event, "changes", ()):
            assert any(change.position + first in hole for hole in holes)


def test_left_to_right_finishes_a_hole_before_it_begins_the_next(
    model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry, make_engine: MakeEngine
) -> None:
    pieces = TEMPLATES["first and last"]
    for algorithm in ("basic", "prefix_cache", "dual_cache"):
        done = run(make_engine(), request_of(model, plugins, pieces, algorithm=algorithm))
        order = [c.position for event in done.events for c in getattr(event, "changes", ())]
        assert max(order[:4]) < 4 <= min(order[4:])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_company_changes_nothing(
    model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry, make_engine: MakeEngine, data: st.DataObject
) -> None:
    requests = []
    for n in range(data.draw(st.integers(2, 5))):
        values: dict[str, Any] = data.draw(st.sampled_from(RULES))
        text = st.lists(st.integers(0, 300), max_size=6)
        pieces: list[Any] = [data.draw(text)]
        for _ in range(data.draw(st.integers(1, 3))):
            pieces += [Hole(data.draw(st.integers(1, 12))), data.draw(text)]
        requests.append(
            request_of(
                model,
                plugins,
                pieces,
                id=str(n),
                prompt=(data.draw(st.integers(0, 300)),),
                algorithm=data.draw(st.sampled_from(["basic", "prefix_cache", "dual_cache"])),
                together=data.draw(st.booleans()),
                block_length=data.draw(st.integers(1, 9)),
                **values,
            )
        )
    blocks = data.draw(st.sampled_from([None, True]))
    together = run(make_engine(max_rows=4, block_steps=blocks), *requests)
    for request in requests:
        assert together.finished[request.id] == run(make_engine(), request).finished[request.id]


def test_a_template_needs_holes_with_room() -> None:
    for pieces in ([(1, 2)], [Hole(0)], [Hole(3, min_tokens=4)], [Hole(3, min_tokens=-1)]):
        with pytest.raises(ParameterError, match="hole"):
            Template.of(pieces)


def test_what_does_not_fit_says_so(model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry) -> None:
    with pytest.raises(ContextLengthError, match="2 tokens of fixed text and holes of 300 in all are 302"):
        request_of(model, plugins, [(1,), Hole(150), (2,), Hole(150)])
    with pytest.raises(ParameterError, match="token id 999"):
        request_of(model, plugins, [Hole(1), (999,), Hole(1)])


def test_blocks_of_holes() -> None:
    holes = (HoleSpan(0, 5), HoleSpan(7, 20), HoleSpan(27, 1))
    assert parts_of(holes, 8, False) == [(0, 5), (7, 13), (13, 20), (20, 27), (27, 28)]
    assert parts_of(holes, 8, True) == [(0, 28)]
    canvas = Canvas((1, 2), 28, 8, 310, (3,), inside=[9] * 28, holes=holes)
    assert [canvas.span(block) for block in range(5)] == [(0, 8), (7, 15), (14, 22), (21, 29), (22, 30)]
    assert [canvas.masked_in(block) for block in range(5)] == [5, 6, 7, 7, 1]
    assert not any(canvas.whole(block) for block in range(5))
    plain = Canvas((1, 2), 16, 8, 310, (3,))
    assert [plain.span(block) for block in range(2)] == [(2, 10), (10, 18)]
    assert all(plain.whole(block) for block in range(2))


@given(st.integers(1, 200), st.integers(1, 20))
def test_equal_blocks_share_steps_as_before(steps: int, blocks: int) -> None:
    base, more = divmod(steps, blocks)
    expected = [max(1, base + (block < more)) for block in range(blocks)]
    assert steps_per_block(steps, blocks) == expected == steps_by_size(steps, [8] * blocks)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=9), st.integers(1, 300))
def test_steps_by_size(sizes: list[int], steps: int) -> None:
    shares = steps_by_size(steps, sizes)
    assert min(shares) >= 1
    assert sum(shares) >= steps
    for share, size in zip(shares, sizes, strict=True):
        exact = steps * size / sum(sizes)
        assert share == 1 or abs(share - exact) < 1
    assert steps_by_size(sum(sizes), sizes) == sizes


def test_a_whole_loop_script_fills_one_hole(
    model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry, make_engine: MakeEngine
) -> None:
    request = request_of(model, plugins, [(5, 6, 7), Hole(10), (9,)], algorithm="wino", threshold=0.0)
    assert request.suffix == (9,)
    assert len(run(make_engine(), request).tokens()) == 10
    several = request_of(model, plugins, TEMPLATES["between"], algorithm="wino")
    with pytest.raises(ParameterError, match="brings its own loop and cannot fill several holes"):
        make_engine().add(several)


def test_a_request_with_holes_crosses_processes(
    model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry
) -> None:
    request = request_of(model, plugins, TEMPLATES["between"])
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(request), type=Request)
    assert (again.holes, again.inside, again.together) == (request.holes, request.inside, request.together)


@pytest.mark.parametrize("together", [False, True])
def test_no_padding_comes_before_min_tokens(
    model: LLaDAForMaskedDiffusion, plugins: GenerationRegistry, make_engine: MakeEngine, together: bool
) -> None:
    end = model.facts.end_ids[0]
    pieces = [(5, 6, 7), Hole(5, min_tokens=3), (8, 9), Hole(4), Hole(2, min_tokens=2)]
    padded = [False] * 3 + [True] * 2 + [False] * 2 + [True] * 4 + [False] * 2
    for values in ({}, {"threshold": 0.01}, {"temperature": 1.0}):
        request = request_of(model, plugins, pieces, logit_bias={end: 90.0}, together=together, **values)
        assert [token == end for token in run(make_engine(), request).tokens()] == padded
