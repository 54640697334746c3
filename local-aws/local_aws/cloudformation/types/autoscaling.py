"""CloudFormation: groups start their instances; updates go by IgnoreUnmodifiedGroupSizeProperties."""

from typing import Any

from ministack.services import autoscaling
from ministack.services.cloudformation import provisioners

from local_aws.autoscaling.groups import complain_of_group
from local_aws.cloudformation.actions import service_error
from local_aws.core.wrapping import Original, wrap


def _settle(group: dict[str, Any]) -> None:
    # Parameters of a template are strings.
    protected = group["NewInstancesProtectedFromScaleIn"]
    group["NewInstancesProtectedFromScaleIn"] = str(protected).lower() == "true"
    autoscaling._reconcile_instances(group)


def _create(original: Original, logical_id: str, properties: dict[str, Any], stack: str) -> Any:
    complaint = complain_of_group(properties, properties.get("LaunchTemplate") or {})
    if complaint:
        raise service_error(complaint, "AutoScaling", 400)
    result = original(logical_id, properties, stack)
    _settle(autoscaling._asgs[result[0]])
    return result


def _update(original: Original, name: str, old: Any, properties: dict[str, Any], *rest: Any) -> Any:
    desired = autoscaling._asgs[name]["DesiredCapacity"]
    result = original(name, old, properties, *rest)
    group = autoscaling._asgs[result[0]]
    if properties.get("DesiredCapacity") == old.get("DesiredCapacity"):
        group["DesiredCapacity"] = min(max(desired, group["MinSize"]), group["MaxSize"])
    _settle(group)
    return result


def install() -> None:
    """Completes AWS::AutoScaling::AutoScalingGroup."""
    entry = provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::AutoScalingGroup"]
    wrap(entry, "create", _create)
    wrap(entry, "update", _update)
