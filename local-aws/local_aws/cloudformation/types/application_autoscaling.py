"""CloudFormation: scalable targets and scaling policies."""

from typing import Any

from ministack.services.cloudformation import provisioners

from local_aws.application_autoscaling.targets import Data, deregister, put_policy, register


def _typed(properties: Data) -> Data:
    """Converts flags and numbers: parameters of a template are strings."""
    typed = dict(properties)
    if "SuspendedState" in typed:
        typed["SuspendedState"] = {
            name: str(value).lower() == "true" for name, value in typed["SuspendedState"].items()
        }
    return typed


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html
_ID = ("ResourceId", "ScalableDimension", "ServiceNamespace")


def _target(physical_id: str) -> Data:
    return dict(zip(_ID, physical_id.split("|"), strict=True))


def _create_target(_logical_id: str, properties: Data, _stack: str) -> Any:
    register(_typed(properties))
    physical_id = "|".join(properties[name] for name in _ID)
    return physical_id, {"Id": physical_id}


def _create_policy(_logical_id: str, properties: Data, _stack: str) -> Any:
    policy = dict(properties)
    if "ScalingTargetId" in policy:
        policy |= _target(policy.pop("ScalingTargetId"))
    configuration = dict(policy.get("TargetTrackingScalingPolicyConfiguration", {}))
    for name, convert in (("TargetValue", float), ("ScaleInCooldown", int), ("ScaleOutCooldown", int)):
        if name in configuration:
            configuration[name] = convert(configuration[name])
    if configuration:
        policy["TargetTrackingScalingPolicyConfiguration"] = configuration
    arn = put_policy(policy)["PolicyARN"]
    return arn, {"Arn": arn}


def install() -> None:
    """Adds both resource types. A policy goes with its target."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::ApplicationAutoScaling::ScalableTarget"] = {
        "create": _create_target,
        "update": lambda physical_id, _, properties, stack: _create_target(physical_id, properties, stack),
        "delete": lambda physical_id, _: deregister(_target(physical_id)),
    }
    handlers["AWS::ApplicationAutoScaling::ScalingPolicy"] = {
        "create": _create_policy,
        "update": lambda physical_id, _, properties, stack: _create_policy(physical_id, properties, stack),
        "delete": lambda _physical_id, _properties: None,
    }
