"""`llada generate`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from llada_core.engine.request import Request
from llada_core.session import Session
from llada_core.tokenizer import Tokenizer

from .run_command import run, run_json

UseSession = Callable[..., Session]


def test_one_prompt_prints_its_reply(use_session: UseSession) -> None:
    use_session("hello there")
    assert run("generate", "Hi").stdout == "hello there\n"


def test_several_prompts_print_each_with_its_reply(use_session: UseSession, tokenizer: Tokenizer) -> None:
    def script(request: Request) -> str:
        return "first" if "one" in tokenizer.decode(request.prompt) else "second"

    session = use_session(script)
    assert run("generate", "one", "two").stdout == "one\nfirst\n\ntwo\nsecond\n\n"
    assert len(session.engine.added) == 2


def test_without_a_prompt_standard_input_is_one(use_session: UseSession, tokenizer: Tokenizer) -> None:
    session = use_session("fine")
    result = run("generate", input="How are\nyou?")
    assert result.stdout == "fine\n"
    assert "How are\nyou?" in tokenizer.decode(session.engine.added[0].prompt)


def test_options_reach_the_request(use_session: UseSession, tokenizer: Tokenizer) -> None:
    session = use_session()
    arguments = (
        "-a prefix --steps 8 --gen-length 40 --block-length 16 --temperature 0.5 --top-k 3 --top-p 0.9 "
        "--cfg-scale 0.5 --remasking random --threshold 0.7 --factor 2 --unmasking threshold --seed 9 "
        "--ignore-eos --prefix A --suffix B --system C"
    )
    assert run("generate", "Hi", *arguments.split()).exit_code == 0
    request = session.engine.added[0]
    params = request.params
    assert request.algorithm == "prefix_cache"
    assert (params.steps, params.gen_length, params.block_length) == (8, 48, 16)
    assert (params.temperature, params.top_k, params.top_p, params.cfg_scale) == (0.5, 3, 0.9, 0.5)
    assert (params.remasking, params.threshold, params.factor) == ("random", 0.7, 2.0)
    assert (params.unmasking, params.seed, params.ignore_eos) == ("threshold", 9, True)
    assert tokenizer.decode(request.suffix) == "B"
    assert tokenizer.decode(request.prompt).endswith("A")
    assert "C" in tokenizer.decode(request.prompt)


def test_json_has_the_reply_and_what_ran(use_session: UseSession) -> None:
    use_session(lambda request: ValueError("at step 3") if request.params.seed == 1 else "hello")
    (reply,) = run_json("generate", "Hi", "--gen-length", "40", "--threshold", "0.5")
    assert (reply["prompt"], reply["text"], reply["finish_reason"]) == ("Hi", "hello", "stop")
    assert (reply["algorithm"], reply["nfe"]) == ("dual_cache", 2)
    assert (reply["parameters"]["gen_length"], reply["parameters"]["unmasking"]) == (64, "threshold")
    result = run("generate", "Hi", "--seed", "1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["error"] == {"code": "nan_logits", "message": "at step 3"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--steps", "0"], 2, "Error: steps: expected `int` >= 1 (got 0)"),
        (["-a", "dual_cach"], 2, "did you mean 'dual_cache'"),
        (["--unmasking", "thresholdd"], 2, "did you mean 'threshold'"),
        (["-o", "patience=3"], 2, "Error: patience: no parameter of dual_cache"),
        (
            ["-o", "gamma=3"],
            2,
            "Error: gamma: a parameter of the unmasking rule 'eb', which this request does",
        ),
        (["-a", "threshold"], 2, "'threshold' is an unmasking rule"),
        (["--gen-length", "2000"], 2, "context is 1024"),
        (["--raw", "--system", "x"], 2, "--raw leaves out"),
    ],
)
def test_wrong_input_is_one_line(
    use_session: UseSession, arguments: list[str], code: int, message: str
) -> None:
    use_session()
    result = run("generate", "Hi", *arguments)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_request_that_the_engine_gives_up_is_one_line(use_session: UseSession) -> None:
    use_session(ValueError("logits of step 3 are not finite"))
    result = run("generate", "Hi")
    assert result.exit_code == 1
    assert result.stderr == "Error: logits of step 3 are not finite\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-m", "no-such-model"], 1, "no model 'no-such-model'"),
        (["--device", "tpu"], 2, "expected cpu, cuda or cuda:N"),
        (["--dtype", "int8"], 2, "float32, bfloat16 or float16"),
        (["--plugin", "no_such_file.py"], 1, "no_such_file.py"),
        (["--revision", "main"], 1, "means a version on the hub"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_one_line(arguments: list[str], code: int, message: str) -> None:
    result = run("generate", "Hi", *arguments)
    assert result.exit_code == code
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
    assert message in result.output
