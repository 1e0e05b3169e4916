"""Real clients against a real server: each in an environment of its own.

    python acceptance/clients/run.py [NAME ...]

Makes an environment a client under `.nox/clients` (packages by pip or npm, versions as below), starts one
with the demo checkpoint, runs the client's script with its address, and prints what passed. With `--url URL`
it uses a server that runs already. Exits with 1 if a client failed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PLACE = ROOT / ".nox" / "clients"
sys.path.insert(0, str(ROOT))

CLIENTS = {
    "openai": ("openai==3.54.0",),
    "litellm": ("litellm==1.106.2",),
    "llm": ("llm==0.36",),
    "langchain": ("langchain-openai==1.7.3",),
    "instructor": ("instructor==1.17.0",),
    "lm_eval": ("lm-eval[api]==0.4.13", "transformers"),
    "guidellm": ("guidellm==0.8.1", "torch==2.13.0"),
    "aiperf": ("aiperf==0.13.0",),
    "openai_js": ("javascript",),
    "ai_sdk": ("javascript",),
    "promptfoo": ("promptfoo",),
}
"""What each one installs: packages from PyPI, or a folder with a package.json."""
TIMEOUT = 1800


def environment(name: str, needs: tuple[str, ...]) -> list[str]:
    """Make what the client runs in, unless it is there; the beginning of its command."""
    if (HERE / needs[0]).is_dir():
        return [node(needs[0]), str(PLACE / needs[0] / f"{name}.mjs")]
    place = PLACE / name
    python = place / "bin" / "python"
    stamp = place / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(needs):
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--no-compile", *needs], check=True)
        stamp.write_text(" ".join(needs))
    return [str(python), str(HERE / f"{name}_python.py")]


def node(folder: str) -> str:
    """Install the packages of a folder; the name of Node."""
    npm, program = shutil.which("npm"), shutil.which("node")
    if npm is None or program is None:
        raise RuntimeError("needs Node with npm")
    shutil.copytree(HERE / folder, PLACE / folder, dirs_exist_ok=True)
    subprocess.run([npm, "install", "--no-audit", "--no-fund", "--silent"], cwd=PLACE / folder, check=True)
    return program


@contextlib.contextmanager
def server(url: str | None) -> Iterator[str]:
    """A server's address."""
    if url is not None:
        yield url
        return
    from tests.serving import serving

    PLACE.mkdir(parents=True, exist_ok=True)
    with serving(PLACE / "server.log", "demo", "--max-rows", "8") as process:
        yield process.url


def run(name: str, url: str) -> str:
    """How one client did."""
    work = PLACE / "work" / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("LLADA_", "PYTHON", "OPENAI_"))
    }
    env |= {"LLADA_URL": url, "OPENAI_API_KEY": "none", "OMP_NUM_THREADS": "1", "HOME": str(work)}
    try:
        command = environment(name, CLIENTS[name])
        with (work / "log").open("w") as log:
            done = subprocess.run(
                command, cwd=work, env=env, stdout=log, stderr=subprocess.STDOUT, timeout=TIMEOUT, check=False
            )
    except (subprocess.SubprocessError, RuntimeError, OSError) as error:
        return f"failed: {error}"
    if done.returncode:
        tail = (work / "log").read_text(errors="replace").splitlines()[-15:]
        return "failed:\n    " + "\n    ".join(tail)
    return "passed"


def main() -> None:
    """Run the clients that were named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CLIENTS)}; default: all")
    parser.add_argument("--url")
    options = parser.parse_args()
    unknown = set(options.names) - set(CLIENTS)
    if unknown:
        parser.error(f"no client named {', '.join(sorted(unknown))}; there are {', '.join(CLIENTS)}")
    failed = 0
    with server(options.url) as url:
        for name in options.names or CLIENTS:
            begun = time.monotonic()
            found = run(name, url)
            failed += found != "passed"
            print(f"{name}: {found} ({time.monotonic() - begun:.0f} s)", flush=True)
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
