"""DescribeScalingActivities of Auto Scaling groups: why instances started, ended, or could not start.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html
"""

import json
from typing import Any

from ministack.core.responses import new_uuid, now_iso
from ministack.services import autoscaling

_KEPT = 100


def add_activity(group: dict[str, Any], what: str, zone: str, cause: str, failure: str = "") -> None:
    """Adds an activity that is over; with a failure it has failed, and that is its status message."""
    now = now_iso()
    activity = {
        "ActivityId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "AutoScalingGroupARN": group["AutoScalingGroupARN"],
        "Description": what,
        "Cause": cause,
        "StartTime": now,
        "EndTime": now,
        "StatusCode": "Failed" if failure else "Successful",
        **({"StatusMessage": failure} if failure else {}),
        "Progress": "100",
        "Details": json.dumps({"Availability Zone": zone}),
    }
    group["_activities"] = [activity, *group.get("_activities", [])][:_KEPT]


def _describe(params: Any) -> Any:
    name = autoscaling._p(params, "AutoScalingGroupName")
    if name and name not in autoscaling._asgs:
        return autoscaling._error("ValidationError", f"AutoScalingGroup name not found - {name}")
    groups = [autoscaling._asgs[name]] if name else autoscaling._asgs.values()
    found = [each for group in groups for each in group.get("_activities", [])]
    most = int(autoscaling._p(params, "MaxRecords") or _KEPT)
    start = int(autoscaling._p(params, "NextToken") or 0)
    members = autoscaling._member_xml(found[start : start + most])
    token = f"<NextToken>{start + most}</NextToken>" if found[start + most :] else ""
    result = f"<Activities>{members}</Activities>{token}"
    return autoscaling._xml(
        200,
        "DescribeScalingActivitiesResponse",
        f"<DescribeScalingActivitiesResult>{result}</DescribeScalingActivitiesResult>",
    )


def install() -> None:
    """Answers DescribeScalingActivities."""
    autoscaling._ACTION_MAP["DescribeScalingActivities"] = _describe
