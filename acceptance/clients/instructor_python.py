"""instructor: what it asks for in tools is refused with a reason; plain calls through it work."""

import os

import instructor
import openai
from pydantic import BaseModel


class Sum(BaseModel):
    result: int


plain = openai.OpenAI(base_url=os.environ["LLADA_URL"] + "/v1", api_key="none", max_retries=0)
ask = {"model": "demo", "messages": [{"role": "user", "content": "What is 17 plus 25?"}], "max_tokens": 32}

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
try:
    client.chat.completions.create(response_model=Sum, max_retries=1, **ask)
except Exception as error:  # the small demo model writes no JSON; what comes back is whole, and said to be
    assert "IncompleteOutput" not in type(error).__name__, error
