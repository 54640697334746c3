"""What an Auto Scaling group is made with: something to launch, which exists, and a place.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
"""

from collections.abc import Callable, Iterable
from typing import Any

from ministack.services import autoscaling

from local_aws.autoscaling_instances import find_launch_template

_SOURCES = {"LaunchTemplate", "LaunchConfigurationName", "InstanceId", "MixedInstancesPolicy"}
# The zone of a group that is made after an instance is that of the instance.
_PLACES = {"AvailabilityZones", "AvailabilityZoneIds", "VPCZoneIdentifier", "InstanceId"}


def complain_of_group(members: Iterable[str], launch_template: dict[str, Any]) -> str | None:
    """Tells why AWS makes no group with these members and this launch template; none where it does."""
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


def _checked(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def create(params: Any) -> Any:
        members = (name.partition(".")[0] for name in params)
        names = ("LaunchTemplateId", "LaunchTemplateName")
        template = {name: autoscaling._p(params, f"LaunchTemplate.{name}") for name in names}
        complaint = complain_of_group(members, template)
        return autoscaling._error("ValidationError", complaint) if complaint else original(params)

    return create


def install() -> None:
    """Checks what CreateAutoScalingGroup is asked with."""
    actions = autoscaling._ACTION_MAP
    actions["CreateAutoScalingGroup"] = _checked(actions["CreateAutoScalingGroup"])
