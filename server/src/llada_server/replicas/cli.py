"""`llada deploy`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..cli import COUNT, SECONDS, serve
from ..options import ServeCommand, Setting

REPLICAS = "Replicas"
LISTENS = (
    "uds",
    "ssl_certfile",
    "ssl_keyfile",
    "http_server",
    "max_connections",
    "max_header_bytes",
    "header_timeout",
)
KEYS = ("api_keys", "admin_keys")
NOT_HERE = (*LISTENS, "otlp_traces_endpoint", "config", *KEYS)
"""Options of `llada serve` that mean nothing here: Ray Serve listens, keys come from variable or file."""


def _option(flag: str, **attributes: Any) -> Setting:
    attributes.setdefault("show_default", attributes.get("default") is not None)
    return Setting([flag], group=REPLICAS, **attributes)


OWN = [
    _option("--replicas", default=1, type=COUNT, help="Engines; with --max-replicas, those at the start."),
    _option("--min-replicas", default=1, type=COUNT, help="Fewest engines, with --max-replicas."),
    _option("--max-replicas", type=COUNT, help="Most engines: start and stop them as the queue asks for."),
    _option(
        "--target-requests",
        type=SECONDS,
        help="Open requests an engine that scaling aims at; default: --max-rows.",
    ),
    _option("--upscale-delay", default=10.0, type=SECONDS, help="Seconds before more engines are started."),
    _option("--downscale-delay", default=300.0, type=SECONDS, help="Seconds before some are stopped."),
    _option("--ingress-replicas", default=1, type=COUNT, help="HTTP servers in front of the engines."),
    _option("--num-gpus", default=0.0, type=click.FloatRange(0), help="GPUs of an engine."),
    _option("--num-cpus", default=1.0, type=click.FloatRange(0), help="CPUs of an engine."),
    _option("--ingress-cpus", default=0.5, type=click.FloatRange(0), help="CPUs of an HTTP server."),
    _option("--address", help="Ray cluster to deploy on; default: one is started on this machine."),
]


def deploy(address: str | None, **arguments: Any) -> None:
    """Serve MODEL with many engines, through Ray Serve, until Ctrl-C.

    The interface is that of llada serve. Without --address a Ray cluster is started on this machine, and ends
    with the command. With it, the command deploys onto a cluster that runs; the server stays when it ends.
    """
    try:
        from .run import run
    except ImportError as error:
        raise click.ClickException(f"deploy needs Ray: pip install 'llada-server[ray]' ({error})") from None
    given = {name: value for name, value in arguments.items() if value is not None}
    run({name: [*map(str, value)] if _are_paths(value) else value for name, value in given.items()}, address)


def _are_paths(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(each, Path) for each in value)


class DeployCommand(ServeCommand):
    """Takes the variables for keys, which HTTP replicas read themselves."""

    variables_only = KEYS


command = DeployCommand(
    name="deploy",
    callback=deploy,
    params=[*(param for param in serve.params if param.name not in NOT_HERE), *OWN],
    help=deploy.__doc__,
)
