"""OpenAI's own client for Python."""

import os

import openai
from openai import OpenAI
from pydantic import BaseModel

client = OpenAI(base_url=os.environ["LLADA_URL"] + "/v1", api_key="none", max_retries=0)
ask = {"model": "demo", "messages": [{"role": "user", "content": "What is 17 plus 25?"}], "max_tokens": 32}

assert [model.id for model in client.models.list()] == ["demo"]
assert client.models.retrieve("demo").id == "demo"

reply = client.chat.completions.create(**ask, extra_body={"generation_algorithm": "basic"})
assert "42" in reply.choices[0].message.content
assert reply.choices[0].finish_reason == "stop"
assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
assert reply.llada["algorithm"] == "basic"
assert reply._request_id

pieces, usage = {0: "", 1: ""}, None
for chunk in client.chat.completions.create(**ask, n=2, stream=True, stream_options={"include_usage": True}):
    for choice in chunk.choices:
        pieces[choice.index] += choice.delta.content or ""
    usage = chunk.usage or usage
assert "42" in pieces[0]
assert pieces[0] == pieces[1]
assert usage.completion_tokens > 0

with client.chat.completions.stream(**ask) as stream:
    kinds = {event.type for event in stream}
    assert "42" in stream.get_final_completion().choices[0].message.content
assert {"chunk", "content.delta", "content.done"} <= kinds
try:
    with client.chat.completions.stream(**ask | {"max_tokens": 2}) as stream:
        stream.get_final_completion()
except openai.LengthFinishReasonError:
    pass
else:
    raise AssertionError("a reply that was cut counts as whole")

text = client.completions.create(model="demo", prompt=["What is 17 plus 25?\n"] * 2, max_tokens=8, echo=True)
assert len(text.choices) == 2
assert all(choice.text.startswith("What is 17 plus 25?\n") for choice in text.choices)
hole = client.completions.create(model="demo", prompt="What is 17 plus 25?\n", suffix="42.", max_tokens=8)
assert hole.choices[0].text is not None

for call, kind in (
    (lambda: client.chat.completions.create(**ask | {"model": "other"}), openai.NotFoundError),
    (lambda: client.chat.completions.create(**ask, temperature=3), openai.BadRequestError),
):
    try:
        call()
    except kind as error:
        assert error.code in ("model_not_found", "invalid_parameter"), error.code
        assert error.param in ("model", "temperature"), error.param
    else:
        raise AssertionError(f"no {kind.__name__}")


class Sum(BaseModel):
    result: int
    exact: bool


parsed = client.chat.completions.parse(**ask | {"max_tokens": 64}, response_format=Sum)
assert isinstance(parsed.choices[0].message.parsed, Sum), parsed
