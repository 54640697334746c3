"""ECS runs pushed images: ministack's Docker life cycle, with host processes as containers."""

import atexit
import os
import time
from types import SimpleNamespace
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch_logs, ecs

from local_aws.containers.address import Address, choose_address
from local_aws.containers.container import Container, starting
from local_aws.containers.health import watch_health
from local_aws.containers.images import ImageNotFoundError, find_image, unpack_image
from local_aws.containers.reaper import sweep
from local_aws.core.wrapping import Original, wrap

# Time for tasks to end by themselves when the local AWS shuts down.
_LAST_SECONDS = 2.0
_containers: dict[str, Container] = {}
# The address is the task's: its containers share it.
_addresses: dict[str, Address] = {}


def find_container(host: str) -> Container | None:
    """Finds the container that listens on an address."""
    return next((each for each in list(_containers.values()) if each.address.host == host), None)


def take_container(container_id: str) -> Container | None:
    """Finds a container and forgets it; the caller ends it."""
    return _containers.pop(container_id, None)


def release_address(task_arn: str) -> None:
    """Forgets the address of a task that has ended."""
    _addresses.pop(task_arn, None)


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
    _require_log_group(definition)
    arn = arguments["labels"]["com.amazonaws.ecs.task-arn"]
    ports = [int(mapping["containerPort"]) for mapping in definition.get("portMappings") or []]
    environment = {
        **arguments["environment"],
        # The role of the task, as credentials of its account.
        "AWS_ACCESS_KEY_ID": get_account_id(),
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": get_region(),
    }
    address = _addresses.get(arn) or choose_address(ports)
    _addresses[arn] = address
    try:
        container = Container(unpack_image(image), definition, environment, arguments["labels"], address)
    except (OSError, ValueError) as error:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
        raise RuntimeError(
            f"CannotStartContainerError: Error response from daemon: failed to create task: {error}"
        ) from error
    _containers[container.id] = container
    watch_health(container, definition, ecs._tasks[arn])
    return container


def _require_log_group(definition: dict[str, Any]) -> None:
    """Refuses a container whose log group does not exist, as Docker's log driver does."""
    config = ecs._awslogs_config(definition, "", "")
    if config is None or config["create_group"]:
        return
    with request_scope(get_account_id(), config["region"] or get_region()):
        if config["group"] not in cloudwatch_logs._log_groups:
            raise RuntimeError(
                "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: "
                "failed to create Cloudwatch log stream: ResourceNotFoundException: "
                "The specified log group does not exist."
            )


def _fail(original: Original, task: dict[str, Any], client: Any, reason: str) -> None:
    # Our messages are complete, so ministack's prefix is removed.
    _, found, own = reason.partition("CannotStartContainerError: ")
    original(task, client, f"{found}{own}" if found else reason)


def _stop_all() -> None:
    # Never released: no task starts any more.
    starting.acquire()
    containers = list(_containers.values())
    for container in containers:
        container.ask_to_end()
    end = time.monotonic() + _LAST_SECONDS
    for container in containers:
        container.stop(max(0.0, end - time.monotonic()))


def install() -> None:
    """Provides ministack with a container runtime whose containers are host processes."""
    sweep()
    ecs._docker = _client
    ecs._run_docker_container = _run_container
    wrap(ecs, "_fail_task_start", _fail)
    atexit.register(_stop_all)
