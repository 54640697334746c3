"""ECS runs what was pushed: ministack's own Docker life cycle, with host processes as the containers."""

import atexit
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from local_aws.container import Container, choose_address
from local_aws.images import ImageNotFoundError, find_image, unpack_image

_containers: dict[str, Container] = {}
# The address is the task's: its containers share it.
_addresses: dict[str, Any] = {}


def find_container(host: str) -> Container | None:
    """Finds the container that listens on an address."""
    return next((each for each in list(_containers.values()) if each.address.host == host), None)


def task_arn_of(container: Container) -> str:
    """Names the task of a container."""
    return container.labels["com.amazonaws.ecs.task-arn"]


def _get_container(container_id: str) -> Any:
    # ministack looks for itself by its host name, to learn the address that tasks reach it at.
    if container_id == os.environ.get("HOSTNAME", ""):
        networks = {"Networks": {"ecs": {"IPAddress": "127.0.0.1"}}}
        return SimpleNamespace(attrs={"NetworkSettings": networks})
    return _containers[container_id]


_client = SimpleNamespace(
    images=SimpleNamespace(
        get_registry_data=lambda image, **_: SimpleNamespace(id=find_image(image).digest),
        get=find_image,
    ),
    containers=SimpleNamespace(get=_get_container, list=lambda **_: list(_containers.values())),
)


def _run_container(_: Any, definition: dict[str, Any], arguments: dict[str, Any], **__: Any) -> Container:
    try:
        image = find_image(definition["image"])
    except ImageNotFoundError as error:
        raise ecs._ImagePullError(f"failed to resolve reference {error}") from error
    task = arguments["labels"]["com.amazonaws.ecs.task-arn"]
    ports = [int(mapping["containerPort"]) for mapping in definition.get("portMappings") or []]
    address = _addresses.setdefault(task, choose_address(ports))
    environment = {
        **arguments["environment"],
        # The role of the task, as credentials of its account.
        "AWS_ACCESS_KEY_ID": get_account_id(),
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": get_region(),
    }
    container = Container(unpack_image(image), definition, environment, arguments["labels"], address)
    _containers[container.id] = container
    return container


def _cleanup(original: Callable[..., None]) -> Callable[..., None]:
    def cleanup(task: dict[str, Any], client: Any, extra: Any = None) -> None:
        ids = list(task.get("_docker_ids") or [])
        original(task, client or _client, extra)
        for place, container_id in enumerate(ids):
            container = _containers.pop(container_id, None)
            if container and place < len(task.get("containers", [])):
                task["containers"][place].setdefault("exitCode", container.wait()["StatusCode"])
        _addresses.pop(task.get("taskArn", ""), None)

    return cleanup


def _stop_all() -> None:
    for container in list(_containers.values()):
        container.stop(2)


def install() -> None:
    """Gives ministack a container runtime whose containers are host processes."""
    ecs._docker = _client
    ecs._run_docker_container = _run_container
    ecs._cleanup_task_resources = _cleanup(ecs._cleanup_task_resources)
    atexit.register(_stop_all)
