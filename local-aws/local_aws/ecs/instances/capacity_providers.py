"""Capacity providers: what managed termination protection wants, and managed draining by a hook of the group.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoScalingGroupProvider.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html
"""

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import autoscaling, ecs

from local_aws.autoscaling.instances import ENDING, complete_hook
from local_aws.core.wrapping import Original, wrap
from local_aws.ecs.instances.container_instances import list_instances

_HOOK = "ecs-managed-draining-termination-hook"
_INVALID = "The managed termination protection setting for the capacity provider is invalid. "


def _complaint(provider: dict[str, Any]) -> str | None:
    if provider.get("managedTerminationProtection") != "ENABLED":
        return None
    if (provider.get("managedScaling") or {}).get("status") != "ENABLED":
        return f"{_INVALID}To enable managed termination protection, managed scaling must be enabled."
    group = autoscaling._asgs.get(str(provider.get("autoScalingGroupArn", "")).rsplit("/", 1)[-1])
    if group is not None and not group["NewInstancesProtectedFromScaleIn"]:
        return (
            f"{_INVALID}To enable managed termination protection for a capacity provider, the Auto Scaling "
            "group must have instance protection from scale in enabled."
        )
    return None


def _created(original: Original, data: dict[str, Any]) -> Any:
    given = data.get("autoScalingGroupProvider") or {}
    complaint = _complaint(given)
    if complaint:
        return error_response_json("InvalidParameterException", complaint, 400)
    answer = original(data)
    if answer[0] < 400:
        settings = ecs._capacity_providers[data["name"]]["autoScalingGroupProvider"]
        settings["managedDraining"] = given.get("managedDraining", "ENABLED")
        follow_draining(settings)
    return answer


def follow_draining(settings: dict[str, Any]) -> None:
    """Gives the group of a capacity provider the hook of managed draining, or takes it away."""
    group = settings["autoScalingGroupArn"].rsplit("/", 1)[-1]
    hook = {"AutoScalingGroupName": group, "LifecycleHookName": _HOOK, "LifecycleTransition": ENDING}
    change = autoscaling._delete_lifecycle_hook
    if settings["managedDraining"] == "ENABLED":
        change = autoscaling._put_lifecycle_hook
    change({name: [value] for name, value in hook.items()})


def drain_instances(cluster: str) -> None:
    """Marks the tasks of instances that drain, for services to replace; ends instances without tasks."""
    for each in list_instances(cluster):
        if each.is_draining and not each.tasks:
            complete_hook(each.provider.group, each.instance_id, _HOOK)
        for task in each.tasks if each.is_draining else ():
            task["_drains"] = True


def _deleted(original: Original, data: dict[str, Any]) -> Any:
    name = ecs._resolve_capacity_provider_name(data.get("capacityProvider", ""))
    if any(name in each.get("capacityProviders", []) for each in ecs._clusters.values()):
        text = "The specified capacity provider is in use and cannot be removed."
        return error_response_json("InvalidParameterException", text, 400)
    return original(data)


def install() -> None:
    """Checks the creation and the deletion of capacity providers."""
    wrap(ecs, "_create_capacity_provider", _created)
    wrap(ecs, "_delete_capacity_provider", _deleted)
