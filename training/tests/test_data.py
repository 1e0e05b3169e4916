"""The generator: the same seed the same samples, answers that are right, nothing that is kept aside."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from random import Random

import pytest
from training.batches import batches, rows
from training.data import aside, open_lists, sample
from training.data.aside import SETS, is_held_out, is_kept_aside, letters
from training.data.sample import GROUPS, Sample, draw
from training.problems import template_problems, written_problems
from training.tokenizer import Codec

from llada_demo.scoring import final_answer

EQUATION = re.compile(r"\b(\d+(?: [-+x*/] -?\d+)+) = (-?\d+)\b")
SYMBOLS = re.compile(r"^[^\d(]*((?:\(\d+ ?\+ ?\d+\)|\d+)(?: ?[-+x*×/÷:] ?\d+)+)\D*$")


def samples(group: str, count: int, seed: int = 5) -> list[Sample]:
    rng = Random(seed)
    return [draw(rng, group) for _ in range(count)]


def test_the_same_seed_draws_the_same_samples() -> None:
    def record(seed: int) -> list[tuple[str, str, str]]:
        rng = Random(seed)
        return [(s.task, s.prompt, s.response) for s in (draw(rng) for _ in range(300))]

    assert record(3) == record(3)
    assert record(3) != record(4)


@pytest.mark.parametrize("group", GROUPS)
def test_every_response_is_right_by_its_own_matcher(group: str) -> None:
    for made in samples(group, 400):
        assert made.correct(made.response), made
        assert made.prompt == made.prompt.strip() != ""


def value(text: str) -> int:
    """A sum in symbols, worked out by Python."""
    plain = text.replace("x", "*").replace("×", "*").replace("÷", "/").replace(":", "/").replace("/", "//")
    return eval(plain)


@pytest.mark.parametrize("group", ["word", "arithmetic", "units"])
def test_worked_equations_hold(group: str) -> None:
    seen = 0
    for made in samples(group, 3000):
        for left, right in EQUATION.findall(made.response):
            seen += 1
            assert value(left) == int(right), made
    assert seen > 800


@pytest.mark.parametrize("group", ["word", "arithmetic"])
def test_the_answer_is_what_the_work_arrives_at(group: str) -> None:
    seen = 0
    for made in samples(group, 2000):
        answer = final_answer(made.response)
        found = EQUATION.findall(made.response)
        if "The answer is" in made.response and answer.lstrip("-").isdigit() and found:
            seen += 1
            assert answer == found[-1][1], made
    assert seen > 1000


def test_sums_in_symbols_have_their_value() -> None:
    seen = 0
    for made in samples("arithmetic", 4000):
        match = SYMBOLS.match(made.prompt)
        answer = final_answer(made.response)
        if (
            match
            and made.task in ("add", "subtract", "multiply", "divide", "chain")
            and answer.lstrip("-").isdigit()
        ):
            seen += 1
            assert value(match[1]) == int(answer), made
    assert seen > 500


def test_divisions_with_a_remainder() -> None:
    seen = 0
    for made in samples("arithmetic", 6000):
        found = re.fullmatch(r"(\d+) remainder (\d+)", final_answer(made.response))
        if found:
            numbers = [int(n) for n in re.findall(r"\d+", made.response)]
            divisor, dividend = numbers[1], numbers[3]
            assert divmod(dividend, divisor) == (int(found[1]), int(found[2])), made
            seen += 1
    assert seen > 20


def test_letters_are_worked_on_rightly() -> None:
    seen: Counter[str] = Counter()
    for made in samples("string", 5000):
        answer, low = final_answer(made.response), made.prompt.lower()
        if made.task in ("reverse", "sort_letters"):
            word = made.response.split(" becomes ")[0].replace(" ", "")
            expected = word[::-1] if made.task == "reverse" else "".join(sorted(word))
            assert answer == expected, made
            assert word in low, made
        elif made.task == "length":
            word = "".join(re.findall(r"([a-z]) \d", made.response.split(". ")[0]))
            assert word in low, made
            assert int(answer) == len(word), made
        elif made.task in ("count_letter", "vowels"):
            shown = made.response.split(". ")[0]
            word = "".join(piece[0] for piece in shown.split(", "))
            assert word in low, made
            counted = {piece[0] for piece in shown.split(", ") if len(piece) > 1}
            if made.task == "vowels":
                assert int(answer) == sum(word.count(c) for c in "aeiou"), made
            else:
                assert len(counted) <= 1
                assert int(answer) == sum(word.count(c) for c in counted), made
        elif made.task in ("upper", "lower"):
            assert answer.lower() in low.replace("  ", " "), made
            assert answer == (answer.upper() if made.task == "upper" else answer.lower())
        elif made.task == "sort_words":
            words = answer.split(", ")
            assert words == sorted(words), made
            assert all(re.search(rf"\b{word}\b", low) for word in words), made
        elif made.task == "sort_numbers":
            numbers = [int(n) for n in answer.split(", ")]
            assert sorted(numbers) in (numbers, numbers[::-1]), made
            assert sorted(int(n) for n in re.findall(r"\d+", made.prompt)) == sorted(numbers), made
        elif made.task == "largest":
            numbers = [int(n) for n in re.findall(r"\d+", made.prompt)]
            assert int(answer) in (max(numbers), min(numbers)), made
        seen[made.task] += 1
    assert all(count > 50 for count in seen.values())
    assert len(seen) >= 12


def test_json_answers_hold_what_the_prompt_says() -> None:
    for made in samples("json", 1500):
        if made.match != "json":
            continue
        found = json.loads(made.response)
        values = found if isinstance(found, list) else list(found.values())
        for entry in values:
            assert isinstance(entry, bool) or str(entry).lower() in made.prompt.lower(), made


def test_open_texts_are_never_cut_off() -> None:
    codec = Codec()
    for made in samples("open", 1500):
        assert len(codec.encode(made.response)) < made.gen_length, made


def test_lists_of_things_repeat_nothing() -> None:
    rng = Random(2)
    for _ in range(300):
        _, text, count, listed = open_lists.name_some(rng)
        things = re.split(r", | and ", text.split(": ")[1].removesuffix("."))
        assert len(set(things)) == count, text
        assert re.fullmatch(open_lists.some_pattern(count, listed), text), text
        repeated = text.replace(things[-1] + ".", things[0] + ".")
        assert not re.fullmatch(open_lists.some_pattern(count, listed), repeated), repeated


def test_training_and_held_out_prompts_are_apart() -> None:
    rng = Random(6)
    trained = {letters(draw(rng).prompt) for _ in range(6000)}
    held_out = {letters(draw(rng, held_out=True).prompt) for _ in range(300)}
    assert not trained & held_out
    assert not any(is_held_out(prompt) or is_kept_aside(prompt) for prompt in trained)
    assert all(is_held_out(prompt) for prompt in held_out)


def test_about_one_prompt_in_twenty_five_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "is_held_out", lambda _: False)
    rng = Random(8)
    share = sum(is_held_out(draw(rng).prompt) for _ in range(8000)) / 8000
    assert 0.03 < share < 0.05


def test_held_out_problems_are_never_in_a_batch() -> None:
    """Also not as an earlier turn of a conversation, and not as plain text."""
    codec = Codec()
    turns = 0
    for _, row in itertools.islice(rows(4, codec), 4000):
        text = codec.tokenizer.decode(row.ids[: row.start], skip_special_tokens=False)
        for message in re.findall(
            r"<\|start_header_id\|>user<\|end_header_id\|>\n\n(.*?)<\|eot_id\|>", text, re.S
        ):
            turns += 1
            assert not is_held_out(message), message
            assert not is_kept_aside(message), message
    assert turns > 3900
    assert all(is_held_out(str(p["prompt"])) for p in template_problems(dict.fromkeys(GROUPS, 5), 20))


def test_a_prompt_written_by_hand_is_never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if a template says the same in other case and punctuation."""
    written = [problem["prompt"] for file in SETS.glob("*.jsonl") for problem in written_problems(file.stem)]
    assert len(written) > 200
    other = "Tell me of a prompt that nobody keeps aside"
    said = iter([word for prompt in written for word in (str(prompt).upper() + "!", other)])
    monkeypatch.setattr(sample, "_draw", lambda rng, group: Sample(group, "task", next(said), "reply"))
    monkeypatch.setattr(sample, "rephrase", lambda rng, group, task, prompt: prompt)
    monkeypatch.setattr(sample, "is_held_out", lambda _: False)
    rng = Random(1)
    assert {draw(rng, "word").prompt for _ in written} == {other}


def test_written_prompts_differ_from_each_other() -> None:
    prompts = [
        (letters(str(p["prompt"])), p.get("hole_tokens"), p.get("prefix"))
        for file in SETS.glob("*.jsonl")
        for p in written_problems(file.stem)
    ]
    assert len(prompts) == len(set(prompts))
    assert {prompt for prompt, _, _ in prompts} == aside._WRITTEN


def test_batches_are_full_and_end_in_end_tokens() -> None:
    codec = Codec()
    for batch in itertools.islice(batches(1, codec, 3840), 8):
        count, width = batch.ids.shape
        assert count * width == 3840
        for ids, start, length in zip(batch.ids, batch.start, batch.length, strict=True):
            assert 0 < start < width
            assert (ids[start + length :] == codec.eos).all()
            assert codec.mask not in ids
