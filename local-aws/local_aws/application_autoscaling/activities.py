"""DescribeScalingActivities of Application Auto Scaling: what was scaled, and why.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, new_uuid

_KEPT = 100
# Key of a scalable target -> its activities, newest first.
activities = AccountRegionScopedDict()

Data = dict[str, Any]
_PLACE = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def key_of(data: Data) -> str:
    """Names a scalable target."""
    return "|".join(data[name] for name in _PLACE)


def place_of(data: Data) -> str:
    """Names a scalable target as the texts of errors do."""
    return (
        f"service namespace: {data['ServiceNamespace']}, resource ID: {data['ResourceId']}, "
        f"scalable dimension: {data['ScalableDimension']}"
    )


def add_scaling_activity(target: Data, what: str, cause: str, message: str) -> None:
    """Adds an activity of a scalable target that has succeeded."""
    now = time.time()
    activity = {
        "ActivityId": new_uuid(),
        **{name: target[name] for name in _PLACE},
        "Description": what,
        "Cause": cause,
        "StartTime": now,
        "EndTime": now,
        "StatusCode": "Successful",
        "StatusMessage": message,
    }
    activities[key_of(target)] = [activity, *activities.get(key_of(target), [])][:_KEPT]


def describe_activities(data: Data) -> Data:
    """Answers DescribeScalingActivities, newest first."""
    found = [
        activity
        for each in activities.values()
        for activity in each
        if all(not data.get(name) or activity[name] == data[name] for name in _PLACE)
    ]
    found.sort(key=lambda each: each["StartTime"], reverse=True)
    return {"ScalingActivities": found[: int(data.get("MaxResults") or _KEPT)]}
