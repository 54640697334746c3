"""The service scheduler: keeps each service at its desired count, and completes its deployments.

It takes the place of ministack's, which acts on requests only and knows no health.
"""

import json
import threading
import time
from typing import Any

from ministack.services import ecs

from local_aws.core.each_record import each_record
from local_aws.ecs.events import STEADY, add_complaint, add_event, add_task_event
from local_aws.ecs.instances.capacity_providers import drain_instances
from local_aws.ecs.instances.container_instances import list_instances
from local_aws.ecs.instances.managed_scaling import scale_cluster
from local_aws.ecs.instances.placement import start_waiting_tasks, waiting_tasks
from local_aws.ecs.services.actions import end_draining
from local_aws.ecs.services.deployments import (
    end_service_deployment,
    open_service_deployment,
    record_service_deployment,
    start_service_deployment,
)
from local_aws.ecs.services.failures import count_failure
from local_aws.ecs.services.rollout import Moves, Situation, plan_rollout
from local_aws.ecs.tasks.status import is_healthy, seconds_running, target_groups_of, target_of, tasks_of
from local_aws.ecs.tasks.stop import forget_stopped_tasks, on_stop, service_lock, stop_task
from local_aws.load_balancing.target_health import health_of

_INTERVAL_SECONDS = 0.1
# What ministack decides while it answers requests: nothing here, the scheduler sees it a moment later.
_DECISIONS = (
    "_complete_service_deployment",
    "_reconcile_service_tasks",
    "_record_service_task_failure",
    "_schedule_service_deployment_completion",
)

Service = dict[str, Any]
Task = dict[str, Any]


def _reconcile(cluster: str, service: Service) -> None:
    with service_lock:
        primary = ecs._primary_deployment(service)
        if primary is None or service["status"] != "ACTIVE":
            return
        record_service_deployment(service, primary)
        start_service_deployment(service)
        now = _look(cluster, service, primary)
        _move(cluster, service, primary, plan_rollout(now))
        _conclude(service, primary, now)


def _look(cluster: str, service: Service, primary: dict[str, Any]) -> Situation:
    tasks = tasks_of(service)
    configuration = service["deploymentConfiguration"]
    waiting = {task["taskArn"] for task in waiting_tasks(cluster)}
    stays = [task for task in tasks if not task.get("_drains")]
    current = [task for task in stays if ecs._deployment_for_task(service, task) is primary]
    state = primary["rolloutState"]
    return Situation(
        desired=service["desiredCount"],
        minimum_percent=int(configuration.get("minimumHealthyPercent", 100)),
        maximum_percent=int(configuration.get("maximumPercent", 200)),
        # What drains is replaced as a rollout replaces old tasks.
        state="IN_PROGRESS" if state == "COMPLETED" and len(stays) < len(tasks) else state,
        may_start=time.time() >= float(service.get("_retry_at", 0)),
        current=current,
        old=[task for task in tasks if task not in current],
        healthy=[task for task in tasks if is_healthy(service, task)],
        waiting=[task for task in current if task["taskArn"] in waiting],
    )


def _move(cluster: str, service: Service, primary: dict[str, Any], moves: Moves) -> None:
    for task in moves.stop:
        reason = f"Scaling activity initiated by (deployment {primary['id']})"
        stop_task(task, reason, "ServiceSchedulerInitiated")
    add_task_event(service, "has stopped {} running tasks", moves.stop)
    if moves.is_stuck:
        add_complaint(
            service,
            "was unable to stop or start tasks during a deployment because of the service deployment "
            "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
        )
    if moves.start:
        started = _start(cluster, service, primary, moves.start)
        add_task_event(service, "has started {} tasks", started)
    if moves.stop or moves.start:
        service["_steady"] = False


def _start(cluster: str, service: Service, primary: dict[str, Any], count: int) -> list[Task]:
    answer = ecs._run_task(
        {
            "cluster": cluster,
            "taskDefinition": service["taskDefinition"],
            "count": count,
            "group": f"service:{service['serviceName']}",
            "startedBy": primary["id"],
            "launchType": service.get("launchType"),
            "capacityProviderStrategy": service.get("capacityProviderStrategy"),
            "platformVersion": service.get("platformVersion", ""),
            "networkConfiguration": service.get("networkConfiguration", {}),
            "enableExecuteCommand": service.get("enableExecuteCommand", False),
            "_deploymentId": primary["id"],
        }
    )
    started: list[Task] = json.loads(answer[2]).get("tasks", [])
    return started


