"""Instances of Auto Scaling groups: they start after a while, fail as on EC2, and are terminated.

The groups' records are ministack's; each start and end is a scaling activity.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html
"""

import os
import threading
import time
from typing import Any

from ministack.core.responses import get_region, new_uuid, now_iso
from ministack.services import autoscaling, ec2

from local_aws.autoscaling.activities import add_activity
from local_aws.autoscaling.ec2_capacity import vcpu_quota, zones_without_capacity
from local_aws.autoscaling.instance_types import InstanceType, find_instance_type
from local_aws.autoscaling.schedules import follow_schedule

START_SECONDS = float(os.environ.get("LOCAL_AWS_INSTANCE_START_SECONDS", "0.3"))
_RETRY_SECONDS = 1.0
_lock = threading.RLock()
_LAUNCHING = "Launching a new EC2 instance"
ENDING = "autoscaling:EC2_INSTANCE_TERMINATING"

Group = dict[str, Any]
Instance = dict[str, Any]


def find_launch_template(given: dict[str, Any]) -> dict[str, Any] | None:
    """Finds the launch template that a group names, by its id or by its name."""
    found: dict[str, Any] | None = ec2._resolve_launch_template_data(given)[1]
    return found


def launch_template_data(group: Group) -> dict[str, Any]:
    """The data of the version of the launch template that a group names."""
    return ec2._resolve_launch_template_data(group.get("LaunchTemplate") or {})[0] or {}


def instance_type_of(group: Group) -> str:
    """The instance type that a group starts."""
    return str(launch_template_data(group).get("InstanceType", "g4dn.xlarge"))


def active_instances(group: Group) -> list[Instance]:
    """The instances that a desired capacity counts: those that do not end."""
    return [each for each in group["Instances"] if each["LifecycleState"] != "Terminating:Wait"]


def reconcile_instances(group: Group) -> None:
    """Moves a group towards its desired capacity; called at each read and each change."""
    with _lock:
        now = time.time()
        group["AvailabilityZones"] = sorted(_subnet_zones(group)) or group["AvailabilityZones"]
        for instance in group["Instances"]:
            if instance["LifecycleState"] == "Pending" and instance["_in_service_at"] <= now:
                instance["LifecycleState"] = "InService"
        _end_overdue_hooks(group, now)
        suspended = group.get("_suspended", [])
        if "ScheduledActions" not in suspended:
            follow_schedule(group)
        if "Terminate" not in suspended:
            _terminate(group, len(active_instances(group)) - group["DesiredCapacity"])
        if "Launch" not in suspended and now >= group.get("_launch_at", 0):
            while len(active_instances(group)) < group["DesiredCapacity"]:
                if not _launch(group):
                    group["_launch_at"] = now + _RETRY_SECONDS
                    return


def _terminate(group: Group, count: int) -> None:
    # Protected instances stay, whatever the desired capacity; of the others, idle ones go first.
    free = [each for each in active_instances(group) if not each["ProtectedFromScaleIn"]]
    free.sort(key=lambda each: bool(each.get("_busy")))
    name = group["AutoScalingGroupName"]
    for instance in free[: max(0, count)]:
        before = len(active_instances(group))
        what = f"Terminating EC2 instance: {instance['InstanceId']}"
        add_activity(group, what, instance["AvailabilityZone"], _cause(before, before - 1))
        hooks = [each for each in autoscaling._hooks.values() if each["AutoScalingGroupName"] == name]
        waits_for = {
            each["LifecycleHookName"]: time.time() + each["HeartbeatTimeout"]
            for each in hooks
            if each["LifecycleTransition"] == ENDING
        }
        instance.update(LifecycleState="Terminating:Wait", _waits_for=waits_for)
        _end(group, instance)


def _end(group: Group, instance: Instance) -> None:
    if not instance["_waits_for"]:
        group["Instances"].remove(instance)


def _end_overdue_hooks(group: Group, now: float) -> None:
    for instance in list(group["Instances"]):
        for hook, until in list(instance.get("_waits_for", {}).items()):
            if until <= now:
                complete_hook(group, instance["InstanceId"], hook)


