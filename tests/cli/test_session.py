"""Sessions: what text a request becomes, how streams advance, what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llada_core.engine.events import Commit, Finished, Preview
from llada_core.errors import ContextLengthError, GenerationError, ParameterError, UnknownNameError
from llada_core.facts import ModelFacts
from llada_core.session import Ask, Session
from llada_core.tokenizer import Tokenizer

MakeSession = Callable[..., Session]
LONG = "one two three four five six seven eight nine ten " * 5


def test_text_ends_at_the_first_end_token(make_session: MakeSession, tokenizer: Tokenizer) -> None:
    reply = make_session("hello there").reply("Hi", max_tokens=64)
    assert (reply.text, reply.finish_reason) == ("hello there", "stop")
    assert reply.tokens == tokenizer.encode("hello there")
    assert reply.algorithm == "dual_cache"


def test_text_ends_at_max_tokens_although_the_canvas_is_longer(
    make_session: MakeSession, tokenizer: Tokenizer
) -> None:
    session = make_session(LONG)
    reply = session.reply("Hi", max_tokens=40)
    assert session.engine.added[0].params.gen_length == 64
    assert reply.finish_reason == "length"
    assert reply.tokens == tokenizer.encode(LONG)[:40]
    assert reply.text == tokenizer.decode(reply.tokens)


def test_an_end_token_right_behind_the_limit_is_no_stop(
    make_session: MakeSession, tokenizer: Tokenizer
) -> None:
    count = len(tokenizer.encode("hello there"))
    assert make_session("hello there").reply("Hi", max_tokens=count).finish_reason == "length"
    assert make_session("hello there").reply("Hi", max_tokens=count + 1).finish_reason == "stop"


def test_end_tokens_inside_a_hole_are_padding(
    make_session: MakeSession, tokenizer: Tokenizer, facts: ModelFacts
) -> None:
    words = [tokenizer.encode(word) for word in ("17", " + ", "25")]
    filled = [*words[0], facts.end_ids[0], *words[1], *words[2]]
    session = make_session(filled)
    reply = session.reply("What is 17 plus 25?", prefix="It is ", suffix=" = 42.", max_tokens=12)
    request = session.engine.added[0]
    assert reply.text == "17 + 25"
    assert list(request.suffix) == tokenizer.encode(" = 42.")
    assert list(request.prompt[-len(tokenizer.encode("It is ")) :]) == tokenizer.encode("It is ")


def test_a_stream_gives_the_text_of_the_reply_in_pieces(make_session: MakeSession) -> None:
    stream = make_session(LONG).stream("Hi", max_tokens=96, block_length=16)
    pieces = list(stream)
    assert len(pieces) > 2
    assert "".join(pieces) == stream.text == stream.reply.text


def test_characters_cut_by_a_block_border_come_whole(make_session: MakeSession) -> None:
    text = "déjà vu, naïve, 😀😀😀 and more"
    stream = make_session(text).stream("Hi", max_tokens=64, block_length=3)
    pieces = list(stream)
    assert "".join(pieces) == text
    assert not any("\ufffd" in piece for piece in pieces)


def test_events_show_the_canvas_only_on_request(make_session: MakeSession) -> None:
    session = make_session("hello")
    kinds = {
        preview: [
            type(event)
            for event in session.open(Ask("Hi", params={"max_tokens": 32}), preview=preview).events()
        ]
        for preview in (True, False)
    }
    assert kinds == {True: [Preview, Commit, Finished], False: [Commit, Finished]}


def test_leaving_a_stream_early_cancels_its_request(make_session: MakeSession) -> None:
    session = make_session(LONG)
    stream = session.stream("Hi", max_tokens=96)
    for _ in stream:
        break
    with pytest.raises(GenerationError, match="cancelled"):
        _ = stream.reply
    assert session.engine.cancelled == [stream.request.id]
    assert not session.engine.has_work()


def test_a_reply_that_is_not_complete_says_so(make_session: MakeSession) -> None:
    with pytest.raises(GenerationError, match="read the stream to its end"):
        _ = make_session().stream("Hi").reply


def test_calls_may_interleave(make_session: MakeSession) -> None:
    session = make_session(lambda request: "short" if request.params.gen_length == 32 else LONG)
    stream = session.stream("Hi", max_tokens=96)
    text = iter(stream)
    first = next(text)
    assert session.reply("Hi", max_tokens=32).text == "short"
    assert first + "".join(text) == stream.reply.text


def test_replies_keep_the_order_of_the_asks(make_session: MakeSession) -> None:
    session = make_session(lambda request: str(request.params.seed))
    asks = [
        Ask("Hi", params={"seed": seed, "max_tokens": length}) for seed, length in ((5, 96), (6, 32), (7, 64))
    ]
    assert [reply.text for reply in session.replies(asks)] == ["5", "6", "7"]
    assert [index for index, _ in session.as_completed(asks)] == [1, 2, 0]


def test_one_failure_leaves_the_others_alone(make_session: MakeSession) -> None:
    session = make_session(lambda request: ValueError("step 3") if request.params.seed else "fine")
    asks = [Ask("Hi"), Ask("Hi", params={"seed": 1}), Ask("Hi")]
    outcomes = dict(session.as_completed(asks))
    failure = outcomes[1]
    assert isinstance(failure, GenerationError)
    assert (failure.code, str(failure)) == ("nan_logits", "step 3")
    assert outcomes[0].text == outcomes[2].text == "fine"
    with pytest.raises(GenerationError, match="step 3"):
        session.replies(asks)
    assert not session.engine.has_work()


def test_asks_that_cannot_run_stop_the_others_before_they_start(make_session: MakeSession) -> None:
    session = make_session()
    with pytest.raises(ParameterError, match="steps"):
        session.replies([Ask("Hi"), Ask("Hi", params={"steps": 0})])
    assert not session.engine.has_work()


@pytest.mark.parametrize(
    ("params", "field", "message"),
    [
        ({"max_tokens": 0}, "max_tokens", ">= 1"),
        ({"gen_length": 0}, "gen_length", ">= 1"),
        ({"max_tokens": 8, "gen_length": 9}, "max_tokens", "contradicts gen_length 9"),
        ({"stepz": 4}, "stepz", "did you mean steps?"),
        ({"remasking": "best"}, "remasking", "low_confidence"),
        ({"wholly_else": 1}, "wholly_else", "there are steps, gen_length"),
    ],
)
def test_wrong_parameters_name_their_field(
    make_session: MakeSession, params: dict[str, object], field: str, message: str
) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        make_session().reply("Hi", **params)
    assert caught.value.field == field


def test_what_can_never_run_is_refused(make_session: MakeSession) -> None:
    session = make_session()
    with pytest.raises(UnknownNameError, match="dual_cache"):
        session.reply("Hi", algorithm="dual_cach")
    with pytest.raises(ContextLengthError, match="1024"):
        session.reply("Hi", max_tokens=1024)
    with pytest.raises(ParameterError, match="at least one message"):
        session.reply([])
    with pytest.raises(ParameterError, match="raw takes plain text"):
        session.reply([{"role": "user", "content": "Hi"}], raw=True)


def test_remasking_may_be_a_boolean_as_in_older_scripts(make_session: MakeSession) -> None:
    assert make_session().reply("Hi", remasking=False).parameters["remasking"] == "random"


def test_raw_prompts_have_no_chat_layout(make_session: MakeSession, tokenizer: Tokenizer) -> None:
    session = make_session()
    session.reply("Once upon a time", raw=True)
    assert list(session.engine.added[0].prompt) == tokenizer.encode("Once upon a time")


def test_an_engine_that_loses_a_request_is_an_error_and_no_endless_loop(make_session: MakeSession) -> None:
    session = make_session(LONG)
    stream = session.stream("Hi", max_tokens=96)
    session.engine._at.clear()
    with pytest.raises(RuntimeError, match="lost session-1"):
        list(stream)
