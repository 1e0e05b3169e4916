"""Algorithms that bring their own loop: batched, cancellable, counted, checked."""

from __future__ import annotations

import threading
import time
from typing import Any

import msgspec
import pytest
import torch

from llada_core import GenerationAlgorithm, GenerationRegistry, ParameterError
from llada_core.engine import room
from llada_core.engine.buckets import logits_positions
from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.events import Preview
from llada_core.engine.request import Request, build_request
from llada_core.model import LLaDAForMaskedDiffusion

from .conftest import Run, run

MASK = 310


class Script(GenerationAlgorithm):
    """LLaDA's published loop for one token a step, as a script would have it: ids only, whole canvases."""

    def __init__(self) -> None:
        super().__init__("script", "a published loop")

    def is_available(self) -> bool:
        return True

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        gen, block, mask_id = kwargs["gen_length"], kwargs["block_length"], kwargs["mask_id"]
        x = torch.cat((prompt, torch.full((1, gen), mask_id, device=model.device)), dim=1)
        nfe = 0
        for start in range(prompt.shape[1], x.shape[1], block):
            while (x[:, start : start + block] == mask_id).any():
                logits = model(x).logits
                nfe += 1
                logits[..., mask_id] = -torch.inf
                p, token = logits.softmax(-1).max(-1)
                p[x != mask_id] = -1
                p[:, :start] = -1
                p[:, start + block :] = -1
                best = p.argmax(-1)
                x[0, best] = token[0, best]
        return x, nfe


def registry_of(*algorithms: GenerationAlgorithm) -> GenerationRegistry:
    registry = GenerationRegistry()
    for algorithm in algorithms:
        registry.register(algorithm)
    return registry


def request_of(
    model: Any, registry: GenerationRegistry, id: str = "a", prompt: tuple[int, ...] = (1, 2), **values: Any
) -> Request:
    algorithm = values.pop("algorithm", "script")
    preview = values.pop("preview", False)
    values = {"gen_length": 8, "block_length": 4, "ignore_eos": True} | values
    request, _ = build_request(
        registry, model.facts, values, id=id, algorithm=algorithm, prompt=prompt, preview=preview
    )
    return request


def test_a_script_gives_what_it_gives_alone_and_shares_forwards(model: LLaDAForMaskedDiffusion) -> None:
    registry = registry_of(Script())
    requests = [request_of(model, registry, str(n), (n,) * (n + 1), gen_length=8 + 4 * n) for n in range(5)]
    engine = Engine(model, registry=registry, config=EngineConfig(max_rows=5))
    found = run(engine, *requests)
    for n, request in enumerate(requests):
        with torch.inference_mode():
            tokens, nfe = Script().generate(
                model, torch.tensor([request.prompt]), gen_length=8 + 4 * n, block_length=4, mask_id=MASK
            )
        assert found.tokens(request.id) == tokens[0, n + 1 :].tolist()
        assert found.finished[request.id].nfe == nfe
        assert found.commits[request.id] == found.tokens(request.id)
    stats = engine.stats()
    assert stats.forwards == sum(event.nfe for event in found.finished.values())
    assert stats.ticks < 0.6 * stats.forwards


def test_beside_denoising_requests(model: LLaDAForMaskedDiffusion) -> None:
    from llada_core.registry import default_registry

    registry = registry_of(Script())
    dual = default_registry().get("dual_cache")
    assert dual is not None
    registry.register(dual)
    requests = [request_of(model, registry, "s"), request_of(model, registry, "d", algorithm="dual_cache")]
    alone = [run(Engine(model, registry=registry), request).finished[request.id] for request in requests]
    together = run(Engine(model, registry=registry), *requests)
    assert [together.finished[request.id] for request in requests] == alone


class Saying(Script):
    """Does what a function says with the proxy."""

    def __init__(self, act: Any) -> None:
        super().__init__()
        self._act = act

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        return self._act(model, prompt, super().generate, kwargs)


