"""What an Auto Scaling group is made with, something to launch and a place; one in use is not deleted.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
"""

from collections.abc import Iterable
from typing import Any

from ministack.services import autoscaling

from local_aws.autoscaling.instances import find_launch_template
from local_aws.core.wrapping import Original, wrap

_SOURCES = {"LaunchTemplate", "LaunchConfigurationName", "InstanceId", "MixedInstancesPolicy"}
# The zone of a group that is made after an instance is that of the instance.
_PLACES = {"AvailabilityZones", "AvailabilityZoneIds", "VPCZoneIdentifier", "InstanceId"}
_NAMES = ("LaunchTemplateId", "LaunchTemplateName")


def complain_of_group(members: Iterable[str], launch_template: dict[str, Any]) -> str | None:
    """Returns why AWS makes no group with these members and this launch template; none where it does."""
    given = set(members)
    if not given & _SOURCES:
        return (
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or "
            "MixedInstancesPolicy parameter."
        )
    if not given & _PLACES:
        return "At least one Availability Zone or VPC Subnet is required."
    if "LaunchTemplate" in given and find_launch_template(launch_template) is None:
        number, name = launch_template.get("LaunchTemplateId"), launch_template.get("LaunchTemplateName")
        which = f"ID {number}" if number else f"name {name}"
        return (
            "You must use a valid fully-formed launch template. "
            f"The specified launch template, with template {which}, does not exist."
        )
    return None


def _checked(original: Original, params: Any) -> Any:
    members = (name.partition(".")[0] for name in params)
    given = {name: autoscaling._p(params, f"LaunchTemplate.{name}") for name in _NAMES}
    complaint = complain_of_group(members, given)
    if complaint:
        return autoscaling._error("ValidationError", complaint)
    answer = original(params)
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    template = find_launch_template(given)
    if group and template:
        # Its instances have the same record.
        group["LaunchTemplate"].update({name: template[name] for name in _NAMES})
    return answer


def _delete_group(original: Original, params: Any) -> Any:
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    if group and group["Instances"] and autoscaling._p(params, "ForceDelete") != "true":
        text = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance "
        return autoscaling._error("ResourceInUse", f"{text}request(s) still in the group.")
    return original(params)


def install() -> None:
    """Checks creation and deletion; a group shows id and name of its launch template."""
    actions = autoscaling._ACTION_MAP
    wrap(actions, "CreateAutoScalingGroup", _checked)
    wrap(actions, "DeleteAutoScalingGroup", _delete_group)
