"""What `llada doctor` finds out about this installation."""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Callable
from functools import partial

import msgspec

from ..checkpoints import installed_models, read_config, resolve
from ..environment import Environment
from ..errors import LladaError
from ..kernels import missing_for_triton, triton_here
from ..plugins import PluginRecord
from ..plugins.record import one_line
from ..registry import AlgorithmInfo, GenerationRegistry
from .added_commands import added_commands, entry_distribution, why_broken

DISTRIBUTIONS = (
    *("llada-core", "llada-server", "llada-basic", "llada-prefix-cache", "llada-dual-cache", "llada-demo"),
    *("torch", "transformers", "tokenizers", "safetensors", "huggingface-hub", "msgspec", "pluggy"),
    *("litestar", "uvicorn"),
)


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a model can run on."""

    name: str
    description: str
    free: int
    total: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """An installed checkpoint or an added command, and what is wrong with it."""

    name: str
    source: str
    problem: str | None = None


class Checkup(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was looked at."""

    versions: dict[str, str | None]
    """Of Python, and of distributions; None: not installed."""
    torch: str | None
    """Why torch cannot be imported; None: it can."""
    devices: list[Device]
    triton: str | None
    """What Triton's kernels miss, where there is a GPU for them; None: nothing."""
    plugins: tuple[PluginRecord, ...]
    algorithms: list[AlgorithmInfo]
    checkpoints: list[Found]
    commands: list[Found]

    def problems(self) -> list[str]:
        """What is broken, a line each. An algorithm that cannot run here is none: others may."""
        lines = [] if self.torch is None else [f"torch cannot be imported: {self.torch}"]
        if self.triton is not None:
            lines.append(f"no kernel can run on the GPU: Triton misses {self.triton}")
        for record in self.plugins:
            if record.status in ("failed", "incompatible"):
                lines.append(f"plugin {record.name} ({record.title}) is {record.status}: {record.reason}")
        if not any(info.available for info in self.algorithms):
            lines.append("no generation algorithm is available; the built-in ones: pip install llada-server")
        for kind, found in (("checkpoint", self.checkpoints), ("command", self.commands)):
            for item in found:
                if item.problem is not None:
                    lines.append(f"{kind} {item.name} ({item.source}): {item.problem}")
        return lines


def check_up(registry: GenerationRegistry) -> Checkup:
    """Look at versions, devices, plugins, algorithms, checkpoints and commands. Imports torch."""
    environment = Environment()
    torch_problem = _problem(partial(importlib.import_module, "torch"))
    found = [] if torch_problem else devices()
    return Checkup(
        versions={
            "python": platform.python_version(),
            **{name: environment.version(name) for name in DISTRIBUTIONS},
        },
        torch=torch_problem,
        devices=found,
        triton=missing_for_triton() if len(found) > 1 and triton_here() else None,
        plugins=registry.records,
        algorithms=registry.describe(load=True),
        checkpoints=[
            Found(name=name, source=entry_distribution(entry), problem=_problem(partial(check, name)))
            for name, entry in sorted(installed_models().items())
        ],
        commands=[
            Found(name=name, source=entry_distribution(entry), problem=why_broken(entry))
            for name, entry in sorted(added_commands().items())
        ],
    )


def devices() -> list[Device]:
    """The CPU and every GPU that torch can use, with their memory."""
    import torch

    from ..engine.memory import free_memory, total_memory

    cpu = Device(
        name="cpu",
        description=f"{os.cpu_count()} cores, {torch.get_num_threads()} threads, {platform.machine()}",
        free=free_memory(torch.device("cpu")),
        total=total_memory(),
    )
    found = [cpu]
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        name = torch.cuda.get_device_name(index)
        found.append(Device(name=f"cuda:{index}", description=name, free=free, total=total))
    return found


def check(name: str) -> None:
    """Find an installed checkpoint and compare its headers with its configuration.

    Raises:
        CheckpointError: it is not complete.
    """
    from ..model.checkpoint import check_checkpoint, llada_config

    folder = resolve(name)
    check_checkpoint(folder, llada_config(folder, read_config(folder)))


def _problem(look: Callable[[], object]) -> str | None:
    """What `look` raises, in one line; None if nothing."""
    try:
        look()
    except (Exception, SystemExit) as error:
        return " ".join(str(error).split()) if isinstance(error, LladaError) else one_line(error)
    return None
