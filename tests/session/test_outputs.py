"""What a session tells of a reply beside its text, and likelihoods; on the demo checkpoint."""

from __future__ import annotations

import pytest

from llada_core.errors import ParameterError
from llada_core.session import Session

QUESTION = "What is 17 plus 25?"
FAST = {"threshold": 0.9, "max_tokens": 32}


@pytest.fixture(scope="module")
def session() -> Session:
    return Session.load("demo", device="cpu")


def test_log_probabilities_and_trace(session: Session) -> None:
    plain = session.reply(QUESTION, **FAST)
    assert (plain.logprobs, plain.commit_steps, plain.trajectory) == (None, None, None)
    reply = session.reply(QUESTION, **FAST, logprobs=2, trace="trajectory")
    assert reply.text == plain.text
    assert reply.logprobs is not None
    assert len(reply.logprobs) == len(reply.tokens) == len(reply.commit_steps or ())
    for token, entry in zip(reply.tokens, reply.logprobs, strict=True):
        assert entry is not None
        assert entry.logprob <= 0
        assert [value for _, value in entry.top] == sorted((v for _, v in entry.top), reverse=True)
        assert entry.top[0] == (token, entry.logprob)  # at temperature 0 the likeliest is drawn
    held: dict[int, int] = {}
    for change in reply.trajectory or ():
        held[change.position] = change.token
    assert [held[n] for n in range(len(reply.tokens))] == reply.tokens
    assert max(step or 0 for step in reply.commit_steps or ()) <= reply.nfe
    only = session.reply(QUESTION, **FAST, trace="steps")
    assert only.commit_steps == reply.commit_steps
    assert only.trajectory is None


def test_events_have_no_previews_that_nobody_asked_for(session: Session) -> None:
    stream = session.stream(QUESTION, **FAST, trace="steps")
    assert {type(event).__name__ for event in stream.events()} == {"Commit", "Finished"}


def test_ends_of_the_text(session: Session) -> None:
    whole = session.reply(QUESTION, **FAST)
    stopped = session.reply(QUESTION, **FAST, stop=["="])
    assert stopped.text == whole.text.partition("=")[0]
    assert stopped.finish_reason == "stop"
    (point,) = session.tokenizer.encode(".")
    at = whole.tokens.index(point)
    assert session.reply(QUESTION, **FAST, stop_token_ids=[point]).tokens == whole.tokens[:at]


def test_bad_words(session: Session) -> None:
    word = session.reply(QUESTION, **FAST).text.split()[-2]
    reply = session.reply(QUESTION, **FAST, bad_words=[word])
    assert word not in reply.text.split()
    assert reply.parameters["bad_words_ids"]
    with pytest.raises(ParameterError, match=r"bad_words\[0\]"):
        session.reply(QUESTION, bad_words=[" "])


def test_likelihoods(session: Session) -> None:
    prompt = session.tokenizer.chat([{"role": "user", "content": QUESTION}])
    pairs = [(prompt, f"17 + 25 = {n}.") for n in (42, 43, 52)]
    right, *wrong = session.log_likelihoods(pairs, samples=8, seed=2)
    assert all(right.total > other.total for other in wrong)
    alone = session.log_likelihood(*pairs[1], samples=8, seed=2)
    assert alone.logprobs == pytest.approx(wrong[0].logprobs, rel=1e-4)
    assert alone.total == pytest.approx(sum(alone.logprobs))
    assert not session.engine.has_work()
    with pytest.raises(ParameterError, match="none to estimate"):
        session.log_likelihoods([pairs[0], ("a", "")], samples=2)
    assert not session.engine.has_work()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"logprob": 2}, "did you mean logprobs"),
        ({"logprobs": 21}, "<= 20"),
        ({"trace": "all"}, "'steps' or 'trajectory'"),
        ({"bad_word": ["x"]}, "did you mean bad_words"),
        ({"min_tokens": 1000}, "more than the"),
    ],
)
def test_wrong_values_are_named(session: Session, params: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        session.reply(QUESTION, **params)
