"""litellm, as its providers `openai` and `hosted_vllm` reach a server of one's own."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

litellm.telemetry = False
place = {"api_base": os.environ["LLADA_URL"] + "/v1", "api_key": "none"}
messages = [{"role": "user", "content": "What is 17 plus 25?"}]

for provider in ("openai", "hosted_vllm"):
    model = f"{provider}/demo"
    reply = litellm.completion(model=model, messages=messages, max_tokens=32, **place)
    assert "42" in reply.choices[0].message.content
    assert reply.usage.completion_tokens > 0
    stream = litellm.completion(
        model=model,
        messages=messages,
        max_tokens=32,
        stream=True,
        stream_options={"include_usage": True},
        **place,
    )
    assert "42" in "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)

text = litellm.text_completion(
    model="text-completion-openai/demo", prompt="What is 17 plus 25?\n", max_tokens=16, **place
)
assert isinstance(text.choices[0].text, str)
try:
    litellm.completion(model="openai/other", messages=messages, **place)
except litellm.NotFoundError:
    pass
else:
    raise AssertionError("no NotFoundError")
