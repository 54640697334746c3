"""Scaling policies of Application Auto Scaling: what a new one needs.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
"""

from typing import Any

_CONFIGURATIONS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "PredictiveScaling": "PredictiveScalingPolicyConfiguration",
}


def find_missing_configuration(data: dict[str, Any]) -> str | None:
    """Tells which configuration a policy of its type lacks; the words are ours."""
    kind = data.get("PolicyType", "StepScaling")
    needed = _CONFIGURATIONS.get(kind, "")
    return None if needed in data else f"a new policy of type {kind} needs {needed}"
