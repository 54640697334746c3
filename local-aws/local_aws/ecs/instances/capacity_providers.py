"""Capacity providers: managed termination protection wants managed scaling and a group that protects.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoScalingGroupProvider.html
"""

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import autoscaling, ecs

from local_aws.core.wrapping import Original, wrap

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
    complaint = _complaint(data.get("autoScalingGroupProvider") or {})
    if complaint:
        return error_response_json("InvalidParameterException", complaint, 400)
    return original(data)


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
