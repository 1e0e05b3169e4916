"""The deployments that make up the server, for `llada deploy` and for a configuration of Ray Serve.

In a configuration: `import_path: llada_server.replicas.application:app`, and below `args` what `llada deploy`
has as options.
"""

from __future__ import annotations

from typing import Any

from ray import serve
from ray.serve.config import AutoscalingConfig, RequestRouterConfig

from .engine_replica import EngineReplica
from .ingress import Ingress
from .options import Deployment, read_arguments
from .router import AlgorithmRouter

ENGINES, INGRESS = "engines", "http"
MANY = 100_000
"""Requests that Ray Serve lets through to an HTTP replica, which says no by itself, and in OpenAI's words."""
SPARE = 10.0
"""Seconds beyond its time limit that a request gets to end before its replica is ended."""


def app(args: dict[str, Any]) -> serve.Application:
    """The application from flat arguments.

    Raises:
        ArgumentError: one is unknown or wrong.
    """
    return build(read_arguments(args))


def build(deployment: Deployment) -> serve.Application:
    """The HTTP replicas over the engine replicas."""
    settings, scaling = deployment.settings, deployment.scaling
    lasting = settings.request_timeout + SPARE
    engines = serve.deployment(EngineReplica).options(
        name=ENGINES,
        # As many again wait at the engine, so that no place stays empty until the next one has come.
        max_ongoing_requests=2 * settings.max_rows,
        request_router_config=RequestRouterConfig(
            request_router_class=AlgorithmRouter,
            request_router_kwargs={"max_rows": settings.max_rows},
            request_routing_stats_period_s=1.0,
        ),
        graceful_shutdown_timeout_s=lasting,
        graceful_shutdown_wait_loop_s=0.5,
        health_check_period_s=5.0,
        health_check_timeout_s=15.0,
        # An engine is looked at every other second, which is nothing to tell.
        logging_config={"enable_access_log": False},
        ray_actor_options={"num_cpus": scaling.num_cpus, "num_gpus": scaling.num_gpus},
        **_count(deployment),
    )
    ingress = serve.deployment(serve.ingress()(Ingress)).options(
        name=INGRESS,
        num_replicas=scaling.ingress_replicas,
        max_ongoing_requests=MANY,
        graceful_shutdown_timeout_s=lasting,
        graceful_shutdown_wait_loop_s=0.5,
        ray_actor_options={"num_cpus": scaling.ingress_cpus},
    )
    return ingress.bind(deployment, engines.bind(deployment))


def _count(deployment: Deployment) -> dict[str, Any]:
    scaling = deployment.scaling
    if scaling.max_replicas is None:
        return {"num_replicas": scaling.replicas}
    return {
        "autoscaling_config": AutoscalingConfig(
            min_replicas=scaling.min_replicas,
            initial_replicas=scaling.replicas,
            max_replicas=scaling.max_replicas,
            target_ongoing_requests=scaling.target_requests or deployment.settings.max_rows,
            upscale_delay_s=scaling.upscale_delay,
            downscale_delay_s=scaling.downscale_delay,
        )
    }
