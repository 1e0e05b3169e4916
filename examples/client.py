"""Talk to a running server with OpenAI's client: python examples/client.py [URL]

Start one with `llada serve`. Needs `pip install openai`.
"""

from __future__ import annotations

import sys

from openai import OpenAI

QUESTION = "Tell me a short story about a fox."


def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/v1"
    client = OpenAI(base_url=url, api_key="none")
    model = client.models.list().data[0].id

    # What OpenAI's interface lacks goes into extra_body: the algorithm, and LLaDA's own parameters.
    for name in ("basic", "prefix_cache", "dual_cache"):
        reply = client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "What is 17 plus 25?"}],
            max_tokens=32,
            extra_body={"generation_algorithm": name, "steps": 16},
        )
        ran = reply.llada  # type: ignore[attr-defined]
        print(f"{ran['algorithm']} ({ran['nfe']} forwards): {reply.choices[0].message.content}")

    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": QUESTION}],
        max_tokens=128,
        temperature=0.7,
        seed=3,
        stream=True,
        extra_body={"generation_algorithm": "dual_cache", "threshold": 0.9, "block_length": 16},
    )
    for chunk in stream:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
