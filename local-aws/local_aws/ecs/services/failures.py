"""Tasks that fail: the service tries again after growing pauses, and the circuit breaker ends a deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
"""

import time
from typing import Any

from ministack.services import ecs

from local_aws.ecs.events import add_complaint, add_event, service_of
from local_aws.ecs.services.deployments import (
    end_service_deployment,
    open_service_deployment,
    roll_back_service_deployment,
)

_LONGEST_PAUSE_SECONDS = 60
_FAILURES = ("EssentialContainerExited", "TaskFailedToStart")

Service = dict[str, Any]
Deployment = dict[str, Any]


def forget_failures(service: Service) -> None:
    """Resets the pause after earlier failures."""
    service.update(_failures=0, _retry_at=0)


def count_failure(task: dict[str, Any], code: str) -> None:
    """Counts a task that failed to start, ended by itself, or was found unhealthy."""
    service = service_of(task)
    if service is not None and (code in _FAILURES or task.get("_unhealthy")):
        _count(service, task)


def _count(service: Service, task: dict[str, Any]) -> None:
    failures = service["_failures"] = service.get("_failures", 0) + 1
    if failures > 1:
        service["_retry_at"] = time.time() + min(_LONGEST_PAUSE_SECONDS, 2.0 ** (failures - 1))
    if failures == 3:
        add_complaint(service, "is unable to consistently start tasks successfully.")
    primary = ecs._primary_deployment(service)
    if primary and task.get("_deployment_id") == primary["id"] and primary["rolloutState"] == "IN_PROGRESS":
        primary["failedTasks"] = int(primary.get("failedTasks", 0)) + 1
        breaker = service["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
        if breaker.get("enable") and primary["failedTasks"] >= ecs._circuit_breaker_threshold(service):
            _trip(service, primary, bool(breaker.get("rollback")))


def _trip(service: Service, failed: Deployment, may_roll_back: bool) -> None:
    add_event(service, f"(deployment {failed['id']}) deployment failed: tasks failed to start.")
    failed.update(
        rolloutState="FAILED",
        rolloutStateReason="ECS deployment circuit breaker: tasks failed to start.",
        desiredCount=0,
        updatedAt=ecs._iso(),
    )
    record = open_service_deployment(service)
    rolling_back = bool(record and record["status"] == "ROLLBACK_IN_PROGRESS")
    back = next((each for each in service["deployments"] if each["rolloutState"] == "COMPLETED"), None)
    if rolling_back or (may_roll_back and back is None):
        end_service_deployment(service, "ROLLBACK_FAILED", "The rollback did not reach a steady state.")
    elif not may_roll_back:
        reason = "Service deployment stopped because the circuit breaker threshold was exceeded."
        end_service_deployment(service, "STOPPED", reason, failed["failedTasks"])
    elif back is not None:
        _roll_back(service, failed, back)


def _roll_back(service: Service, failed: Deployment, back: Deployment) -> None:
    roll_back_service_deployment(service, failed["failedTasks"])
    failed["status"] = "ACTIVE"
    back.update(
        status="PRIMARY",
        desiredCount=service["desiredCount"],
        failedTasks=0,
        rolloutState="IN_PROGRESS",
        rolloutStateReason=f"ECS deployment circuit breaker: rolling back to deploymentId {back['id']}.",
        updatedAt=ecs._iso(),
    )
    service["taskDefinition"] = back["taskDefinition"]
    service["deployments"] = [back, *(each for each in service["deployments"] if each is not back)]
    add_event(service, f"rolling back to deployment {back['id']}.")
    forget_failures(service)
