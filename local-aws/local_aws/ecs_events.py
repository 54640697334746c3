"""What ECS tells about a service: its events, and why its tasks stopped."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack.services import ecs

_KEPT_EVENTS = 100
_LONGEST_BACK_OFF_SECONDS = 60
# What ministack's scheduler gives as the reason where it stops a task by itself.
_SCHEDULER_REASONS = {
    "Service scaling down",
    "Task definition updated",
    "Deployment completed",
    "Deployment capacity limit",
    "Service deleted",
}


def service_of_group(cluster: str | None, group: str) -> dict[str, Any] | None:
    """Finds the service of a task's group `service:NAME`."""
    if not cluster or not group.startswith("service:"):
        return None
    found: dict[str, Any] | None = ecs._services.get(f"{cluster}/{group.removeprefix('service:')}")
    return found


def service_of(task: dict[str, Any]) -> dict[str, Any] | None:
    """Finds the service that started a task."""
    return service_of_group(ecs._cluster_name_from_arn(task["clusterArn"]), task.get("group", ""))


def add_event(service: dict[str, Any] | None, text: str) -> None:
    """Adds an event; one that repeats the newest is left out, as ECS does."""
    if service is None:
        return
    message = f"(service {service['serviceName']}) {text}"
    if not service["events"] or service["events"][0]["message"] != message:
        event = {"id": str(uuid.uuid4()), "createdAt": ecs._iso(), "message": message}
        service["events"] = [event, *service["events"]][:_KEPT_EVENTS]


def _back_off(service: dict[str, Any]) -> None:
    failures = service["_failures"] = service.get("_failures", 0) + 1
    if failures > 1:
        service["_retry_at"] = time.time() + min(_LONGEST_BACK_OFF_SECONDS, 2**failures)
    if failures == 3:
        add_event(service, "is unable to consistently start tasks successfully.")


def _marked(original: Callable[..., bool]) -> Callable[..., bool]:
    def mark(arn: str, task: dict[str, Any], reason: str, code: str, exit_code: int | None = None) -> bool:
        service = service_of(task)
        number = arn.rsplit("/", 1)[-1]
        active = ecs._task_is_active(arn, task)
        if reason in _SCHEDULER_REASONS:
            reason = f"Scaling activity initiated by (deployment {task.get('_deployment_id')})"
            code, exit_code = "ServiceSchedulerInitiated", None
        elif code == "EssentialContainerExited":
            reason = "Essential container in task exited"
        if service is not None and active:
            if code in ("EssentialContainerExited", "TaskFailedToStart"):
                _back_off(service)
            elif code == "ServiceSchedulerInitiated":
                add_event(service, f"has stopped 1 running tasks: (task {number}).")
        return original(arn, task, reason, code, exit_code=exit_code)

    return mark


def _started(original: Callable[..., bool]) -> Callable[..., bool]:
    def mark(arn: str, task: dict[str, Any]) -> bool:
        done = original(arn, task)
        if done:
            add_event(service_of(task), f"has started 1 tasks: (task {arn.rsplit('/', 1)[-1]}).")
        return done

    return mark


def install() -> None:
    """Tells the real stop codes and reasons, and slows down a service whose tasks crash."""
    ecs._mark_task_stopped = _marked(ecs._mark_task_stopped)
    ecs._mark_task_running = _started(ecs._mark_task_running)
