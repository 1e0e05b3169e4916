"""guidellm: a load of synthetic prompts, with times to the first text and between pieces."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tokenizer import make_tokenizer

place = make_tokenizer(Path.cwd() / "tokenizer")
report = Path.cwd() / "report.json"
done = subprocess.run(
    [str(Path(sys.executable).parent / "guidellm"), "run"]
    + ["--backend", f"kind=openai_http,target={os.environ['LLADA_URL']},model=demo,api_key=none"]
    + ["--profile", "kind=concurrent,streams=4", "--constraint", "kind=max_requests,count=16"]
    + ["--tokenizer", f"kind=huggingface_auto,model={place}"]
    + ["--data", "kind=synthetic_text,prompt_tokens=32,output_tokens=16"]
    + ["--output", f"kind=json,path={report}", "--disable-progress"],
    env=os.environ | {"HF_HUB_OFFLINE": "1"},
    check=False,
)
assert done.returncode == 0
found = json.loads(report.read_text())["benchmarks"][0]
totals = found["metrics"]["request_totals"]
assert totals["successful"] == 16, totals
assert not totals["errored"], totals
