"""The optimizer, the schedule, and a run from end to end."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path

import pytest
import torch
from training import network as net
from training import train
from training.batches import Batch, batches
from training.evaluate import evaluate, judge, replies, table, weakest
from training.optimizer import Optimizer, orthogonalise
from training.problems import Problem, infill_problems, template_problems, with_difficulty
from training.schedule import HOLD, WARM, WARMUP_STEPS, Schedule, rate
from training.step import Step
from training.tokenizer import Codec


def test_updates_become_nearly_orthogonal() -> None:
    update = torch.randn(3, 48, 32, generator=torch.Generator().manual_seed(0))
    made = orthogonalise(update)
    values = torch.linalg.svdvals(made)
    assert ((values > 0.6) & (values < 1.3)).all()
    left, _, right = torch.linalg.svd(update, full_matrices=False)
    cosine = (made * (left @ right)).sum((1, 2)) / (made.norm(dim=(1, 2)) * 32**0.5)
    assert (cosine > 0.95).all()


def test_the_rate_warms_up_holds_and_falls() -> None:
    assert rate(0.0, 0, 1.0, 0.2) == pytest.approx(1 / WARMUP_STEPS)
    assert rate(HOLD, 10**6, 0.8, 0.2) == pytest.approx(0.8)
    assert rate((1 + HOLD) / 2, 10**6, 0.8, 0.2) == pytest.approx(0.5)
    assert rate(1.0, 10**6, 0.8, 0.2) == pytest.approx(0.2)


def test_time_counts_once_everything_is_warm() -> None:
    schedule = Schedule(began=100.0, seconds=50.0, begin=1.0, end=0.0)
    assert schedule.scale(2, 149.0) == pytest.approx(3 / WARMUP_STEPS)
    assert schedule.scale(WARM, 110.0) is not None
    assert schedule.scale(10**6, 130.0) == pytest.approx(1 - (0.5 - HOLD) / (1 - HOLD))
    assert schedule.scale(10**6, 150.0) is None


def few_rows(codec: Codec, count: int = 8) -> Batch:
    """The first rows of a batch."""
    batch = next(batches(1, codec, 3840))
    return Batch(*(getattr(batch, field.name)[:count] for field in dataclasses.fields(batch)))


def test_a_few_steps_reduce_the_loss(tiny: net.LLaDA, codec: Codec) -> None:
    """On one batch; fresh masks at every step."""
    torch.manual_seed(0)
    batch = few_rows(codec)
    step = Step(tiny, Optimizer(tiny, 2e-2, 1e-2, 0.0), codec.mask, fast=False)
    means = []
    for _ in range(4):
        for _ in range(10):
            step(batch, 1.0)
        means.append(step.mean_loss(10))
    assert means[-1] < means[0] - 1.0
    assert all(weight.grad is None for weight in tiny.parameters())


def test_a_scale_of_zero_changes_nothing(tiny: net.LLaDA, codec: Codec) -> None:
    before = {name: weight.clone() for name, weight in tiny.state_dict().items()}
    Step(tiny, Optimizer(tiny, 2e-2, 1e-2, 0.1), codec.mask, fast=False)(few_rows(codec), 0.0)
    assert all(torch.equal(before[name], weight) for name, weight in tiny.state_dict().items())


def test_a_run_writes_a_checkpoint_that_another_run_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: net.LLaDA
) -> None:
    monkeypatch.setattr(net, "CONFIG", tiny.config)
    monkeypatch.syspath_prepend(str(Path(train.__file__).parents[1]))  # for the worker's own process
    common = ["--cpu", "--steps", "3", "--tokens", "3840", "--workers", "1", "--eval", "0"]
    train.main(["--out", str(tmp_path / "a"), *common])
    first = net.load(tmp_path / "a" / "model")
    assert json.loads((tmp_path / "a" / "report.json").read_text())["training"]["steps"] == 3
    train.main(["--out", str(tmp_path / "b"), "--init", str(tmp_path / "a" / "model"), *common])
    second = net.load(tmp_path / "b" / "model")
    assert second.config == first.config
    changed = [n for n, w in second.state_dict().items() if not torch.equal(w, first.state_dict()[n])]
    assert "model.transformer.blocks.0.q_proj.weight" in changed
    assert {file.name for file in (tmp_path / "b" / "model").iterdir()} >= {"tokenizer.json", "config.json"}


def test_llada_core_computes_the_same(tmp_path: Path, tiny: net.LLaDA) -> None:
    from llada_core.model import load_model

    net.save(tiny, tmp_path)
    ours, theirs = net.load(tmp_path), load_model(str(tmp_path))
    ids = torch.randint(0, 2000, (2, 12))
    with torch.no_grad():
        torch.testing.assert_close(ours(ids), theirs.float()(ids).logits, rtol=1e-4, atol=1e-4)


def test_prompts_follow_the_chat_template(codec: Codec) -> None:
    jinja2 = pytest.importorskip("jinja2")
    from training.tokenizer import BOS, CHAT_TEMPLATE

    messages = [("system", "Be brief."), ("user", " Hi there "), ("assistant", "Hello!"), ("user", "1 + 2?")]
    rendered = jinja2.Template(CHAT_TEMPLATE, keep_trailing_newline=True).render(
        bos_token=BOS, messages=[{"role": role, "content": text} for role, text in messages]
    )
    assert codec.prompt(messages) == codec.encode(rendered)


@pytest.mark.parametrize("text", ["Tom has 12 apples.", 'naïve {"a": [1]}\n- b', "reverse zltftovb", "  x  "])
def test_text_survives_the_tokenizer(codec: Codec, text: str) -> None:
    assert codec.tokenizer.decode(codec.encode(text), skip_special_tokens=False) == text


def test_evaluation_counts_right_replies(
    tiny: net.LLaDA, codec: Codec, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = template_problems({"word": 3, "units": 2}, 7)
    told = {str(p["prompt"]): p["reference"] for p in problems[:2]}
    monkeypatch.setattr(
        "training.evaluate.replies",
        lambda network, codec, problems, *rest: [(str(told.get(str(p["prompt"]), "?")), 8) for p in problems],
    )
    report = evaluate(tiny, codec, problems, [train.SETTINGS[0]])
    part = report["1 a step"]
    assert part["accuracy"]["word"] == pytest.approx(2 / 3)
    assert part["accuracy"]["units"] == 0
    assert part["forwards_a_block"]["word"] == 4
    assert len(part["misses"]) == 3
    assert "| 1 a step | 66.7 | 0.0 |" in table(report)
    assert weakest(report, "1 a step", 1)[0][1] == 0


def test_infill_holes_give_back_the_whole_reply(codec: Codec, tiny: net.LLaDA) -> None:
    problems = infill_problems(30, 3, codec)
    for problem in problems:
        parts = [codec.encode(str(problem[key])) for key in ("prefix", "reference", "suffix")]
        assert len(parts[1]) <= problem["hole_tokens"] <= len(parts[1]) + 8
        whole = str(problem["prefix"]) + str(problem["reference"]) + str(problem["suffix"])
        assert list(itertools.chain(*parts)) == codec.encode(whole)
        assert judge(problem, str(problem["reference"]))
    texts = replies(tiny, codec, problems[:3], train.Setting(per_step=8))
    assert len(texts) == 3


def test_difficulties_are_quarters_by_misses_then_likelihood() -> None:
    problems: list[Problem] = [{"id": str(i), "group": "g"} for i in range(8)]
    outcomes = {str(i): {"missed": float(i == 0), "log_likelihood": -float(i)} for i in range(8)}
    found = {p["id"]: p["difficulty"] for p in with_difficulty(problems, outcomes)}
    assert found == {"1": 1, "2": 1, "3": 2, "4": 2, "5": 3, "6": 3, "7": 4, "0": 4}
