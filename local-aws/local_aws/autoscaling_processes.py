"""Auto Scaling groups: processes can be suspended, and the desired capacity stays within the bounds."""

import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import autoscaling

# https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
_PROCESSES = (
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
)
_suspended = AccountRegionScopedDict()


def _change(action: str, combine: Callable[[set[str], set[str]], set[str]]) -> Callable[[Any], Any]:
    def change(params: Any) -> Any:
        name = autoscaling._p(params, "AutoScalingGroupName")
        if name not in autoscaling._asgs:
            return autoscaling._error("ValidationError", f"AutoScalingGroup name not found - {name}")
        named = set(autoscaling._parse_member_list(params, "ScalingProcesses")) or set(_PROCESSES)
        _suspended[name] = combine(set(_suspended.get(name, set())), named)
        return autoscaling._xml(200, f"{action}Response", "")

    return change


def _describe(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def add(match: re.Match[str]) -> str:
        reason = "<SuspensionReason>User suspended</SuspensionReason>"
        members = "".join(
            f"<member><ProcessName>{process}</ProcessName>{reason}</member>"
            for process in sorted(_suspended.get(match[1], set()))
        )
        return f"{match[0]}<SuspendedProcesses>{members}</SuspendedProcesses>"

    def describe(params: Any) -> Any:
        status, headers, body = original(params)
        text = body.decode() if isinstance(body, bytes) else body
        pattern = r"<AutoScalingGroupName>([^<]+)</AutoScalingGroupName>"
        return status, headers, re.sub(pattern, add, text).encode()

    return describe


def _within_bounds(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def set_desired(params: Any) -> Any:
        name = autoscaling._p(params, "AutoScalingGroupName")
        group, wanted = autoscaling._asgs.get(name), autoscaling._p(params, "DesiredCapacity")
        if group and wanted != "" and not group["MinSize"] <= int(wanted) <= group["MaxSize"]:
            least, most = group["MinSize"], group["MaxSize"]
            text = f"New SetDesiredCapacity value {wanted} is not between {least} and {most}"
            return autoscaling._error("ValidationError", f"{text}.")
        return original(params)

    return set_desired


def _clamped(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def update(params: Any) -> Any:
        answer = original(params)
        group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
        if group:
            group["DesiredCapacity"] = min(max(group["DesiredCapacity"], group["MinSize"]), group["MaxSize"])
            autoscaling._reconcile_instances(group)
        return answer

    return update


def install() -> None:
    """Adds SuspendProcesses and ResumeProcesses, and checks bounds."""
    actions = autoscaling._ACTION_MAP
    actions["SuspendProcesses"] = _change("SuspendProcesses", set.union)
    actions["ResumeProcesses"] = _change("ResumeProcesses", set.difference)
    actions["DescribeAutoScalingGroups"] = _describe(actions["DescribeAutoScalingGroups"])
    actions["SetDesiredCapacity"] = _within_bounds(actions["SetDesiredCapacity"])
    actions["UpdateAutoScalingGroup"] = _clamped(actions["UpdateAutoScalingGroup"])