class Biased(Script):
    """Asks for two rows with a bias, a mask and positions, and keeps what it gets."""

    def __init__(self, kind: str, heard: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.name, self._kind, self._heard = kind, kind, heard

    def call(self, prompt: torch.Tensor) -> dict[str, torch.Tensor]:
        generator = torch.Generator().manual_seed(prompt.shape[1])
        ids = torch.cat((prompt, prompt.flip(1)))
        square = torch.rand(2, ids.shape[1], ids.shape[1], generator=generator)
        seen = (square < 0.5) | torch.eye(ids.shape[1], dtype=torch.bool)
        mask = torch.ones_like(ids)
        mask[1, 0] = 0
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "attention_bias": seen if self._kind == "bool" else 3 * square,
            "position_ids": torch.randint(0, 9, ids.shape, generator=generator),
        }

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        self._heard[self._kind] = model(**self.call(prompt)).logits
        return super().generate(model, prompt, **kwargs)


def test_a_bias_and_positions_reach_the_model_also_among_others(model: LLaDAForMaskedDiffusion) -> None:
    heard: dict[str, torch.Tensor] = {}
    scripts = Biased("bool", heard), Biased("float", heard)
    registry = registry_of(Script(), *scripts)
    requests = [
        request_of(model, registry, name, prompt, algorithm=name)
        for name, prompt in (("script", (1, 2, 3)), ("bool", (4, 5, 6, 7)), ("float", (8, 9, 1, 2)))
    ]
    found = run(Engine(model, registry=registry), *requests)
    for script in scripts:
        request = next(request for request in requests if request.id == script.name)
        with torch.inference_mode():
            logits = model(**script.call(torch.tensor([request.prompt]))).logits
            plain = model(script.call(torch.tensor([request.prompt]))["input_ids"]).logits
        torch.testing.assert_close(heard[script.name], logits, atol=1e-4, rtol=1e-4)
        assert (logits - plain).abs().max() > 0.1
    script_alone = run(Engine(model, registry=registry), requests[0]).finished["script"]
    assert found.finished["script"] == script_alone


class Filling(Script):
    """Fills a hole: the text behind it stands on the canvas that the model sees."""

    def generate(
        self, model: Any, prompt: torch.Tensor, suffix: torch.Tensor | None = None, **kwargs: Any
    ) -> tuple[torch.Tensor, int]:
        assert suffix is not None
        hole = torch.full((1, kwargs["gen_length"]), kwargs["mask_id"])
        logits = model(torch.cat((prompt, hole, suffix[None]), dim=1)).logits[:, prompt.shape[1] :]
        logits[..., MASK] = -torch.inf
        return torch.cat((prompt, logits[:, : hole.shape[1]].argmax(-1)), dim=1), 1


