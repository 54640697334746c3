"""Tasks are placed on instances that have room; managed scaling adds instances, up to the group's maximum."""

import time
from typing import Any

from ministack.core.responses import json_response
from ministack.services import autoscaling, ecs

from local_aws.container_instances import ContainerInstance, InstanceSize, groups_of, list_instances, need_of
from local_aws.ecs_events import add_event, service_of_group

_GUIDE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
_UNPLACED = "was unable to place a task because no container instance met all of its requirements."


def _choose(cluster: str, need: InstanceSize) -> ContainerInstance | None:
    room = next((each for each in list_instances(cluster) if each.fits(need)), None)
    if room is None and _scale_out(cluster):
        room = next((each for each in list_instances(cluster) if each.fits(need)), None)
    return room


def _scale_out(cluster: str) -> bool:
    for _, provider, group in groups_of(cluster):
        managed = provider.get("managedScaling", {}).get("status") == "ENABLED"
        if managed and group["DesiredCapacity"] < group["MaxSize"]:
            group["DesiredCapacity"] += 1
            autoscaling._reconcile_instances(group)
            return True
    return False


def _explain(cluster: str, need: InstanceSize) -> str:
    closest = next(iter(list_instances(cluster)), None)
    if closest is None:
        return f"{_UNPLACED} Reason: No Container Instances were found in your capacity provider. {_GUIDE}"
    free = closest.free
    lack = "GPU" if free.gpus < need.gpus else "memory" if free.memory < need.memory else "CPU units"
    number = closest.arn.rsplit("/", 1)[-1]
    closest_text = f"The closest matching (container-instance {number}) has insufficient {lack} available."
    return f"{_UNPLACED} {closest_text} {_GUIDE}"


def _run_task_on_instances(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    definition = ecs._task_defs.get(ecs._resolve_td_key(data.get("taskDefinition", "")))
    service = service_of_group(cluster, data.get("group", ""))
    if service is not None and time.time() < service.get("_retry_at", 0):
        return json_response({"tasks": [], "failures": []})
    if definition is None or data.get("launchType") or not any(groups_of(cluster or "")):
        return _run_task(data)
    need = need_of(definition)
    tasks: list[Any] = []
    failures: list[Any] = []
    for _ in range(data.get("count", 1)):
        instance = _choose(cluster, need)
        if instance is None:
            add_event(service, _explain(cluster, need))
            failures.append({"reason": "RESOURCE:GPU" if list_instances(cluster) else "AGENT"})
            break
        tasks += _start(data, instance)
    return json_response({"tasks": tasks, "failures": failures})


def _start(data: dict[str, Any], instance: ContainerInstance) -> list[Any]:
    known = set(ecs._tasks.keys())
    _run_task({**data, "count": 1})
    started = [task for arn, task in list(ecs._tasks.items()) if arn not in known]
    for task in started:
        task["containerInstanceArn"] = instance.arn
        task["_instance"] = instance.instance_id
        task["availabilityZone"] = instance.zone
    return [ecs._sanitize(task) for task in started]


_run_task = ecs._run_task


def install() -> None:
    """Places what RunTask and the service scheduler start."""
    ecs._run_task = ecs._ACTION_MAP["RunTask"] = _run_task_on_instances
