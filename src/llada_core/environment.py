"""What an availability check may know about the machine and the model. Importing this imports no torch."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from pathlib import Path

import msgspec
from packaging.requirements import Requirement

from .algorithm import Availability
from .facts import ModelFacts


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """The machine, and the loaded model if there is one."""

    model: ModelFacts | None = None
    """Facts of the loaded model; None: no model is loaded, answer for the machine alone."""

    @property
    def python(self) -> str:
        """Version of the interpreter, as `3.11.7`."""
        return platform.python_version()

    @property
    def devices(self) -> tuple[str, ...]:
        """Kinds of device that torch could use here, as `("cpu", "cuda")`, told without importing torch."""
        cuda = getattr(sys.modules.get("torch"), "cuda", None)
        if cuda is not None:
            usable = bool(cuda.is_available())
        else:
            usable = any(Path("/dev").glob("nvidia[0-9]*")) and "+cpu" not in (
                self.version("torch") or "+cpu"
            )
        return ("cpu", "cuda") if usable else ("cpu",)

    def version(self, distribution: str) -> str | None:
        """Version of an installed distribution, from its metadata, or None."""
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            return None

    def requires(self, *requirements: str, module: str | None = None) -> Availability:
        """Check installed distributions against requirements such as "scipy>=1.11".

        Args:
            requirements: as in a package's metadata; names and version bounds.
            module: an import name that must be found too. It is looked up, not imported.

        Raises:
            packaging.requirements.InvalidRequirement: a requirement that cannot be read.
        """
        for text in requirements:
            requirement = Requirement(text)
            found = self.version(requirement.name)
            if found is None:
                return _missing(f"needs {text}, which is not installed", text)
            if not requirement.specifier.contains(found, prereleases=True):
                return _missing(f"needs {text}, but {requirement.name} {found} is installed", text)
        if module is not None and not _importable(module):
            return _missing(f"needs the module {module}, which cannot be found", *(requirements or (module,)))
        return Availability(True)

    def _cuda_is_likely(self) -> bool:
        """Whether there is an NVIDIA device, and the installed torch is not the build for CPUs alone."""
        torch = self.version("torch")
        return torch is not None and "+cpu" not in torch and any(Path("/dev").glob("nvidia[0-9]*"))


def _missing(reason: str, *requirements: str) -> Availability:
    return Availability(False, reason, "pip install " + " ".join(f"'{text}'" for text in requirements))


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
