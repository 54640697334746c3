"""A task stops in steps: out of its target groups, then SIGTERM and SIGKILL to its containers, then STOPPED.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import resource_lock
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ecs, ecs_metadata

from local_aws.ecs.tasks.containers import release_address, take_container
from local_aws.load_balancing.target_draining import wait_until_drained

Stopped = Callable[[dict[str, Any], str], None]
_REMEMBERED_SECONDS = 3600
_REMEMBERED = 200
# ministack's reason when it stops the tasks of a deleted service.
_SERVICE_DELETED = "Service deleted"
# Told of each task that begins to stop, with its stop code: the scheduler counts failures.
_listeners: list[Stopped] = []
# Held while tasks or deployments of a service change: a failure is counted before the next task starts.
service_lock = threading.RLock()


def on_stop(listener: Stopped) -> None:
    """Calls the listener for each task that begins to stop, with the stop code."""
    _listeners.append(listener)


def stop_task(task: dict[str, Any], reason: str, code: str) -> None:
    """Begins to stop a task; its containers end in the background."""
    if begin_stop(task["taskArn"], task, reason, code):
        end_containers(task)


def begin_stop(arn: str, task: dict[str, Any], reason: str, code: str, exit_code: int | None = None) -> bool:
    """Marks a task as stopping; false where it stops already."""
    if reason == _SERVICE_DELETED:
        reason = f"Scaling activity initiated by (deployment {task.get('_deployment_id')})"
        code = "ServiceSchedulerInitiated"
    elif code == "EssentialContainerExited":
        reason = "Essential container in task exited"
    with service_lock:
        with resource_lock("ecs-task", arn):
            if not ecs._task_is_active(arn, task):
                return False
            ecs._bump_task_version(task)
            task.update(
                desiredStatus="STOPPED",
                lastStatus="DEACTIVATING",
                stoppingAt=ecs._iso(),
                stopCode=code,
                stoppedReason=reason,
            )
        ecs_metadata.set_task_status(arn, desired_status="STOPPED")
        _refresh(task)
        for listener in _listeners:
            listener(task, code)
    return True


def end_containers(task: dict[str, Any], _client: Any = None, extra: Any = None) -> None:
    """Ends the containers of a stopping task in the background, and then the task."""
    arguments = (task, extra, get_account_id(), get_region())
    threading.Thread(target=_end, args=arguments, daemon=True, name="task-stop").start()


def _end(task: dict[str, Any], extra: Any, account: str, region: str) -> None:
    with request_scope(account, region):
        wait_until_drained(ecs._task_ip(task))
        with resource_lock("ecs-task", task["taskArn"]):
            ids = list(task["_docker_ids"])
            tokens = list(task.get("_metadata_tokens") or [])
            task.update(_docker_ids=[], _metadata_tokens=[], lastStatus="STOPPING")
        for token in tokens:
            ecs_metadata.unregister_token(token)
        for place, container_id in enumerate(ids):
            container = take_container(container_id)
            if container is not None:
                container.remove()
                task["containers"][place]["exitCode"] = container.wait()["StatusCode"]
        if extra is not None and take_container(extra.id):
            extra.remove()
        release_address(task["taskArn"])
        _mark_stopped(task)


def _mark_stopped(task: dict[str, Any]) -> None:
    with resource_lock("ecs-task", task["taskArn"]):
        if task["lastStatus"] == "STOPPED":
            return
        now = ecs._iso()
        ecs._bump_task_version(task)
        task.update(lastStatus="STOPPED", executionStoppedAt=now, stoppedAt=now, _stopped_at=time.time())
        for container in task["containers"]:
            container["lastStatus"] = "STOPPED"
    _refresh(task)


def _refresh(task: dict[str, Any]) -> None:
    cluster = ecs._cluster_name_from_arn(task["clusterArn"])
    ecs._recount_cluster(cluster)
    ecs._refresh_service_state(cluster, task.get("group", ""))


def forget_stopped_tasks(cluster: str) -> None:
    """Forgets tasks that stopped long ago, as ECS does: after an hour; and beyond 200 in a cluster."""
    arn = ecs._clusters[cluster]["clusterArn"]
    stopped = [
        task
        for task in list(ecs._tasks.values())
        if task["clusterArn"] == arn and task["lastStatus"] == "STOPPED"
    ]
    oldest = time.time() - _REMEMBERED_SECONDS
    for place, task in enumerate(reversed(stopped)):
        if place >= _REMEMBERED or task.get("_stopped_at", 0) < oldest:
            ecs._tasks.pop(task["taskArn"], None)
            ecs._tags.pop(task["taskArn"], None)


def install() -> None:
    """Replaces ministack's stop, which waits for containers within the request."""
    ecs._mark_task_stopped = begin_stop
    ecs._cleanup_task_resources = end_containers
