"""What a deployment over replicas may be told, beside what a server may."""

from __future__ import annotations

from typing import Any

import msgspec

from llada_core.errors import LladaError

from ..settings import Settings


class Scaling(msgspec.Struct, frozen=True, kw_only=True):
    """How many replicas there are, and what each may use."""

    replicas: int = 1
    """Engines; with `max_replicas`, those at the start."""
    max_replicas: int | None = None
    """With it, Ray Serve starts and stops engines as their queues ask for, from `min_replicas` to this."""
    min_replicas: int = 1
    target_requests: float | None = None
    """Open requests an engine that scaling aims at; None: `max_rows`, what an engine runs at once."""
    upscale_delay: float = 10.0
    """Seconds that more engines have to be wanted before they are started."""
    downscale_delay: float = 300.0
    ingress_replicas: int = 1
    """HTTP servers in front of the engines."""
    num_gpus: float = 0.0
    """Of an engine."""
    num_cpus: float = 1.0
    """Of an engine; for Ray's bookkeeping."""
    ingress_cpus: float = 0.5

    @property
    def most(self) -> int:
        """Most engines that there can be."""
        return max(self.replicas, self.max_replicas or 0)


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is deployed."""

    settings: Settings
    scaling: Scaling
    plugin_files: tuple[str, ...] = ()
    required_plugins: tuple[str, ...] = ()
    api_key_file: str | None = None
    """Keys that requests must send; those in LLADA_API_KEYS of the HTTP replicas' environment count too."""
    admin_key_file: str | None = None
    """The same for operators, with LLADA_ADMIN_KEYS."""


class ArgumentError(LladaError):
    """An argument of the deployment is unknown or has a wrong value."""


def read_arguments(arguments: dict[str, Any]) -> Deployment:
    """A deployment from flat `arguments`, as they stand in a configuration of Ray Serve.

    Raises:
        ArgumentError: naming the argument.
    """
    parts: dict[str, dict[str, Any]] = {"settings": {}, "scaling": {}, "own": {}}
    for name, value in arguments.items():
        if name in Settings.__struct_fields__:
            parts["settings"][name] = value
        elif name in Scaling.__struct_fields__:
            parts["scaling"][name] = value
        elif name in Deployment.__struct_fields__:
            parts["own"][name] = value
        else:
            raise ArgumentError(f"{name!r} is no argument of a deployment")
    try:
        deployment = msgspec.convert(
            {"settings": parts["settings"], "scaling": parts["scaling"], **parts["own"]},
            Deployment,
            strict=False,
        )
    except msgspec.ValidationError as error:
        raise ArgumentError(str(error)) from None
    scaling = deployment.scaling
    if min(scaling.replicas, scaling.min_replicas, scaling.ingress_replicas) < 1:
        raise ArgumentError("replicas, min_replicas and ingress_replicas: at least 1")
    if (
        scaling.max_replicas is not None
        and not scaling.min_replicas <= scaling.replicas <= scaling.max_replicas
    ):
        raise ArgumentError("replicas: between min_replicas and max_replicas")
    if 0 < scaling.num_gpus < deployment.settings.tensor_parallel:
        raise ArgumentError("num_gpus: at least tensor_parallel, for each engine")
    return deployment
