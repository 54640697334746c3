"""The service scheduler: retries, lost instances, unhealthy tasks, rollouts that wait for health."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import alb, ecs

from local_aws.container_instances import groups_of, list_instances
from local_aws.ecs_events import add_event
from local_aws.ecs_tasks import find_container
from local_aws.target_health import check_targets, health_of

_INTERVAL_SECONDS = 0.25
_lock = threading.RLock()
_log = logging.getLogger("local-aws")


def _publish(original: Callable[..., bool]) -> Callable[..., bool]:
    """Registers the ports that tasks really have."""

    def publish(group: str, targets: list[tuple[str, int]], previous: Any = ()) -> bool:
        real = []
        for host, port in targets:
            container = find_container(host)
            real.append((host, container.address.ports.get(port, port) if container else port))
        return original(group, real, previous)

    return publish


def _deployment(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def make(definition: str, desired: int, status: str = "PRIMARY") -> dict[str, Any]:
        deployment = original(definition, desired, status)
        if desired:
            reason = f"ECS deployment {deployment['id']} in progress."
            deployment.update(rolloutState="IN_PROGRESS", rolloutStateReason=reason)
        return deployment

    return make


def _target_groups(service: dict[str, Any]) -> list[str]:
    arns = [each.get("targetGroupArn") for each in service.get("loadBalancers") or []]
    return [arn for arn in arns if arn in alb._tgs]


def is_healthy(service: dict[str, Any]) -> bool:
    """Whether each target group of a service has as many healthy targets as the service wants tasks."""
    return all(
        sum(health_of(arn, target).state == "healthy" for target in alb._targets.get(arn, []))
        >= service["desiredCount"]
        for arn in _target_groups(service)
    )


def _complete(original: Callable[..., None]) -> Callable[..., None]:
    def complete(cluster: str, key: str, expected_deployment_id: str | None = None) -> None:
        service = ecs._services.get(key)
        if service is not None and is_healthy(service):
            original(cluster, key, expected_deployment_id)

    return complete


def _locked(original: Callable[..., None]) -> Callable[..., None]:
    def reconcile(cluster: str, key: str) -> None:
        with _lock:
            original(cluster, key)

    return reconcile


def _updated(original: Callable[..., Any]) -> Callable[..., Any]:
    def update(data: dict[str, Any]) -> Any:
        reference = ecs._resolve_service_ref(data.get("service", ""))
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        service = ecs._services.get(f"{cluster}/{reference[0]}") if reference else None
        if service is not None:
            # A change of the service starts afresh, without the back-off of earlier crashes.
            service.update(_failures=0, _retry_at=0)
        return original(data)

    return update


def _tasks_of(service: dict[str, Any]) -> list[dict[str, Any]]:
    group = f"service:{service['serviceName']}"
    return [
        task
        for task in list(ecs._tasks.values())
        if task.get("group") == group
        and task["clusterArn"] == service["clusterArn"]
        and task["lastStatus"] != "STOPPED"
    ]


def _stop(task: dict[str, Any], reason: str, code: str) -> None:
    if ecs._mark_task_stopped(task["taskArn"], task, reason, code):
        ecs._cleanup_task_resources(task, ecs._docker)


def _end_lost_tasks(cluster: str, tasks: list[dict[str, Any]]) -> None:
    if not any(groups_of(cluster)):
        return
    alive = {instance.arn for instance in list_instances(cluster)}
    for task in tasks:
        if task.get("_instance") and task["containerInstanceArn"] not in alive:
            _stop(task, f"Host EC2 (instance {task['_instance']}) terminated.", "TerminationNotice")


def _end_unhealthy_tasks(service: dict[str, Any], tasks: list[dict[str, Any]]) -> None:
    for arn in _target_groups(service):
        check_targets(arn)
        for target in list(alb._targets.get(arn, [])):
            task = next((each for each in tasks if ecs._task_ip(each) == target["Id"]), None)
            if task is None or health_of(arn, target).state != "unhealthy":
                continue
            reason = f"(port {target['Port']}) is unhealthy in (target-group {arn})"
            add_event(service, f"{reason} due to (reason {health_of(arn, target).reason})")
            _stop(task, f"Task failed ELB health checks in (target-group {arn})", "ServiceSchedulerInitiated")


def _tick(key: str, service: dict[str, Any]) -> None:
    cluster = key.split("/", 1)[0]
    tasks = _tasks_of(service)
    _end_lost_tasks(cluster, tasks)
    _end_unhealthy_tasks(service, tasks)
    primary = ecs._primary_deployment(service)
    current = [task for task in _tasks_of(service) if primary and task.get("_deployment_id") == primary["id"]]
    if len(current) != service["desiredCount"] and time.time() >= service.get("_retry_at", 0):
        ecs._reconcile_service_tasks(cluster, key)
    if primary and primary["rolloutState"] == "IN_PROGRESS":
        ecs._complete_service_deployment(cluster, key)
        if primary["rolloutState"] == "COMPLETED":
            add_event(service, f"(deployment {primary['id']}) deployment completed.")
            add_event(service, "has reached a steady state.")
            service["_failures"] = 0


def _run() -> None:
    while True:
        time.sleep(_INTERVAL_SECONDS)
        for (account, region, key), service in list(ecs._services.all_items()):
            if service["status"] != "ACTIVE":
                continue
            with request_scope(account, region):
                try:
                    _tick(key, service)
                except Exception:
                    # One broken service must not stop the scheduler for all others.
                    _log.exception("service %s", key)


def install() -> None:
    """Starts the scheduler beside ministack's own, which acts on requests only."""
    alb.set_targets_for_group = _publish(alb.set_targets_for_group)
    ecs._make_deployment = _deployment(ecs._make_deployment)
    ecs._complete_service_deployment = _complete(ecs._complete_service_deployment)
    ecs._reconcile_service_tasks = _locked(ecs._reconcile_service_tasks)
    ecs._update_service = ecs._ACTION_MAP["UpdateService"] = _updated(ecs._update_service)
    threading.Thread(target=_run, daemon=True, name="service-scheduler").start()