def test_text_behind_the_hole_reaches_a_loop_that_names_it_and_others_refuse(
    model: LLaDAForMaskedDiffusion,
) -> None:
    filling = Filling()
    filling.name = "filling"
    registry = registry_of(Script(), filling)
    request = msgspec.structs.replace(request_of(model, registry, algorithm="filling"), suffix=(7, 9, 3))
    found = run(Engine(model, registry=registry), request)
    logits = model(torch.tensor([[1, 2, *[MASK] * 8, 7, 9, 3]])).logits[0, 2:10]
    logits[:, MASK] = -torch.inf
    assert found.tokens("a") == logits.argmax(-1).tolist()
    request = msgspec.structs.replace(request_of(model, registry), suffix=(7, 9, 3))
    with pytest.raises(ParameterError, match="script does not fill holes"):
        Engine(model, registry=registry).add(request)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda m, p, go, kw: 1 / 0, "ZeroDivisionError"),
        (lambda m, p, go, kw: None, "expected"),
        (lambda m, p, go, kw: (p, 0), r"expected (tokens, nfe)"),
        (lambda m, p, go, kw: (torch.full((1, 10), MASK), 1), "changed the prompt"),
        (lambda m, p, go, kw: (torch.cat((p, torch.full((1, 8), MASK)), 1), 1), "left 8 masks"),
        (lambda m, p, go, kw: (torch.cat((p, torch.full((1, 8), 999)), 1), 1), "outside of the model"),
        (lambda m, p, go, kw: m(p, use_cache=True), "use_cache"),
        (lambda m, p, go, kw: m(p, past_key_values=()), "past_key_values"),
        (lambda m, p, go, kw: m(p.float()), "integer tensor"),
        (lambda m, p, go, kw: m(p + 1000), "expected ids from 0 to 319"),
        (lambda m, p, go, kw: m(p, position_ids=p[:, :1]), "expected an integer tensor (1, 2)"),
        (lambda m, p, go, kw: m(p, position_ids=p + 10**6), "expected positions from 0 to"),
        (lambda m, p, go, kw: m(p, attention_bias=torch.ones(1, 1)), "float tensor (1, 2, 2)"),
        (lambda m, p, go, kw: m(p, attention_bias=torch.ones(1, 2, 2).int()), "float tensor (1, 2, 2)"),
        (lambda m, p, go, kw: m(p, attention_bias=torch.full((1, 2, 2), torch.nan)), "not finite"),
        (lambda m, p, go, kw: m(p, attention_bias=torch.zeros(1, 2, 2) > 0), "sees none at all"),
        (lambda m, p, go, kw: m(p, torch.tensor([[1, 0]]), torch.eye(2)[None].flip(1) > 0), "sees none"),
        (lambda m, p, go, kw: [m(p) for _ in range(1000)], "did not finish within 32 forwards"),
    ],
)
def test_what_a_script_does_wrong_costs_its_request_alone(
    model: LLaDAForMaskedDiffusion, act: Any, message: str
) -> None:
    bad = Saying(act)
    bad.name = "bad"
    registry = registry_of(Script(), bad)
    good = request_of(model, registry, "good")
    engine = Engine(model, registry=registry)
    found = run(engine, request_of(model, registry, "bad", algorithm="bad"), good)
    assert message in found.failed["bad"].message
    assert found.failed["bad"].code == "algorithm_error"
    assert found.finished["good"] == run(Engine(model, registry=registry), good).finished["good"]
    assert (engine.stats().running, engine.stats().failed) == (0, 1)


def test_cancelling_ends_the_thread_even_where_a_script_catches_everything(
    model: LLaDAForMaskedDiffusion,
) -> None:
    ended = threading.Event()

    def stubborn(m: Any, p: Any, go: Any, kw: Any) -> Any:
        try:
            while True:
                try:
                    m(p)
                except Exception:
                    continue
        finally:
            ended.set()

    registry = registry_of(Saying(stubborn))
    engine = Engine(model, registry=registry)
    engine.add(request_of(model, registry))
    engine.step()
    assert engine.cancel("a")
    assert not engine.has_work()
    assert ended.wait(5)
    assert engine.stats().cancelled == 1


def test_threads_are_bounded_and_those_given_up_count(model: LLaDAForMaskedDiffusion) -> None:
    release = threading.Event()

    def hang(m: Any, p: Any, go: Any, kw: Any) -> Any:
        release.wait(20)
        return go(m, p, **kw)

    slow = Saying(hang)
    slow.name = "slow"
    registry = registry_of(Script(), slow)
    config = EngineConfig(max_rows=8, whole_loop_threads=2, whole_loop_silence=0.2)
    engine = Engine(model, registry=registry, config=config)
    found = Run()
    engine.add(request_of(model, registry, "x", algorithm="slow"))
    engine.add(request_of(model, registry, "y", algorithm="slow"))
    deadline = time.monotonic() + 10
    while len(found.failed) < 2 and time.monotonic() < deadline:
        found.take(engine.step())
    assert "did not call the model for 0.2 s" in found.failed["x"].message
    engine.add(request_of(model, registry, "z"))
    for _ in range(5):
        engine.step()
    assert engine.stats().waiting == 1
    release.set()
    while engine.has_work():
        found.take(engine.step())
    assert set(found.finished) == {"z"}


def test_positions_whose_logits_are_held_are_bounded(model: LLaDAForMaskedDiffusion) -> None:
    """One request may have more than the limit; others wait until it ends."""
    registry = registry_of(Script())
    length = request_of(model, registry).canvas_length
    for limit, most in ((1, 1), (2 * length, 2), (2 * length + 1, 2), (3 * length, 3)):
        engine = Engine(model, registry=registry, config=EngineConfig(whole_loop_tokens=limit))
        for name in "abcd":
            engine.add(request_of(model, registry, name))
        found, together = Run(), set()
        while engine.has_work():
            found.take(engine.step())
            together.add(engine.stats().running)
        assert max(together) == most
        assert set(found.finished) == set("abcd")


