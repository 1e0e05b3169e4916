"""The manifests against Kubernetes' own schemas, and against what the server really has."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from llada_server.app import ROUTES
from llada_server.cli import serve
from llada_server.replicas.options import Deployment, read_arguments

DEPLOY = Path(__file__).parents[2] / "deploy"
VERSION = "1.31"
DRAIN = "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S"
SPARE = 10
"""Of `llada_server.replicas.application`, whose import needs Ray."""
SINGLE, RAY = DEPLOY / "kubernetes" / "single.yaml", DEPLOY / "kubernetes" / "rayservice.yaml"


def documents(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(file.read_text()))


def pod_specs() -> Iterator[tuple[str, dict[str, Any]]]:
    for document in documents(SINGLE):
        if document["kind"] == "Deployment":
            yield "single", document["spec"]["template"]["spec"]
    cluster = documents(RAY)[0]["spec"]["rayClusterConfig"]
    yield "head", cluster["headGroupSpec"]["template"]["spec"]
    for group in cluster["workerGroupSpecs"]:
        yield group["groupName"], group["template"]["spec"]


PODS = dict(pod_specs())


@pytest.mark.parametrize("document", documents(SINGLE), ids=lambda each: each["kind"])
def test_kubernetes_takes_every_document(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, VERSION, strict=True)


@pytest.mark.parametrize("name", PODS)
def test_kubernetes_takes_every_pod(name: str) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": PODS[name]}
    kubernetes_validate.validate(pod, VERSION, strict=True)


def test_the_schemas_find_mistakes() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "pod"},
        "spec": {"containers": [{"nam": "a"}]},
    }
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(pod, VERSION, strict=True)


@pytest.mark.parametrize("name", PODS)
def test_no_pod_has_rights_that_it_does_not_need(name: str) -> None:
    pod = PODS[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"] is True
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["capabilities"] == {"drop": ["ALL"]}
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
        assert "livenessProbe" in container
        assert "readinessProbe" in container
    assert pod["enableServiceLinks"] is False, "its variables would be refused by the server"


def test_probes_ask_what_the_server_has() -> None:
    (container,) = PODS["single"]["containers"]
    paths = {path for route in ROUTES for path in route.paths}
    asked = {name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")}
    assert asked == {
        "startupProbe": "/health/ready",
        "readinessProbe": "/health/ready",
        "livenessProbe": "/health/live",
    }
    assert set(asked.values()) <= paths


def test_arguments_are_options_of_the_server() -> None:
    (container,) = PODS["single"]["containers"]
    context = serve.make_context("serve", list(container["args"]))
    grace = PODS["single"]["terminationGracePeriodSeconds"]
    assert context.params["host"] == "0.0.0.0"
    assert grace > context.params["drain_timeout"] + 5, "or draining is cut off"


def applications() -> Iterator[dict[str, Any]]:
    yield from documents(DEPLOY / "serve.yaml")[0]["applications"]
    yield from yaml.safe_load(documents(RAY)[0]["spec"]["serveConfigV2"])["applications"]


@pytest.mark.parametrize("application", list(applications()))
def test_applications_are_ours(application: dict[str, Any]) -> None:
    module, _, name = application["import_path"].partition(":")
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None
    assert f"def {name}(" in Path(found.origin).read_text()
    deployment = read_arguments(application["args"])
    assert isinstance(deployment, Deployment)
    assert deployment.scaling.num_gpus == 1


def test_a_worker_ends_after_its_requests() -> None:
    application = list(applications())[-1]
    limit = read_arguments(application["args"]).settings.request_timeout
    (container,) = PODS["gpu"]["containers"]
    drain = {each["name"]: each["value"] for each in container["env"]}[DRAIN]
    assert float(drain) > limit + SPARE, "Ray would end replicas, and what they stream, earlier"
    assert PODS["gpu"]["terminationGracePeriodSeconds"] > float(drain) + 10


def test_ray_knows_the_variable() -> None:
    constants = pytest.importorskip("ray._private.ray_constants")
    assert hasattr(constants, DRAIN)


@pytest.mark.parametrize("group", ["headGroupSpec", "workerGroupSpecs"])
def test_the_object_store_has_room_in_memory(group: str) -> None:
    """Where /dev/shm is smaller than the store, Ray puts it into /tmp, on the disk."""
    specs = documents(RAY)[0]["spec"]["rayClusterConfig"][group]
    for spec in specs if isinstance(specs, list) else [specs]:
        (shm,) = (each for each in spec["template"]["spec"]["volumes"] if each["name"] == "shm")
        assert shm["emptyDir"] == {"medium": "Memory", "sizeLimit": "1Gi"}
        assert int(spec["rayStartParams"]["object-store-memory"]) < 2**30


def test_ray_takes_the_configurations() -> None:
    schema = pytest.importorskip("ray.serve.schema")
    schema.ServeDeploySchema.model_validate(documents(DEPLOY / "serve.yaml")[0])
    schema.ServeDeploySchema.model_validate(yaml.safe_load(documents(RAY)[0]["spec"]["serveConfigV2"]))


@pytest.mark.parametrize("application", list(applications()))
def test_ray_builds_the_applications(application: dict[str, Any]) -> None:
    private = pytest.importorskip("ray.serve._private.api")
    module, _, name = application["import_path"].partition(":")
    builder = getattr(importlib.import_module(module), name)
    built = private.call_user_app_builder_with_args_if_necessary(builder, application["args"])
    assert type(built).__name__ == "Application"
