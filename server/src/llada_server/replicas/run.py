"""Deploying from a terminal: start, wait for a signal, drain, stop."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import threading
from typing import Any

import click
import ray
from ray import serve

from llada_core.errors import LladaError

from ..listening import EXPOSED
from ..logs import configure_logging
from ..options import variable
from .application import INGRESS, build
from .options import Deployment, read_arguments

log = logging.getLogger("llada_server")

NAME = "llada"
"""Of the application."""
STORE = 128 * 2**20
"""Bytes of a local cluster's object store, which carries next to nothing: events go in the calls."""


def run(arguments: dict[str, Any], address: str | None) -> None:
    """Deploy; on a cluster of our own, serve until a signal and end it.

    Raises:
        click.ClickException: it cannot be deployed.
    """
    try:
        deployment = read_arguments(arguments)
    except LladaError as error:
        raise click.ClickException(str(error)) from None
    settings = deployment.settings
    configure_logging(settings.log_level, settings.log_format)
    url = f"http://{settings.host}:{settings.port}"
    if (
        deployment.api_key_file is None
        and variable("api_keys") not in os.environ
        and not _is_loopback(settings.host)
    ):
        log.warning(EXPOSED, url)
    _connect(deployment, address)
    serve.start(http_options={"host": settings.host, "port": settings.port})
    try:
        serve.run(build(deployment), name=NAME, route_prefix="/")
    except RuntimeError as error:
        raise click.ClickException(f"cannot deploy {settings.model}: {error}") from None
    log.info("ready on %s with %d engines", url, deployment.scaling.replicas)
    if address is not None:
        return
    wait_for_signal()
    drain(settings.drain_timeout)
    serve.shutdown()
    ray.shutdown()


def wait_for_signal() -> None:
    """Return at SIGINT or SIGTERM. Ray takes both for itself as it connects; from here on they are ours."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()


def drain(patience: float) -> None:
    """Have every HTTP replica refuse new requests and finish those that are open."""
    handle = serve.get_deployment_handle(INGRESS, NAME)
    log.info("stopping; open requests get %g s", patience)
    left = handle.broadcast("drain").results(timeout_s=patience + 5)
    if any(left):
        log.warning("%d requests did not finish", sum(left))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connect(deployment: Deployment, address: str | None) -> None:
    quiet = {"log_to_driver": deployment.settings.log_level == "debug", "logging_level": logging.WARNING}
    if address is not None:
        ray.init(address=address, **quiet)
        return
    scaling = deployment.scaling
    needed = scaling.most * scaling.num_cpus + scaling.ingress_replicas * scaling.ingress_cpus
    ray.init(
        address="local",
        # Ray places replicas by these numbers only; the system shares its cores as ever.
        num_cpus=round(needed + 1),
        object_store_memory=STORE,
        include_dashboard=False,
        **quiet,
    )
