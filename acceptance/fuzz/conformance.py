"""Schemathesis against a server that computes nothing: every phase, values that fit and values that do not.

    python acceptance/fuzz/conformance.py [--max-examples 100]

Needs schemathesis, which `nox -s fuzz` installs in an environment of its own. The engine is the scripted one
of `benchmarks/server`, so what is tested is the HTTP side with the demo checkpoint's tokenizer and limits.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "server"))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
)


def main() -> None:
    """Run it; exits as schemathesis does."""
    from load import scripted

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schemathesis", default="schemathesis", help="the program")
    parser.add_argument("--max-examples", default="100")
    options = parser.parse_args()
    with scripted("--step-ms", "0.1", "--tokens-a-step", "64") as port:
        done = subprocess.run(
            [options.schemathesis, "run", f"http://127.0.0.1:{port}/openapi.json"]
            + ["--max-examples", options.max_examples, "--mode", "all", "--seed", "1"]
            + ["--checks", ",".join(CHECKS), "--max-response-time", "1"],
            check=False,
        )
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
