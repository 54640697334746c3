"""CloudFormation: an Auto Scaling group starts its instances, and an update keeps the desired capacity."""

from typing import Any

from ministack.services import autoscaling
from ministack.services.cloudformation import provisioners

from local_aws.autoscaling.groups import complain_of_group
from local_aws.cloudformation.handler_error import service_error


def install() -> None:
    """Completes AWS::AutoScaling::AutoScalingGroup."""
    entry = provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::AutoScalingGroup"]
    create, update = entry["create"], entry["update"]

    def settle(group: dict[str, Any]) -> None:
        # Parameters of a template are strings.
        protected = group["NewInstancesProtectedFromScaleIn"]
        group["NewInstancesProtectedFromScaleIn"] = str(protected).lower() == "true"
        autoscaling._reconcile_instances(group)

    def create_group(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        complaint = complain_of_group(properties, properties.get("LaunchTemplate") or {})
        if complaint:
            raise service_error(complaint, "AutoScaling", 400)
        result = create(logical_id, properties, stack)
        settle(autoscaling._asgs[result[0]])
        return result

    def update_group(physical_id: str, old: Any, properties: dict[str, Any], stack: str, *rest: Any) -> Any:
        desired = autoscaling._asgs[physical_id]["DesiredCapacity"]
        result = update(physical_id, old, properties, stack, *rest)
        group = autoscaling._asgs[result[0]]
        if "DesiredCapacity" not in properties:
            group["DesiredCapacity"] = min(max(desired, group["MinSize"]), group["MaxSize"])
        settle(group)
        return result

    provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::AutoScalingGroup"] = {
        **entry,
        "create": create_group,
        "update": update_group,
    }
