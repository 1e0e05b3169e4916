"""What the server writes, as the image and the manifest start it: nothing outside of their mounts."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import yaml

from llada_server.cli import serve

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / "deploy" / "kubernetes" / "single.yaml"
KEY = "a-key"
WATCH = """
import os, sys
_log = os.open(os.environ["WRITES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_flags = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_targets = {"os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1, "os.truncate": 0, "os.chmod": 0}

def _watch(event, arguments):
    if event == "open":
        path, _, flags = arguments
        path = path if flags & _flags else None
    else:
        path = arguments[_targets[event]] if event in _targets else None
    if isinstance(path, (str, bytes, os.PathLike)):
        os.write(_log, os.path.abspath(os.fsencode(path)) + b"\\n")

sys.addaudithook(_watch)
open(os.devnull, "w").close()
"""


def image_environment() -> dict[str, str]:
    """The ENV of the Containerfile, but for PATH."""
    text = (ROOT / "Containerfile").read_text().replace("\\\n", " ")
    (line,) = re.findall(r"^ENV (.*)$", text, re.MULTILINE)
    pairs = dict(word.split("=", 1) for word in shlex.split(line))
    del pairs["PATH"]
    return pairs


def test_everything_written_lies_under_a_mount(tmp_path: Path) -> None:
    documents = list(yaml.safe_load_all(MANIFEST.read_text()))
    (deployment,) = (each for each in documents if each["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    mounts = [each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")]
    given = image_environment() | {each["name"]: each["value"] for each in container["env"]}
    here = {mount: tmp_path / "mounts" / mount.strip("/") for mount in mounts}
    for folder in here.values():
        folder.mkdir(parents=True)
    environment = {name: str(here.get(value, value)) for name, value in given.items()}

    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    (tmp_path / "keys").write_text(KEY)
    environment |= {"TMPDIR": str(here["/tmp"]), "PYTHONPATH": str(tmp_path / "watch")}
    environment |= {"PATH": os.environ["PATH"], "WRITES": str(tmp_path / "writes"), "OMP_NUM_THREADS": "1"}
    arguments = ["demo", *container["args"][1:]]
    arguments[arguments.index("--api-key-file=/keys/keys")] = f"--api-key-file={tmp_path / 'keys'}"
    assert serve.make_context("serve", list(arguments)).params["port"] == 8000
    arguments += ["--port=0", "--host=127.0.0.1"]
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "llada_core.cli", "serve", *arguments],
        env=environment, cwd="/", stdout=log, stderr=log,
    )  # fmt: skip
    try:
        url = address(server, tmp_path / "log")
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            with urllib.request.urlopen(url + container[probe]["httpGet"]["path"], timeout=60) as answer:
                assert answer.status == 200
        body = {"messages": [{"role": "user", "content": "What is 17 plus 25?"}]}
        request = urllib.request.Request(
            f"{url}/v1/chat/completions",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            assert "42" in json.load(answer)["choices"][0]["message"]["content"]
        server.send_signal(signal.SIGTERM)
        assert server.wait(120) == 0
    finally:
        server.kill()
        server.wait()
        log.close()

    written = set((tmp_path / "writes").read_text().splitlines())
    assert os.devnull in written, "nothing is watched"
    allowed = (*here.values(), Path("/dev"), Path("/proc"))
    assert [path for path in sorted(written) if not any(map(Path(path).is_relative_to, allowed))] == []


def address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Where it listens, once it is ready."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        found = re.search(r"ready on (http://\S+)", log.read_text())
        if found:
            return found[1]
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())