def _conclude(service: Service, primary: dict[str, Any], now: Situation) -> None:
    healthy = [task for task in now.current if task in now.healthy]
    if healthy and primary["rolloutState"] == "IN_PROGRESS":
        # A healthy task ends the failures of its deployment.
        primary["failedTasks"] = 0
    if now.old or len(now.current) != now.desired or len(healthy) < now.desired:
        return
    if primary["rolloutState"] == "IN_PROGRESS":
        done = f"ECS deployment {primary['id']} completed."
        primary.update(rolloutState="COMPLETED", rolloutStateReason=done, updatedAt=ecs._iso())
        add_event(service, f"(deployment {primary['id']}) deployment completed.")
        record = open_service_deployment(service)
        rolled_back = bool(record and record["status"] == "ROLLBACK_IN_PROGRESS")
        end_service_deployment(service, "ROLLBACK_SUCCESSFUL" if rolled_back else "SUCCESSFUL", None)
        service["deployments"] = [primary]
    if not service.get("_steady") and primary["rolloutState"] == "COMPLETED":
        service.update(_steady=True, _failures=0)
        add_event(service, STEADY)


def _end_lost_tasks(cluster: str) -> None:
    alive = {instance.arn for instance in list_instances(cluster)}
    arn = ecs._clusters[cluster]["clusterArn"]
    for task in list(ecs._tasks.values()):
        lost = task.get("_instance") and task["containerInstanceArn"] not in alive
        if lost and task["clusterArn"] == arn and task["desiredStatus"] == "RUNNING":
            stop_task(task, f"Host EC2 (instance {task['_instance']}) terminated.", "TerminationNotice")


def _end_unhealthy_tasks(service: Service) -> None:
    for task in tasks_of(service):
        reason = _complaint_of(service, task)
        if reason is not None:
            task["_unhealthy"] = True
            stop_task(task, reason, "ServiceSchedulerInitiated")


def _complaint_of(service: Service, task: Task) -> str | None:
    if task["lastStatus"] != "RUNNING":
        return None
    number = task["taskArn"].rsplit("/", 1)[-1]
    if task["healthStatus"] == "UNHEALTHY":
        add_event(service, f"(task {number}) failed container health checks.")
        return "Task failed container health checks"
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html#ECS-CreateService-request-healthCheckGracePeriodSeconds
    if seconds_running(task) < int(service.get("healthCheckGracePeriodSeconds") or 0):
        return None
    for arn in target_groups_of(service):
        target = target_of(arn, task)
        if target is not None and health_of(arn, target).state == "unhealthy":
            where = f"(port {target['Port']}) is unhealthy in (target-group {arn})"
            add_event(service, f"{where} due to (reason {health_of(arn, target).text})")
            return f"Task failed ELB health checks in (target-group {arn})"
    return None


def _tick_service(key: str, service: Service) -> None:
    cluster, name = key.split("/", 1)
    if service["status"] == "DRAINING":
        end_draining(service)
    if service["status"] != "ACTIVE":
        return
    _end_unhealthy_tasks(service)
    _reconcile(cluster, service)
    ecs._refresh_service_state(cluster, f"service:{name}")
    ecs._recount_cluster(cluster)


def _tick_cluster(cluster: str, record: Any) -> None:
    if record["status"] == "INACTIVE":
        return
    _end_lost_tasks(cluster)
    drain_instances(cluster)
    scale_cluster(cluster)
    start_waiting_tasks(cluster)
    forget_stopped_tasks(cluster)


def _run() -> None:
    while True:
        time.sleep(_INTERVAL_SECONDS)
        each_record(ecs._clusters, _tick_cluster)
        each_record(ecs._services, _tick_service)


def install() -> None:
    """Starts the scheduler, and leaves ministack's own decisions out."""
    for name in _DECISIONS:
        setattr(ecs, name, lambda *_, **__: None)
    on_stop(count_failure)
    threading.Thread(target=_run, daemon=True, name="service-scheduler").start()
