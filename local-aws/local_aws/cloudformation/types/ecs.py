"""CloudFormation: capacity providers, services that wait until they run, whole definitions."""

import json
import time
from typing import Any

from ministack.services import cloudformation, ecs
from ministack.services.cloudformation import provisioners, stacks

from local_aws.core.wrapping import Original, wrap
from local_aws.ecs.instances.capacity_providers import follow_draining
from local_aws.ecs.services.deployments import latest_service_deployment

_WAIT_SECONDS = 600.0
_POLL_SECONDS = 0.1


def to_camel_case(value: Any) -> Any:
    """Turns the keys of CloudFormation's properties into those of the API, at any depth."""
    if isinstance(value, list):
        return [to_camel_case(each) for each in value]
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: to_camel_case(each) for key, each in value.items()}
    return value


def succeed(answer: Any) -> Any:
    """Reads the answer of a JSON API; raises with its message where it fails."""
    status, _, body = answer
    if status >= 400:
        raise ValueError(json.loads(body).get("message", "failed"))
    return json.loads(body)


def _create_provider(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
    name = properties.get("Name") or provisioners._physical_name(stack, logical_id, max_len=100)
    group = to_camel_case(properties["AutoScalingGroupProvider"])
    succeed(ecs._create_capacity_provider({"name": name, "autoScalingGroupProvider": group}))
    return name, {}


def _delete_provider(physical_id: str) -> None:
    if physical_id in ecs._capacity_providers:
        succeed(ecs._delete_capacity_provider({"capacityProvider": physical_id}))


def _delete_cluster(physical_id: str, _properties: dict[str, Any]) -> None:
    if ecs._resolve_cluster_name(physical_id) in ecs._clusters:
        succeed(ecs._delete_cluster({"cluster": physical_id}))


def _update_provider(physical_id: str, _old: Any, properties: dict[str, Any], _stack: str) -> Any:
    group = to_camel_case(properties["AutoScalingGroupProvider"])
    settings = ecs._capacity_providers[physical_id]["autoScalingGroupProvider"]
    settings.update({"managedDraining": "ENABLED", **group})
    follow_draining(settings)
    return physical_id, {}


def _associate(_logical_id: str, properties: dict[str, Any], _stack: str) -> Any:
    cluster = properties["Cluster"]
    request = {
        "cluster": cluster,
        "capacityProviders": properties["CapacityProviders"],
        "defaultCapacityProviderStrategy": to_camel_case(
            properties.get("DefaultCapacityProviderStrategy") or []
        ),
    }
    succeed(ecs._put_cluster_capacity_providers(request))
    return cluster, {}


def _dissociate(physical_id: str, _properties: dict[str, Any]) -> None:
    ecs._put_cluster_capacity_providers({"cluster": physical_id, "capacityProviders": []})


def _service_of(arn: str) -> dict[str, Any]:
    cluster, name = arn.split("/")[-2:]
    return ecs._services.get(f"{cluster}/{name}") or {}


def _wait(service_arn: str) -> None:
    """Waits until the deployment is complete, as CloudFormation does; raises where it failed."""
    service = _service_of(service_arn)
    end = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < end:
        record = latest_service_deployment(service) or {}
        if record.get("status") not in ("PENDING", "IN_PROGRESS", "SUCCESSFUL"):
            raise ValueError(
                "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
            )
        if record["status"] == "SUCCESSFUL" and service["runningCount"] == service["desiredCount"]:
            return
        time.sleep(_POLL_SECONDS)
    raise ValueError("Exceeded attempts to wait")


def _create_service(original: Original, logical_id: str, properties: dict[str, Any], stack: str) -> Any:
    result = original(logical_id, properties, stack)
    # What ministack's own CreateService request leaves out.
    _service_of(result[0]).update(
        healthCheckGracePeriodSeconds=int(properties.get("HealthCheckGracePeriodSeconds", 0)),
        enableExecuteCommand=str(properties.get("EnableExecuteCommand")).lower() == "true",
        propagateTags=properties.get("PropagateTags", "NONE"),
    )
    owner = cloudformation._stacks[stack]
    own = (owner["StackId"], stack, logical_id, "AWS::ECS::Service")
    stacks._add_event(*own, "CREATE_IN_PROGRESS", "Resource creation Initiated", result[0])
    try:
        _wait(result[0])
    except ValueError:
        # It has an id, so that the rollback deletes it.
        provisioners._delete_resource("AWS::ECS::Service", result[0], properties)
        raise
    return result


def _update_service(original: Original, *args: Any) -> Any:
    result = original(*args)
    _wait(result[0])
    return result


def _delete_service(original: Original, physical_id: str, properties: dict[str, Any]) -> None:
    original(physical_id, properties)
    end = time.monotonic() + _WAIT_SECONDS
    while _service_of(physical_id).get("status") == "DRAINING":
        if time.monotonic() >= end:
            raise ValueError("Exceeded attempts to wait")
        time.sleep(_POLL_SECONDS)


def _whole_definitions(original: Original, definitions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    whole: list[dict[str, Any]] = original(definitions)
    for definition in whole:
        definition.setdefault("essential", True)
        definition.setdefault("cpu", 0)
        for key in ("resourceRequirements", "secrets", "linuxParameters", "ulimits", "healthCheck"):
            if key in definition:
                definition[key] = to_camel_case(definition[key])
        for mapping in definition.get("portMappings", []):
            ports = {key: int(mapping[key]) for key in ("containerPort", "hostPort") if key in mapping}
            mapping.update(ports)
    return whole


def install() -> None:
    """Adds the types that ministack lacks, and completes those that it has."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::ECS::CapacityProvider"] = {
        "create": _create_provider,
        "update": _update_provider,
        "delete": lambda physical_id, _: _delete_provider(physical_id),
    }
    handlers["AWS::ECS::Cluster"] = {**handlers["AWS::ECS::Cluster"], "delete": _delete_cluster}
    handlers["AWS::ECS::ClusterCapacityProviderAssociations"] = {
        "create": _associate,
        "update": lambda physical_id, _, properties, stack: _associate(physical_id, properties, stack),
        "delete": _dissociate,
    }
    wrap(provisioners, "_normalize_container_defs", _whole_definitions)
    around = {"create": _create_service, "update": _update_service, "delete": _delete_service}
    for action, ours in around.items():
        wrap(handlers["AWS::ECS::Service"], action, ours)
