"""lm-evaluation-harness: chats and completions on a task of its own, and token counts from the server."""

import json
import os
import subprocess
import sys
from pathlib import Path

url = os.environ["LLADA_URL"]
os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
here = Path.cwd()
sums = [(17, 25), (3, 4), (12, 30), (9, 5)]
with (here / "data.jsonl").open("w") as data:
    for a, b in sums:
        data.write(json.dumps({"question": f"What is {a} plus {b}?", "answer": str(a + b)}) + "\n")
(here / "sums.yaml").write_text(f"""
task: sums
dataset_path: json
dataset_kwargs:
  data_files: {{test: {here / "data.jsonl"}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: ["\\n\\n"], max_gen_toks: 32}}
filter_list:
  - name: last
    filter:
      - {{function: regex, regex_pattern: "(\\\\d+)\\\\D*$"}}
      - {{function: take_first}}
metric_list:
  - {{metric: exact_match}}
""")


def lm_eval(model: str, arguments: str, *more: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "lm_eval", "run", "--model", model, "--model_args", arguments]
        + ["--include_path", str(here), "--tasks", "sums", "--output_path", str(here / model), *more],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (result,) = sorted((here / model).rglob("results_*.json"))[-1:]
    return json.loads(result.read_text())["results"]["sums"]["exact_match,last"]


chat = lm_eval(
    "local-chat-completions",
    f"model=demo,base_url={url}/v1/chat/completions,num_concurrent=2,tokenized_requests=False",
    "--apply_chat_template",
)
assert chat >= 0.5, chat
lm_eval(
    "local-completions",
    f"model=demo,base_url={url}/v1/completions,tokenized_requests=False,tokenizer_backend=None",
)
lm_eval(
    "local-completions",
    f"model=demo,base_url={url}/v1/completions,tokenized_requests=False,tokenizer_backend=remote",
)
