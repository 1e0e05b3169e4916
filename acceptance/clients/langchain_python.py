"""langchain-openai."""

import os

from langchain_openai import ChatOpenAI, OpenAI
from pydantic import BaseModel

place = {"base_url": os.environ["LLADA_URL"] + "/v1", "api_key": "none", "max_retries": 0}
chat = ChatOpenAI(model="demo", max_tokens=32, extra_body={"generation_algorithm": "dual_cache"}, **place)
question = "What is 17 plus 25?"

reply = chat.invoke(question)
assert "42" in reply.content
assert reply.usage_metadata["output_tokens"] > 0
assert reply.response_metadata["finish_reason"] == "stop"

chunks = list(chat.stream(question, stream_usage=True))
assert "42" in "".join(chunk.content for chunk in chunks)
assert any(chunk.usage_metadata for chunk in chunks)

replies = chat.batch([question, "What is 3 plus 4?"])
assert "42" in replies[0].content
assert "7" in replies[1].content
assert isinstance(OpenAI(model="demo", max_tokens=16, **place).invoke(question + "\n"), str)


class Sum(BaseModel):
    result: int
    exact: bool


assert isinstance(chat.with_structured_output(Sum, method="json_schema").invoke(question), Sum)
