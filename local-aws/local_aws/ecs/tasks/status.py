"""Which tasks a service has, and which of them are healthy."""

import time
from datetime import datetime
from typing import Any

from ministack.services import alb, ecs

from local_aws.load_balancing.target_health import health_of

# A program that exits at once is also RUNNING for a moment.
_SETTLED_SECONDS = 1.0

Service = dict[str, Any]
Task = dict[str, Any]


def all_tasks_of(service: Service) -> list[Task]:
    """Lists the tasks of a service, stopped ones too, oldest first."""
    group = f"service:{service['serviceName']}"
    return [
        task
        for task in list(ecs._tasks.values())
        if task.get("group") == group and task["clusterArn"] == service["clusterArn"]
    ]


def tasks_of(service: Service) -> list[Task]:
    """Lists the tasks of a service that run or shall run, oldest first."""
    tasks = all_tasks_of(service)
    return [task for task in tasks if task["desiredStatus"] == "RUNNING" and task["lastStatus"] != "STOPPED"]


def target_groups_of(service: Service) -> list[str]:
    """Lists the target groups that a service registers its tasks with."""
    arns = [each.get("targetGroupArn") for each in service.get("loadBalancers") or []]
    return [arn for arn in arns if arn in alb._tgs]


def seconds_running(task: Task) -> float:
    """Returns how long a task has been RUNNING."""
    return time.time() - datetime.fromisoformat(task["startedAt"].replace("Z", "+00:00")).timestamp()


def is_healthy(service: Service, task: Task) -> bool:
    """Returns whether a task serves: by its containers' checks, its targets, or having run for a moment."""
    if task["lastStatus"] != "RUNNING" or task["healthStatus"] == "UNHEALTHY":
        return False
    groups = target_groups_of(service)
    targets = [(arn, target_of(arn, task)) for arn in groups]
    if any(target is None or health_of(arn, target).state != "healthy" for arn, target in targets):
        return False
    if _has_check(task):
        return bool(task["healthStatus"] == "HEALTHY")
    return bool(groups) or seconds_running(task) >= _SETTLED_SECONDS


def _has_check(task: Task) -> bool:
    definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
    return any(each.get("healthCheck") for each in definition.get("containerDefinitions", []))


def target_of(group_arn: str, task: Task) -> dict[str, Any] | None:
    """The target of a task in a target group."""
    host = ecs._task_ip(task)
    found: dict[str, Any] | None = next(
        (each for each in alb._targets.get(group_arn, []) if each["Id"] == host), None
    )
    return found
