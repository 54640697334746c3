"""Service deployments: the history of a service's changes, and how each of them ended.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
The text of `statusReason` is AWS's only where a circuit breaker rolled back.
"""

import secrets
import string
import threading
import time
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import ecs

_KEPT = 50
_OPEN = ("PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS")
_lock = threading.Lock()
_ID_LETTERS = string.ascii_letters + string.digits + "_-"

Service = dict[str, Any]
Deployment = dict[str, Any]


def _arn(service: Service, kind: str, number: str) -> str:
    cluster = service["clusterArn"].rsplit("/", 1)[-1]
    place = f"arn:aws:ecs:{get_region()}:{get_account_id()}:{kind}"
    return f"{place}/{cluster}/{service['serviceName']}/{number}"


def revision_of(service: Service, deployment: Deployment) -> str:
    """The ARN of the service revision that a deployment brings."""
    if "_revision" not in deployment:
        number = "".join(secrets.choice(string.digits) for _ in range(19))
        deployment["_revision"] = _arn(service, "service-revision", number)
    return str(deployment["_revision"])


def record_service_deployment(service: Service, deployment: Deployment) -> None:
    """Records a deployment once, by whoever sees it first; one that is still under way is stopped by it."""
    with _lock:
        known = service.setdefault("_service_deployments", [])
        if any(each["_target"] == deployment["id"] for each in known):
            return
        end_service_deployment(service, "STOPPED", "A new service deployment was started.")
        others = [each for each in service["deployments"] if each is not deployment]
        number = "".join(secrets.choice(_ID_LETTERS) for _ in range(21))
        record = {
            "serviceDeploymentArn": _arn(service, "service-deployment", number),
            "createdAt": time.time(),
            "status": "PENDING",
            "_target": deployment["id"],
            "_revision": revision_of(service, deployment),
            "_sources": [revision_of(service, each) for each in others],
            "_failures": 0,
        }
        service["_service_deployments"] = [record, *known][:_KEPT]
        service["currentServiceDeployment"] = record["serviceDeploymentArn"]


def open_service_deployment(service: Service) -> dict[str, Any] | None:
    """The deployment that is under way, if any."""
    newest = next(iter(service.get("_service_deployments", [])), None)
    return newest if newest and newest["status"] in _OPEN else None


def latest_service_deployment(service: Service) -> dict[str, Any] | None:
    """The newest deployment, whether it is over or not."""
    return next(iter(service.get("_service_deployments", [])), None)


def start_service_deployment(service: Service) -> None:
    """Marks that the scheduler works on the deployment."""
    record = open_service_deployment(service)
    if record and record["status"] == "PENDING":
        record.update(status="IN_PROGRESS", startedAt=time.time(), updatedAt=time.time())


def roll_back_service_deployment(service: Service, to: Deployment, failures: int) -> None:
    """Marks that the circuit breaker rolls the deployment back."""
    record = open_service_deployment(service)
    if record:
        reason = "Service deployment rolled back because the circuit breaker threshold was exceeded."
        revision = revision_of(service, to)
        rollback = {"reason": reason, "startedAt": time.time(), "serviceRevisionArn": revision}
        record.update(
            status="ROLLBACK_IN_PROGRESS",
            statusReason=reason,
            rollback=rollback,
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


def _describe_one(service: Service, record: dict[str, Any]) -> dict[str, Any]:
    counts = {each["_revision"]: each for each in service["deployments"] if "_revision" in each}

    def summary(arn: str) -> dict[str, Any]:
        at = counts.get(arn, {})
        return {
            "arn": arn,
            "requestedTaskCount": at.get("desiredCount", 0),
            "runningTaskCount": at.get("runningCount", 0),
            "pendingTaskCount": at.get("pendingCount", 0),
        }

    target: Deployment = next(
        (each for each in service["deployments"] if each["id"] == record["_target"]), {}
    )
    failures = target.get("failedTasks", 0) if record["status"] == "IN_PROGRESS" else record["_failures"]
    return {
        **ecs._sanitize(record),
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "sourceServiceRevisions": [summary(arn) for arn in record["_sources"]],
        "targetServiceRevision": summary(record["_revision"]),
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
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    name = (ecs._resolve_service_ref(data.get("service", "")) or ("",))[0]
    service = ecs._services.get(f"{cluster}/{name}")
    if service is None:
        return ecs.error_response_json("ServiceNotFoundException", "Service not found.", 400)
    wanted = data.get("status") or []
    after = (data.get("createdAt") or {}).get("after", 0)
    found = [
        {
            **ecs._sanitize(record),
            "serviceArn": service["serviceArn"],
            "clusterArn": service["clusterArn"],
            "targetServiceRevisionArn": record["_revision"],
        }
        for record in service.get("_service_deployments", [])
        if (not wanted or record["status"] in wanted) and record["createdAt"] >= after
    ]
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
