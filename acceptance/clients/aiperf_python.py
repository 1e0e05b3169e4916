"""aiperf: a streamed load, its metrics, and the server's own token counts."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tokenizer import make_tokenizer

place = make_tokenizer(Path.cwd() / "tokenizer")
out = Path.cwd() / "out"
done = subprocess.run(
    [str(Path(sys.executable).parent / "aiperf"), "profile", "-m", "demo", "-u", os.environ["LLADA_URL"]]
    + ["--endpoint-type", "chat", "--streaming", "--api-key", "none", "--tokenizer", str(place)]
    + ["--concurrency", "4", "--request-count", "16", "--isl", "32", "--osl", "16"]
    + ["--use-server-token-count", "--ui", "simple", "--artifact-dir", str(out)],
    check=False,
)
assert done.returncode == 0
(report,) = out.rglob("profile_export_aiperf.json")
found = json.loads(report.read_text())
assert found["request_count"]["avg"] == 16, found["request_count"]
assert "error_request_count" not in found or not found["error_request_count"]["avg"]
assert found["time_to_first_token"]["avg"] > 0
