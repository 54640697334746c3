"""Tasks are placed on instances that have room; with managed scaling they wait for one.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

import json
import threading
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response, request_scope
from ministack.services import ecs

from local_aws.core.wrapping import Original, wrap
from local_aws.ecs.events import add_complaint, service_of_group
from local_aws.ecs.instances.container_instances import (
    ContainerInstance,
    Provider,
    list_instances,
    need_of_task,
    providers_of,
)
from local_aws.ecs.tasks.needs import Resources, need_of

_GUIDE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
_UNPLACED = "was unable to place a task because no container instance met all of its requirements."
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
_LACKS = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:GPU": "has insufficient GPU resource available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "RESOURCE:ENI": 'encountered error "RESOURCE:ENI".',
}
_lock = threading.RLock()
# Task ARN -> what starts it, once it has a place.
_waiting: dict[str, Callable[[], None]] = {}

Task = dict[str, Any]


def waiting_tasks(cluster: str) -> list[Task]:
    """Lists the tasks of a cluster that wait for an instance."""
    arns = {each["clusterArn"] for each in [ecs._clusters.get(cluster)] if each}
    tasks = [ecs._tasks.get(arn) for arn in list(_waiting)]
    return [task for task in tasks if task and task["clusterArn"] in arns]


def explain(cluster: str, need: Resources, provider: Provider | None) -> str:
    """Returns why a task finds no place, as a service event does."""
    instances = [
        each for each in list_instances(cluster) if _serves(each, provider.name if provider else None)
    ]
    if not instances:
        place = "capacity provider" if provider else "cluster"
        return f"{_UNPLACED} Reason: No Container Instances were found in your {place}. {_GUIDE}"
    closest = max(instances, key=lambda each: (each.free.gpus, each.free.memory, each.free.cpu))
    lack = _LACKS.get(closest.free.lack_for(need) or "", 'encountered error "AGENT".')
    number = closest.arn.rsplit("/", 1)[-1]
    return f"{_UNPLACED} The closest matching (container-instance {number}) {lack} {_GUIDE}"


def _serves(instance: ContainerInstance, provider: str | None) -> bool:
    return not instance.is_draining and (not provider or instance.provider.name == provider)


def place(task: Task) -> bool:
    """Puts a task on an instance that has room for it; false while there is none."""
    with _lock:
        if task.get("_instance"):
            return True
        cluster = ecs._cluster_name_from_arn(task["clusterArn"])
        need = need_of_task(task)
        for instance in list_instances(cluster):
            fits = instance.free.lack_for(need) is None
            if fits and _serves(instance, task.get("capacityProviderName")):
                task["containerInstanceArn"] = instance.arn
                task["_instance"] = instance.instance_id
                task["availabilityZone"] = instance.record["AvailabilityZone"]
                instance.record["_busy"] = True
                if instance.provider.settings.get("managedTerminationProtection") == "ENABLED":
                    instance.record["ProtectedFromScaleIn"] = True
                return True
        task["containerInstanceArn"] = None
        return False


def start_waiting_tasks(cluster: str) -> None:
    """Starts the tasks of a cluster that have a place by now, oldest first."""
    for task in waiting_tasks(cluster):
        stopped = task["desiredStatus"] == "STOPPED"
        if not stopped and not place(task):
            continue
        start = _waiting.pop(task["taskArn"], None)
        if start is not None and not stopped:
            threading.Thread(target=start, daemon=True, name="ecs-task").start()


def _placed_first(original: Original, task: Task, *rest: Any) -> None:
    account, region = rest[-2:]
    with request_scope(account, region):
        if task["launchType"] != "FARGATE" and not place(task):
            _waiting[task["taskArn"]] = lambda: original(task, *rest)
            return
    original(task, *rest)


def _choose_provider(data: dict[str, Any], cluster: str) -> tuple[str, Provider | None]:
    """Returns the launch type of a request and the provider that it would run on."""
    launch_type, strategy, _ = ecs._launch_choice(data, ecs._clusters.get(cluster))
    kind, name = ecs._task_capacity(launch_type, strategy)
    found = next((each for each in providers_of(cluster) if name and each.name == name), None)
    return kind, found


def _count_places(cluster: str, need: Resources, provider: str | None, wanted: int) -> tuple[int, str]:
    """Counts the tasks that fit now, up to the wanted number; and what the next one lacks."""
    free = [each.free for each in list_instances(cluster) if _serves(each, provider)]
    lack = "AGENT"
    for count in range(wanted):
        at = next((at for at, left in enumerate(free) if left.lack_for(need) is None), None)
        if at is None:
            return count, next((left.lack_for(need) or lack for left in free), lack)
        free[at] = free[at].without(need)
    return wanted, ""


def _run_task_on_instances(data: dict[str, Any]) -> Any:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default")) or ""
    definition = ecs._task_defs.get(ecs._resolve_td_key(data.get("taskDefinition", "")))
    if definition is None or cluster not in ecs._clusters:
        return _run_task(data)
    kind, provider = _choose_provider(data, cluster)
    if kind == "FARGATE" or (provider is not None and provider.is_managed):
        return _start(data, [])
    need, wanted = need_of(definition), int(data.get("count", 1))
    count, lack = _count_places(cluster, need, provider.name if provider else None, wanted)
    service = service_of_group(cluster, data.get("group", ""))
    if count < wanted:
        add_complaint(service, explain(cluster, need, provider))
        if service is None and not list_instances(cluster):
            text = "No Container Instances were found in your cluster."
            return error_response_json("InvalidParameterException", text, 400)
    failures = [{"reason": lack}] if count < wanted else []
    if count == 0:
        return json_response({"tasks": [], "failures": failures})
    return _start({**data, "count": count}, failures)


def _start(data: dict[str, Any], failures: list[Any]) -> Any:
    answer = _run_task(data)
    if answer[0] >= 400:
        return answer
    arns = [task["taskArn"] for task in json.loads(answer[2])["tasks"]]
    tasks = [ecs._tasks[arn] for arn in arns]
    for task in tasks:
        if task["launchType"] != "FARGATE":
            place(task)
    return json_response({"tasks": [ecs._sanitize(task) for task in tasks], "failures": failures})


_run_task = ecs._run_task


def install() -> None:
    """Places what RunTask and the service scheduler start."""
    ecs._run_task = ecs._ACTION_MAP["RunTask"] = _run_task_on_instances
    wrap(ecs, "_run_task_worker", _placed_first)
