"""The adapter in a real run of lm-evaluation-harness, on tasks of files in a folder; `nox -s harness`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lm_eval")

from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager

from llada_core.lm_eval import LLaDA
from llada_core.session import Session

pytestmark = pytest.mark.timeout(900)

CHOICE = """
task: sums
dataset_path: json
dataset_kwargs: {{data_files: {{test: {file}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{question}}}}"
doc_to_choice: choices
doc_to_target: answer
metric_list: [{{metric: acc}}]
"""
WRITTEN = """
task: written
dataset_path: json
dataset_kwargs: {{data_files: {{test: {file}}}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{sum}}}}"
generation_kwargs: {{until: ["\\n\\n"], max_gen_toks: 32}}
filter_list:
  - name: last-number
    filter:
      - {{function: regex, regex_pattern: "(-?[0-9]+)\\\\.?$"}}
      - {{function: take_first}}
metric_list: [{{metric: exact_match}}]
"""


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight sums, each with three wrong ones to choose from."""
    folder = tmp_path_factory.mktemp("tasks")
    lines = []
    for n in range(8):
        a, b = 3 + 8 * n, 41 - 4 * n
        choices = [f"{a} + {b} = {a + b + off}." for off in (7, -2, 0, 10)]
        line = {"question": f"What is {a} plus {b}?", "choices": choices, "answer": 2, "sum": str(a + b)}
        lines.append(line)
    (folder / "docs.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (folder / "sums.yaml").write_text(CHOICE.format(file=folder / "docs.jsonl"))
    (folder / "written.yaml").write_text(WRITTEN.format(file=folder / "docs.jsonl"))
    return folder


def evaluate(tasks: Path, name: str, **model_args: Any) -> dict[str, Any]:
    found = simple_evaluate(
        model=LLaDA("demo", **model_args),
        tasks=[name],
        task_manager=TaskManager(include_path=str(tasks), include_defaults=False),
        bootstrap_iters=0,
        log_samples=True,
    )
    assert found is not None
    return found


def test_multiple_choice(tasks: Path) -> None:
    """Chance is a quarter; the harness compares estimates of the answers' likelihoods."""
    found = evaluate(tasks, "sums", samples=8, chat=True)
    assert found["results"]["sums"]["acc,none"] >= 0.75
    sample = found["samples"]["sums"][0]
    session = Session.load("demo")
    prompt = session.tokenizer.chat([{"role": "user", "content": sample["doc"]["question"]}])
    answer = session.log_likelihood(prompt, sample["doc"]["choices"][0], samples=8)
    assert float(sample["resps"][0][0][0]) == pytest.approx(answer.total, rel=1e-4)


def test_written_answers(tasks: Path) -> None:
    found = evaluate(tasks, "written", chat=True, threshold=0.9)
    assert found["results"]["written"]["exact_match,last-number"] >= 0.75


def test_greedy_and_rolling() -> None:
    model = LLaDA("demo", samples=4, check_greedy=True)
    context = model.tok_encode("What is 3 times 4?\n")
    ask = model.session.reply(context, algorithm="basic", gen_length=4, block_length=4, ignore_eos=True)
    written, other = ask.tokens, [5, 6, 7, 8]
    found = model._loglikelihood_tokens([(("", ""), context, written), (("", ""), context, other)])
    assert [same for _, same in found] == [True, False]
    assert found[0][0] > found[1][0]

    class Rolling:
        args = ("a text that is longer " * 2,)

    (total,) = model.loglikelihood_rolling([Rolling()])
    assert total < 0
    assert math.isfinite(total)
