"""instructor: objects by JSON Schema, by JSON mode and from Markdown; tools are refused with a reason."""

import json
import os
from typing import Literal

import instructor
import openai
from pydantic import BaseModel, Field


class Sum(BaseModel):
    result: int = Field(ge=0, le=999)
    unit: Literal["apples", "pears"]


plain = openai.OpenAI(base_url=os.environ["LLADA_URL"] + "/v1", api_key="none", max_retries=0)
ask = {"model": "demo", "messages": [{"role": "user", "content": "What is 17 plus 25?"}], "max_tokens": 64}

client = instructor.from_openai(plain, mode=instructor.Mode.JSON_SCHEMA)
for algorithm in ("basic", "dual_cache"):
    found, reply = client.chat.completions.create_with_completion(
        response_model=Sum, max_retries=1, extra_body={"generation_algorithm": algorithm}, **ask
    )
    assert isinstance(found, Sum), found
    sent = Sum.model_validate_json(reply.choices[0].message.content)
    assert sent.model_dump() == found.model_dump(), reply
    assert reply.choices[0].finish_reason == "stop", reply
*_, found = client.chat.completions.create_partial(response_model=Sum, max_retries=1, **ask)
assert Sum.model_validate(found.model_dump()), found

client = instructor.from_openai(plain, mode=instructor.Mode.JSON)
sent = []
client.on("completion:response", lambda reply: sent.append(reply.choices[0].message.content))
try:
    client.chat.completions.create(response_model=Sum, max_retries=0, **ask | {"max_tokens": 128})
except Exception as error:  # any object may come, and so one with other fields
    assert "ValidationError" in repr(error) or "validation error" in str(error), error
(text,) = sent
assert isinstance(json.loads(text), dict), text

client = instructor.from_openai(plain, mode=instructor.Mode.TOOLS)
try:
    client.chat.completions.create(response_model=Sum, max_retries=1, **ask)
except Exception as error:
    assert "tools" in str(error), error
    assert "not supported here" in str(error), error
else:
    raise AssertionError("tools were taken")

client = instructor.from_openai(plain, mode=instructor.Mode.MD_JSON)
reply = client.chat.completions.create(response_model=None, **ask)
assert "42" in reply.choices[0].message.content
