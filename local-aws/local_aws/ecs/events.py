"""The events of a service, in the words of ECS.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

import time
import uuid
from typing import Any

from ministack.services import ecs

_KEPT_EVENTS = 100
_REPEATED_AFTER_SECONDS = 6 * 3600
# The event of a service that has what it wants.
STEADY = "has reached a steady state."

Service = dict[str, Any]


def service_of_group(cluster: str | None, group: str) -> Service | None:
    """Finds the service of a task's group `service:NAME`."""
    if not cluster or not group.startswith("service:"):
        return None
    found: Service | None = ecs._services.get(f"{cluster}/{group.removeprefix('service:')}")
    return found


def find_service(data: dict[str, Any], name: str) -> Service | None:
    """Finds the service that a request names in that member."""
    reference = ecs._resolve_service_ref(data.get(name, ""))
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    return service_of_group(cluster, f"service:{reference[0]}") if reference else None


def service_of(task: dict[str, Any]) -> Service | None:
    """Finds the service that started a task."""
    return service_of_group(ecs._cluster_name_from_arn(task["clusterArn"]), task.get("group", ""))


def number_of(task: dict[str, Any]) -> str:
    """The last part of a task's ARN."""
    return str(task["taskArn"]).rsplit("/", 1)[-1]


def add_event(service: Service | None, text: str) -> None:
    """Adds an event."""
    if service is not None:
        message = f"(service {service['serviceName']}) {text}"
        event = {"id": str(uuid.uuid4()), "createdAt": ecs._iso(), "message": message, "_at": time.time()}
        service["events"] = [event, *service["events"]][:_KEPT_EVENTS]


def add_complaint(service: Service | None, text: str) -> None:
    """Adds an event that would come at each try: once since a steady state, and again after six hours."""
    if service is None:
        return
    oldest = time.time() - _REPEATED_AFTER_SECONDS
    for event in service["events"]:
        if event["message"].endswith(STEADY) or event.get("_at", 0) < oldest:
            break
        if event["message"].endswith(text):
            return
    add_event(service, text)


def add_task_event(service: Service, what: str, tasks: list[dict[str, Any]]) -> None:
    """Adds an event such as `has started 2 tasks: (task …) (task …).`; none for no tasks."""
    if tasks:
        numbers = " ".join(f"(task {number_of(task)})" for task in tasks)
        add_event(service, f"{what.format(len(tasks))}: {numbers}.")
