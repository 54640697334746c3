"""Auto Scaling groups: processes can be suspended, instances protected, hooks completed; bounds hold."""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import autoscaling

from local_aws.autoscaling.instances import complete_hook
from local_aws.autoscaling.schedules import SIZES
from local_aws.core.wrapping import Original, wrap

Group = dict[str, Any]
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
_PROCESSES = (
    "AddToLoadBalancer", "AlarmNotification", "AZRebalance", "HealthCheck", "InstanceRefresh", "Launch",
    "ReplaceUnhealthy", "ScheduledActions", "Terminate",
)  # fmt: skip


def _refuse(text: str) -> Any:
    return autoscaling._error("ValidationError", text)


def _on_group(act: Callable[[Group, Any], Any]) -> Callable[[Any], Any]:
    """Makes the action that `act` is on the group that a request names, which moves then."""

    def action(params: Any) -> Any:
        name = autoscaling._p(params, "AutoScalingGroupName")
        group = autoscaling._asgs.get(name)
        if group is None:
            return _refuse(f"AutoScalingGroup name not found - {name}")
        answer = act(group, params)
        autoscaling._reconcile_instances(group)
        return answer

    return action


def _change(action: str, combine: Callable[[set[str], set[str]], set[str]]) -> Callable[[Any], Any]:
    def change(group: Group, params: Any) -> Any:
        named = set(autoscaling._parse_member_list(params, "ScalingProcesses")) or set(_PROCESSES)
        group["_suspended"] = sorted(combine(set(group.get("_suspended", [])), named))
        return autoscaling._xml(200, f"{action}Response", "")

    return _on_group(change)


def _describe(original: Original, params: Any) -> Any:
    def add(match: re.Match[str]) -> str:
        reason = "<SuspensionReason>User suspended</SuspensionReason>"
        members = "".join(
            f"<member><ProcessName>{process}</ProcessName>{reason}</member>"
            for process in autoscaling._asgs.get(match[1], {}).get("_suspended", [])
        )
        return f"{match[0]}<SuspendedProcesses>{members}</SuspendedProcesses>"

    for group in autoscaling._asgs.values():
        autoscaling._reconcile_instances(group)
    status, headers, body = original(params)
    text = body.decode() if isinstance(body, bytes) else body
    # Once a group: an instance names its group too, in another answer.
    pattern = r"<AutoScalingGroupName>([^<]+)</AutoScalingGroupName>"
    return status, headers, re.sub(pattern, add, text).encode()


def _set_desired(original: Original, params: Any) -> Any:
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    given = autoscaling._p(params, "DesiredCapacity")
    if group and given:
        least, most = group["MinSize"], group["MaxSize"]
        if not least <= int(given) <= most:
            bound = f"above max value {most}" if int(given) > most else f"below min value {least}"
            return _refuse(f"New SetDesiredCapacity value {given} is {bound} for the AutoScalingGroup.")
        # A change resets the pause after a failed start.
        group["_launch_at"] = 0
    return original(params)


def _within_bounds(original: Original, params: Any) -> Any:
    """Checks the bounds of a new group or of a change; without a desired capacity it goes into them."""
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    least, most, desired = (_bound(params, group, name) for name in SIZES)
    if least > most:
        return _refuse(f"Max bound, {most}, must be greater than or equal to min bound, {least}")
    given = autoscaling._p(params, "DesiredCapacity") != ""
    if given and not least <= desired <= most:
        bounds = f"min size:{least} and max size:{most}"
        return _refuse(f"Desired capacity:{desired} must be between the specified {bounds}")
    if group is not None:
        group.update(DesiredCapacity=min(max(group["DesiredCapacity"], least), most), _launch_at=0)
    return original(params)


def _bound(params: Any, group: dict[str, Any] | None, name: str) -> int:
    return int(autoscaling._p(params, name) or (group[name] if group else 0))


def _protect(group: Group, params: Any) -> Any:
    """https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html"""
    instances = {each["InstanceId"]: each for each in group["Instances"]}
    wanted = autoscaling._parse_member_list(params, "InstanceIds")
    for instance_id in wanted:
        if instance_id not in instances:
            name = group["AutoScalingGroupName"]
            return _refuse(f"The instance {instance_id} is not part of Auto Scaling group {name}.")
    for instance_id in wanted:
        protected = autoscaling._p(params, "ProtectedFromScaleIn") == "true"
        instances[instance_id]["ProtectedFromScaleIn"] = protected
    return autoscaling._xml(200, "SetInstanceProtectionResponse", "<SetInstanceProtectionResult/>")


def _complete(group: Group, params: Any) -> Any:
    instance_id = autoscaling._p(params, "InstanceId")
    if not complete_hook(group, instance_id, autoscaling._p(params, "LifecycleHookName")):
        return _refuse(f"No active Lifecycle Action found with instance ID {instance_id}")
    return autoscaling._xml(200, "CompleteLifecycleActionResponse", "<CompleteLifecycleActionResult/>")


def install() -> None:
    """Adds what ministack lacks, or only pretends to do, and checks bounds."""
    actions = autoscaling._ACTION_MAP
    actions["SuspendProcesses"] = _change("SuspendProcesses", set.union)
    actions["ResumeProcesses"] = _change("ResumeProcesses", set.difference)
    actions["SetInstanceProtection"] = _on_group(_protect)
    actions["CompleteLifecycleAction"] = _on_group(_complete)
    wrap(actions, "DescribeAutoScalingGroups", _describe)
    wrap(actions, "SetDesiredCapacity", _set_desired)
    for name in ("CreateAutoScalingGroup", "UpdateAutoScalingGroup"):
        wrap(actions, name, _within_bounds)
