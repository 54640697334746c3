"""Service deployments: the history of a service's changes, and how each of them ended.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
The text of `statusReason` is AWS's only where a circuit breaker rolled back.
"""

import secrets
import string
import threading
import time
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecs

from local_aws.ecs.events import find_service

_KEPT = 50
_OPEN = ("PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS")
_lock = threading.Lock()
_ID_LETTERS = string.ascii_letters + string.digits + "_-"

Service = dict[str, Any]
Deployment = dict[str, Any]


def record_service_deployment(service: Service, deployment: Deployment) -> None:
    """Records a deployment once, by whoever sees it first; one that is still under way is stopped by it."""
    with _lock:
        known = service.setdefault("_service_deployments", [])
        if any(each["_target"] == deployment["id"] for each in known):
            return
        end_service_deployment(service, "STOPPED", "A new service deployment was started.")
        place = service["serviceArn"].replace(":service/", ":service-deployment/")
        number = "".join(secrets.choice(_ID_LETTERS) for _ in range(21))
        record = {
            "serviceDeploymentArn": f"{place}/{number}",
            "createdAt": time.time(),
            "status": "PENDING",
            "_target": deployment["id"],
            "_failures": 0,
        }
        service["_service_deployments"] = [record, *known][:_KEPT]
        service["currentServiceDeployment"] = record["serviceDeploymentArn"]


def open_service_deployment(service: Service) -> dict[str, Any] | None:
    """The deployment that is under way, if any."""
    newest = latest_service_deployment(service)
    return newest if newest and newest["status"] in _OPEN else None


def latest_service_deployment(service: Service) -> dict[str, Any] | None:
    """The newest deployment, whether it is over or not."""
    return next(iter(service.get("_service_deployments", [])), None)


def start_service_deployment(service: Service) -> None:
    """Marks that the scheduler works on the deployment."""
    record = open_service_deployment(service)
    if record and record["status"] == "PENDING":
        record.update(status="IN_PROGRESS", startedAt=time.time(), updatedAt=time.time())


def roll_back_service_deployment(service: Service, failures: int) -> None:
    """Marks that the circuit breaker rolls the deployment back."""
    record = open_service_deployment(service)
    if record:
        reason = "Service deployment rolled back because the circuit breaker threshold was exceeded."
        record.update(
            status="ROLLBACK_IN_PROGRESS",
            statusReason=reason,
            rollback={"reason": reason, "startedAt": time.time()},
            updatedAt=time.time(),
            _failures=failures,
            _tripped=True,
        )


def end_service_deployment(service: Service, status: str, reason: str | None, failures: int = 0) -> None:
    """Ends the deployment that is under way, with a status that is not open any more."""
    record = open_service_deployment(service)
    if record is None:
        return
    now = time.time()
    record.update(status=status, updatedAt=now, finishedAt=now, _failures=failures or record["_failures"])
    if reason is not None:
        record["statusReason"] = reason
    if status == "STOPPED":
        record["stoppedAt"] = now


def _brief(service: Service, record: dict[str, Any]) -> dict[str, Any]:
    return {**ecs._sanitize(record), "serviceArn": service["serviceArn"], "clusterArn": service["clusterArn"]}


def _describe_one(service: Service, record: dict[str, Any]) -> dict[str, Any]:
    target: Deployment = next(
        (each for each in service["deployments"] if each["id"] == record["_target"]), {}
    )
    failures = target.get("failedTasks", 0) if record["status"] == "IN_PROGRESS" else record["_failures"]
    return {
        **_brief(service, record),
        "deploymentConfiguration": service["deploymentConfiguration"],
        "deploymentCircuitBreaker": {
            "status": _breaker_status(service, record),
            "failureCount": failures,
            "threshold": ecs._circuit_breaker_threshold(service),
        },
    }


def _breaker_status(service: Service, record: dict[str, Any]) -> str:
    breaker = service["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
    if not breaker.get("enable"):
        return "DISABLED"
    if record.get("_tripped"):
        return "TRIGGERED"
    return "MONITORING" if record["status"] in _OPEN else "MONITORING_COMPLETE"


def _list(data: dict[str, Any]) -> Any:
    service = find_service(data, "service")
    if service is None:
        return ecs.error_response_json("ServiceNotFoundException", "Service not found.", 400)
    found = [_brief(service, record) for record in service.get("_service_deployments", [])]
    return json_response({"serviceDeployments": found})


def _describe(data: dict[str, Any]) -> Any:
    found = {
        record["serviceDeploymentArn"]: (service, record)
        for service in ecs._services.values()
        for record in service.get("_service_deployments", [])
    }
    wanted = data.get("serviceDeploymentArns", [])
    return json_response(
        {
            "serviceDeployments": [_describe_one(*found[arn]) for arn in wanted if arn in found],
            "failures": [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in found],
        }
    )


def install() -> None:
    """Answers ListServiceDeployments and DescribeServiceDeployments."""
    ecs._ACTION_MAP["ListServiceDeployments"] = _list
    ecs._ACTION_MAP["DescribeServiceDeployments"] = _describe
