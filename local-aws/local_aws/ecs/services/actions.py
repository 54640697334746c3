"""CreateService, UpdateService and DeleteService: what ministack's leave out.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
"""

import threading
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import alb, ecs

from local_aws.core.control import late
from local_aws.core.wrapping import Original, wrap
from local_aws.ecs.events import add_event, find_service
from local_aws.ecs.services.deployments import record_service_deployment
from local_aws.ecs.services.failures import forget_failures
from local_aws.ecs.tasks.containers import find_container
from local_aws.ecs.tasks.status import all_tasks_of
from local_aws.load_balancing.usage import balancers_of

_publishing = threading.local()

Service = dict[str, Any]


def _deployment(original: Original, definition: str, desired: int, status: str = "PRIMARY") -> Any:
    deployment = original(definition, desired, status)
    reason = f"ECS deployment {deployment['id']} in progress."
    deployment.update(rolloutState="IN_PROGRESS", rolloutStateReason=reason)
    return deployment


def _record_deployment(service: Service | None) -> None:
    primary = ecs._primary_deployment(service) if service else None
    if service is not None and primary is not None:
        record_service_deployment(service, primary)


def _created(original: Original, data: dict[str, Any]) -> Any:
    known = find_service(data, "serviceName")
    if known is not None and known["status"] == "DRAINING":
        text = "Unable to Start a service that is still Draining."
        return error_response_json("InvalidParameterException", text, 400)
    unused = _unused_group(data)
    if unused:
        text = f"The target group with targetGroupArn {unused} does not have an associated load balancer."
        return error_response_json("InvalidParameterException", text, 400)
    answer = original(data)
    _record_deployment(find_service(data, "serviceName"))
    return answer


def _unused_group(data: dict[str, Any]) -> str | None:
    arns = [str(each.get("targetGroupArn")) for each in data.get("loadBalancers") or []]
    return next((arn for arn in arns if arn in alb._tgs and not balancers_of(arn)), None)


def _updated(original: Original, data: dict[str, Any]) -> Any:
    service = find_service(data, "service")
    if service is not None:
        # A change of the service resets the pause after earlier failures.
        forget_failures(service)
        known = {event["id"] for event in service["events"]}
    answer = original(data)
    if service is not None:
        # ministack tells of draining whether a task drains or not: our own events say it.
        service["events"] = [each for each in service["events"] if each["id"] in known or "_at" in each]
    _record_deployment(service)
    return answer


def _deleted(original: Original, data: dict[str, Any]) -> Any:
    """A deleted service is DRAINING until its tasks have stopped."""
    service = find_service(data, "service")
    answer = original(data)
    if service is not None and answer[0] < 400:
        service["status"] = "DRAINING"
        end_draining(service)
        return json_response({"service": ecs._sanitize(service)})
    return answer


def end_draining(service: Service) -> None:
    """Sets a deleted service to INACTIVE once none of its tasks is left."""
    if not any(task["lastStatus"] != "STOPPED" for task in all_tasks_of(service)):
        service["status"] = "INACTIVE"


def _synced(original: Original, cluster: str, service: Service) -> None:
    _publishing.service = service
    try:
        original(cluster, service)
    finally:
        _publishing.service = None


def _published(original: Original, group_arn: str, targets: list[tuple[str, int]], previous: Any = ()) -> Any:
    """Registers the ports that tasks really have, and tells of what came and went."""
    real = []
    for host, port in targets:
        container = find_container(host)
        real.append((host, container.address.ports.get(port, port) if container else port))
    done = original(group_arn, real, previous)
    service = getattr(_publishing, "service", None)
    hosts = {host for host, _ in real}
    gone, come = set(previous) - hosts, hosts - set(previous)
    if service is not None and done:
        if gone:
            add_event(service, f"has begun draining connections on {len(gone)} tasks.")
            add_event(service, f"deregistered {len(gone)} targets in (target-group {group_arn})")
        if come:
            add_event(service, f"registered {len(come)} targets in (target-group {group_arn})")
    return done


def install() -> None:
    """Completes the actions on services."""
    wrap(ecs, "_describe_services", late("service-lag"))
    wrap(ecs, "_make_deployment", _deployment)
    wrap(ecs, "_sync_service_targets", _synced)
    wrap(alb, "set_targets_for_group", _published)
    wrap(ecs, "_create_service", _created)
    wrap(ecs, "_delete_service", _deleted)
    wrap(ecs, "_update_service", _updated)
