"""What crosses between the server and the engine's process arrives as it was sent."""

from __future__ import annotations

import msgspec
import pytest

from llada_core.algorithm import Availability
from llada_core.engine.events import Change, Commit, Event, Failed, Finished, Preview, Scored, TokenLogprob
from llada_core.engine.likelihood_request import LikelihoodRequest
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.errors import (
    ContextLengthError,
    LladaError,
    ParameterError,
    UnavailableError,
    UnknownNameError,
)
from llada_core.logit_control import LogitControl
from llada_core.params import SamplingParams
from llada_server import engine_messages as messages
from llada_server.engine_client import EngineInfo, NotTakenError
from llada_server.engine_messages import FromEngine, Refusal, ToEngine
from llada_server.settings import Settings

STATS = EngineStats(max_rows=4, waiting_by_algorithm={"basic": 3}, tokens=2**40)
CONTROL = LogitControl(
    logit_bias={5: 1.5},
    allowed_token_ids=(5, 6),
    bad_words_ids=((5,), (6, 7)),
    min_tokens=2,
    stop_token_ids=(9,),
)
REQUEST = Request(
    id="r",
    prompt=(1, 2, 126_000),
    suffix=(3,),
    algorithm="dual_cache",
    params=SamplingParams(steps=4, gen_length=8, threshold=0.1, seed=-(2**63)),
    preview=True,
)
EVENTS: list[Event] = [
    Commit("r", 3, [1, 2]),
    Preview("r", [Change(0, 5, 0.25, 1, "preview"), Change(1, 6, None, 2, "remask")]),
    Finished(request_id="r", tokens=[1], reason="stop", nfe=3, forwards_per_block=[2, 1], prompt_tokens=9),
    Commit("r", 0, [1, 2], [TokenLogprob(-0.5, [(1, -0.5), (7, -1.25)]), None]),
    Scored(request_id="r", logprobs=[-0.5, -1.0], error=0.25, forwards=3),
    Failed(request_id="r", code="nan_logits", message="step 3: é", field=None),
]
TO_ENGINE: list[ToEngine] = [
    messages.Start("/models/x", Settings(port=1, served_model_names=("a",)), ["x.py"], ["", "/usr/lib"]),
    messages.Submit(REQUEST),
    messages.Submit(msgspec.structs.replace(REQUEST, logprobs=3, control=CONTROL)),
    messages.Submit(LikelihoodRequest(id="r", tokens=(1, 2, 3), start=1, samples=4, seed=-5)),
    messages.Cancel("r"),
    messages.Close(),
]
FROM_ENGINE: list[FromEngine] = [
    messages.Ready(EngineInfo(device="cpu", dtype="float32"), STATS, {"basic": Availability(False, "no")}),
    messages.NotLoaded("config.json: no d_model"),
    messages.Taken("r"),
    messages.Taken(
        "r", Refusal("ContextLengthError", "context_length_exceeded", "max_tokens: x", "max_tokens")
    ),
    messages.Started("r"),
    *(messages.Step([event], STATS) for event in EVENTS),
    messages.Beat(7, True, 0.5, STATS),
    messages.Crashed("RuntimeError"),
]


def payload(frame: bytes) -> bytes:
    assert int.from_bytes(frame[:4], "big") == len(frame) - 4
    return frame[4:]


@pytest.mark.parametrize("message", TO_ENGINE, ids=repr)
def test_to_the_engine(message: ToEngine) -> None:
    assert messages.read_to_engine(payload(messages.frame(message))) == message


@pytest.mark.parametrize("message", FROM_ENGINE, ids=repr)
def test_from_the_engine(message: FromEngine) -> None:
    assert messages.read_from_engine(payload(messages.frame(message))) == message


def test_every_event_is_tried() -> None:
    assert {type(event) for event in EVENTS} == set(Event.__args__)


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x81\xa4type\xa6System", b"\x01"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        messages.read_to_engine(data)


@pytest.mark.parametrize(
    "error",
    [
        ContextLengthError("max_tokens", "too long"),
        ParameterError("id", "a request 'r' is running already"),
        UnknownNameError("no algorithm named 'x'"),
        UnavailableError("algorithm 'x' is not available"),
    ],
)
def test_refusal_is_the_same_error(error: LladaError) -> None:
    again = Refusal.of(error).error()
    assert type(again) is type(error)
    assert (str(again), again.code, again.field) == (str(error), error.code, error.field)
    assert vars(again).items() >= vars(error).items()


def test_refusal_of_another_class_keeps_its_code() -> None:
    again = Refusal.of(NotTakenError("algorithm_error", "failed")).error()
    assert (str(again), again.code, again.field) == ("failed", "algorithm_error", None)
