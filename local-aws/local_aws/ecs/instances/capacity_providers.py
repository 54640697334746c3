"""Capacity providers: managed termination protection wants managed scaling and a group that protects.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoScalingGroupProvider.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import autoscaling, ecs

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


def _created(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def create(data: dict[str, Any]) -> Any:
        complaint = _complaint(data.get("autoScalingGroupProvider") or {})
        if complaint:
            return error_response_json("InvalidParameterException", complaint, 400)
        return original(data)

    return create


def install() -> None:
    """Checks what a capacity provider is made with."""
    create = _created(ecs._create_capacity_provider)
    ecs._create_capacity_provider = ecs._ACTION_MAP["CreateCapacityProvider"] = create