def test_each_call_gets_logits_of_its_own(model: LLaDAForMaskedDiffusion) -> None:
    """A script may write to them."""
    seen: dict[int, torch.Tensor] = {}

    def act(m: Any, p: Any, go: Any, kw: Any) -> Any:
        logits = m(torch.tensor([[len(seen) + 1, 2, 3], [4, 5, 6]])).logits
        seen[len(seen)] = logits.clone()
        logits.fill_(torch.nan)
        return go(m, p, **kw)

    registry = registry_of(Saying(act))
    names = "ab"
    found = run(Engine(model, registry=registry), *(request_of(model, registry, name) for name in names))
    assert set(found.finished) == set(names)
    for logits in seen.values():
        assert logits.isfinite().all()


def test_previews_come_from_the_ids(model: LLaDAForMaskedDiffusion) -> None:
    registry = registry_of(Script())
    found = run(Engine(model, registry=registry), request_of(model, registry, preview=True))
    changes = [c for event in found.events if isinstance(event, Preview) for c in event.changes]
    # The last token is only in the result.
    assert [c.kind for c in changes] == ["preview"] * 7 + ["commit"]
    assert [c.forward for c in changes] == list(range(1, 9))
    assert {c.position: c.token for c in changes} == dict(enumerate(found.tokens()))


def test_padded_calls(model: LLaDAForMaskedDiffusion) -> None:
    """An attention mask leaves positions out, as the model itself does."""
    seen: dict[str, torch.Tensor] = {}

    def act(m: Any, p: Any, go: Any, kw: Any) -> Any:
        ids = torch.tensor([[0, 0, 5, 6], [1, 2, 3, 4]])
        mask = torch.tensor([[0, 0, 1, 1], [1, 1, 1, 1]])
        seen["logits"] = m(ids, attention_mask=mask).logits
        return go(m, p, **kw)

    registry = registry_of(Saying(act))
    run(Engine(model, registry=registry), request_of(model, registry)).tokens()
    with torch.inference_mode():
        want = model(
            torch.tensor([[0, 0, 5, 6], [1, 2, 3, 4]]), torch.tensor([[0, 0, 1, 1], [1, 1, 1, 1]])
        ).logits
    torch.testing.assert_close(seen["logits"], want)


class Strict(Script):
    """Takes three arguments and no others."""

    def generate(  # type: ignore[override]
        self, model: Any, prompt: torch.Tensor, gen_length: int, block_length: int, mask_id: int
    ) -> tuple[torch.Tensor, int]:
        return super().generate(
            model, prompt, gen_length=gen_length, block_length=block_length, mask_id=mask_id
        )


def test_a_parameter_that_a_script_does_not_take_is_refused(model: LLaDAForMaskedDiffusion) -> None:
    registry = registry_of(Strict())
    engine = Engine(model, registry=registry)
    with pytest.raises(ParameterError, match="temperature: script does not take it"):
        engine.add(request_of(model, registry, temperature=1.0))
    run(engine, request_of(model, registry)).tokens()


@pytest.mark.parametrize("whole_loops", [False, True])
def test_memory_is_kept_for_logits_that_scripts_hold(
    model: LLaDAForMaskedDiffusion, monkeypatch: pytest.MonkeyPatch, whole_loops: bool
) -> None:
    """Two answers of as many positions as may run at once, where an algorithm may ask for them."""
    monkeypatch.setattr(room, "working_bytes", lambda *_: 1000)
    monkeypatch.setattr(model, "fused", object(), raising=False)
    config = EngineConfig(max_rows=1, whole_loop_tokens=77, kv_tokens=8)
    made = room.Room(model, config, torch.device("cpu"), lambda: whole_loops)
    positions = logits_positions(1) + (2 * 77 if whole_loops else 0)
    assert made._working == 1000 + positions * model.logits_width * model.dtype.itemsize
