"""The command `llm`."""

import os
import subprocess
import sys
from pathlib import Path

folder = Path.cwd() / "llm"
folder.mkdir(exist_ok=True)
os.environ["LLM_USER_PATH"] = str(folder)
models = ""
for name, completion in (("llada", False), ("llada-text", True)):
    models += f"- model_id: {name}\n  model_name: demo\n  api_base: {os.environ['LLADA_URL']}/v1\n"
    models += f"  api_key_name: llada\n{'  completion: true' if completion else ''}\n"
(folder / "extra-openai-models.yaml").write_text(models)


def llm(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "llm", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


llm("keys", "set", "llada", "--value", "none")
question = "What is 17 plus 25?"
assert "42" in llm("-m", "llada", question, "-o", "max_tokens", "32")
whole = llm("-m", "llada", question, "-o", "max_tokens", "32", "--no-stream", "-u")
assert "42" in whole
assert "Token usage" in whole
assert llm("-m", "llada-text", question + "\n", "-o", "max_tokens", "16").strip()
