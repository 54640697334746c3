"""Application Auto Scaling, for ECS services: targets and policies. No policy scales.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_Operations.html
"""

import json
import sys
import time
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any

import ministack.app
from ministack.core import router
from ministack.core.responses import (
    AccountRegionScopedDict,
    error_response_json,
    get_account_id,
    get_region,
    json_response,
)
from ministack.services import ecs

from local_aws.application_autoscaling.activities import (
    add_scaling_activity,
    describe_activities,
    key_of,
    place_of,
)

_targets = AccountRegionScopedDict()
_policies = AccountRegionScopedDict()
_FLAGS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")

Data = dict[str, Any]


class ActionError(Exception):
    """An error of the service: its name and its message."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def _service_of(data: Data) -> Data:
    service: Data | None = ecs._services.get(data["ResourceId"].removeprefix("service/"))
    if service is None or service["status"] != "ACTIVE":
        raise ActionError("ValidationException", f"ECS service doesn't exist: {data['ResourceId']}")
    return service


def register(data: Data) -> Data:
    """Creates a scalable target or changes one; the desired count goes into its bounds at once, as on AWS."""
    service = _service_of(data)
    target = _targets.get(key_of(data)) or _new_target(data)
    for name in ("MinCapacity", "MaxCapacity"):
        if name in data:
            target[name] = int(data[name])
    if target["MinCapacity"] > target["MaxCapacity"]:
        raise ActionError("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    # A flag that is not given stays as it is.
    target["SuspendedState"].update(data.get("SuspendedState") or {})
    _targets[key_of(data)] = target
    _clamp(service, target)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _new_target(data: Data) -> Data:
    if "MinCapacity" not in data or "MaxCapacity" not in data:
        raise ActionError("ValidationException", "a new scalable target needs minimum and maximum capacity")
    account, region = get_account_id(), get_region()
    role = "ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
    return {
        "ServiceNamespace": data["ServiceNamespace"],
        "ResourceId": data["ResourceId"],
        "ScalableDimension": data["ScalableDimension"],
        "RoleARN": data.get("RoleARN", f"arn:aws:iam::{account}:role/aws-service-role/{role}"),
        "CreationTime": time.time(),
        "SuspendedState": dict.fromkeys(_FLAGS, False),
        "ScalableTargetARN": (
            f"arn:aws:application-autoscaling:{region}:{account}:scalable-target/{uuid.uuid4().hex}"
        ),
    }


def _clamp(service: Data, target: Data) -> None:
    desired = min(max(service["desiredCount"], target["MinCapacity"]), target["MaxCapacity"])
    if desired != service["desiredCount"]:
        cluster = service["clusterArn"].rsplit("/", 1)[-1]
        bound = "minimum" if desired > service["desiredCount"] else "maximum"
        request = {"cluster": cluster, "service": service["serviceName"], "desiredCount": desired}
        ecs._update_service(request)
        done = f"Successfully set desired count to {desired}. Change successfully fulfilled by ecs."
        cause = f"{bound} capacity was set to {desired}"
        add_scaling_activity(target, f"Setting desired count to {desired}.", cause, done)


def deregister(data: Data) -> Data:
    """Removes a scalable target, with its policies."""
    if _targets.pop(key_of(data), None) is None:
        raise ActionError("ObjectNotFoundException", f"No scalable target found for {place_of(data)}")
    for key in [key for key in _policies if key.startswith(f"{key_of(data)}|")]:
        _policies.pop(key)
    return {}


def put_policy(data: Data) -> Data:
    """Creates a scaling policy of a registered target, or changes what is given of one."""
    if key_of(data) not in _targets:
        raise ActionError("ObjectNotFoundException", f"No scalable target registered for {place_of(data)}")
    name = data["PolicyName"]
    key = f"{key_of(data)}|{name}"
    place = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{uuid.uuid4()}"
    arn = f"{place}:resource/{data['ServiceNamespace']}/{data['ResourceId']}:policyName/{name}"
    kept = _policies.get(key, {"PolicyARN": arn, "CreationTime": time.time()})
    _policies[key] = {**kept, **data}
    return {"PolicyARN": kept["PolicyARN"], "Alarms": []}


def _describe(store: Any, member: str, names: str, name: str) -> Callable[[Data], Data]:
    def describe(data: Data) -> Data:
        resources = data.get("ResourceIds") or ([data["ResourceId"]] if data.get("ResourceId") else None)
        found = [
            each
            for each in store.values()
            if each["ServiceNamespace"] == data["ServiceNamespace"]
            and (resources is None or each["ResourceId"] in resources)
            and (not data.get("ScalableDimension") or each["ScalableDimension"] == data["ScalableDimension"])
            and (not data.get(names) or each.get(name) in data[names])
        ]
        return {member: ecs._sanitize(found)}

    return describe


_ACTIONS: dict[str, Callable[[Data], Data]] = {
    "RegisterScalableTarget": register,
    "DeregisterScalableTarget": deregister,
    "DescribeScalableTargets": _describe(_targets, "ScalableTargets", "", ""),
    "PutScalingPolicy": put_policy,
    "DescribeScalingPolicies": _describe(_policies, "ScalingPolicies", "PolicyNames", "PolicyName"),
    "DescribeScalingActivities": describe_activities,
}


async def _handle(_method: str, _path: str, headers: Any, body: bytes, _query: Any) -> Any:
    name = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    action = _ACTIONS.get(name)
    if action is None:
        return error_response_json("UnknownOperationException", f"unknown operation {name}", 400)
    try:
        return json_response(action(json.loads(body or b"{}")))
    except ActionError as error:
        return error_response_json(error.name, str(error), 400)


def install() -> None:
    """Adds the service to ministack's table of services."""
    module = ModuleType("ministack.services.application_autoscaling")
    module.__dict__["handle_request"] = _handle
    sys.modules[module.__name__] = module
    router.SERVICE_PATTERNS["application-autoscaling"] = {
        "target_prefixes": ["AnyScaleFrontendService"],
        "credential_scope": "application-autoscaling",
    }
    ministack.app.SERVICE_REGISTRY["application-autoscaling"] = {"module": "application_autoscaling"}
    ministack.app.SERVICE_HANDLERS["application-autoscaling"] = ministack.app._lazy_handler(
        "application_autoscaling"
    )