def complete_hook(group: Group, instance_id: str, hook: str) -> bool:
    """Ends an instance that waits for no other hook; false where it does not wait for this one."""
    with _lock:
        for instance in list(group["Instances"]):
            if instance["InstanceId"] == instance_id and hook in instance.get("_waits_for", {}):
                del instance["_waits_for"][hook]
                _end(group, instance)
                return True
    return False


def _cause(before: int, after: int) -> str:
    change = "increasing" if after > before else "shrinking"
    wanted = "started" if after > before else "taken out of service"
    return (
        f"At {now_iso()} an instance was {wanted} in response to a difference between desired and actual "
        f"capacity, {change} the capacity from {before} to {after}."
    )


def _launch(group: Group) -> bool:
    name = instance_type_of(group)
    found = find_instance_type(name)
    before = len(active_instances(group))
    cause = _cause(before, before + 1)
    zones = _zones(group)
    if found is None:
        return _fail(group, zones[0], cause, f"Instance type {name} is not in the local AWS.")
    limit = vcpu_quota(found.quota)
    if limit is not None and _used_vcpus(found) + found.vcpus > limit:
        return _fail(
            group,
            zones[0],
            cause,
            f"You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the "
            "instance bucket that the specified instance type belongs to. Please visit "
            "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
            "VcpuLimitExceeded",
        )
    full = zones_without_capacity()
    for zone in zones:
        if zone not in full:
            _start(group, name, zone, cause)
            return True
        _fail(group, zone, cause, _no_capacity(name, zone, zones), "InsufficientInstanceCapacity")
    return False


def _no_capacity(name: str, zone: str, zones: list[str]) -> str:
    others = ", ".join(each for each in zones if each != zone)
    hint = f" or choosing {others}" if others else ""
    return (
        f"We currently do not have sufficient {name} capacity in the Availability Zone you requested "
        f"({zone}). Our system will be working on provisioning additional capacity. You can currently get "
        f"{name} capacity by not specifying an Availability Zone in your request{hint}."
    )


def _fail(group: Group, zone: str, cause: str, text: str, code: str = "") -> bool:
    message = f"{f'{code} - ' if code else ''}{text} Launching EC2 instance failed."
    add_activity(group, f"{_LAUNCHING}.  Status Reason: {message}", zone, cause, failure=message)
    return False


def _start(group: Group, name: str, zone: str, cause: str) -> None:
    instance = {
        "InstanceId": "i-" + new_uuid().replace("-", "")[:17],
        "InstanceType": name,
        "LifecycleState": "Pending",
        "HealthStatus": "Healthy",
        "AvailabilityZone": zone,
        # A group stamps new instances with its own setting.
        "ProtectedFromScaleIn": group["NewInstancesProtectedFromScaleIn"],
        "LaunchTemplate": group.get("LaunchTemplate") or {},
        "LaunchConfigurationName": group.get("LaunchConfigurationName", ""),
        "_in_service_at": time.time() + START_SECONDS,
    }
    group["Instances"].append(instance)
    add_activity(group, f"{_LAUNCHING}: {instance['InstanceId']}", zone, cause)


def _zones(group: Group) -> list[str]:
    """The zones of a group, those with the fewest instances first."""
    unique = _subnet_zones(group) or group["AvailabilityZones"] or [f"{get_region()}a"]
    used = [each["AvailabilityZone"] for each in group["Instances"]]
    return sorted(unique, key=used.count)


def _subnet_zones(group: Group) -> list[str]:
    """The zones of the subnets that a group names, in that order."""
    subnets = str(group.get("VPCZoneIdentifier") or "").split(",")
    zones = [ec2._subnets[name]["AvailabilityZone"] for name in subnets if name in ec2._subnets]
    return list(dict.fromkeys(zones))


def _used_vcpus(wanted: InstanceType) -> int:
    running = (each["InstanceType"] for group in autoscaling._asgs.values() for each in group["Instances"])
    types = (find_instance_type(name) for name in running)
    return sum(each.vcpus for each in types if each is not None and each.quota == wanted.quota)


def install() -> None:
    """Replaces ministack's instances, which are in service at once and never fail."""
    autoscaling._reconcile_instances = reconcile_instances
