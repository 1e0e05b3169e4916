"""Known vulnerabilities of what is installed: pip-audit's findings, and what it could not look up.

    python acceptance/soak/audit.py PIP_AUDIT SITE_PACKAGES

Exits with 1 if there is one, or if a package was not looked up, but for this repository's own and builds
that no index has, such as torch for the CPU: then nothing is known, which is not the same as nothing found.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

OWN = "llada-"


def problems(report: dict[str, Any]) -> list[str]:
    """A line for each vulnerability, and for each package of which nothing is known."""
    found = []
    for each in report["dependencies"]:
        name, skipped = each["name"], each.get("skip_reason")
        if skipped is None:
            found += [f"{name} {each['version']}: {flaw['id']}" for flaw in each["vulns"]]
        elif not name.startswith(OWN) and "+" not in skipped:
            found.append(skipped)
    return found


def main(program: str, path: str) -> None:
    """Run it and print."""
    done = subprocess.run([program, "--format", "json", "--path", path], capture_output=True, text=True)
    if not done.stdout.startswith("{"):
        raise SystemExit(done.stderr.strip()[-2000:])
    report = json.loads(done.stdout)
    found = problems(report)
    print("\n".join(found) or f"{len(report['dependencies'])} packages, no known vulnerability")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
