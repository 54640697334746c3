"""What ELB refuses to create or to delete; a load balancer's listeners are deleted with it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import alb

from local_aws.core.wrapping import Original, wrap
from local_aws.load_balancing.usage import balancers_of

_MAPPING = re.compile(r"SubnetMappings\.member\.\d+\.SubnetId")

Data = dict[str, Any]


def check_balancer(data: Data) -> str | None:
    """Only an Application Load Balancer needs two subnets; whether they exist is not looked at."""
    subnets = {*data["Subnets"]}
    if (data.get("Type") or "application") == "application" and len(subnets) < 2:
        return "At least two subnets in two different Availability Zones must be specified"
    return None


def check_group(data: Data) -> str | None:
    """An HTTP health check has to end before the next one begins."""
    if data.get("Protocol") not in ("HTTP", "HTTPS"):
        return None
    interval, timeout = data.get("HealthCheckIntervalSeconds"), data.get("HealthCheckTimeoutSeconds")
    if int(interval or 30) <= int(timeout or 5):
        return "Health check interval must be greater than the timeout."
    return None


def _read_request(params: Data) -> Data:
    names = ("Type", "Protocol", "HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds")
    mapped = [alb._p(params, name) for name in params if _MAPPING.fullmatch(name)]
    subnets = [*alb._parse_member_list(params, "Subnets"), *mapped]
    return {"Subnets": subnets, **{name: alb._p(params, name) for name in names}}


Check = Callable[[Data], str | None]


def _checked_action(original: Original, check: Check, params: Data) -> Any:
    wrong = check(_read_request(params))
    return alb._error("ValidationError", wrong) if wrong else original(params)


def _delete_with_listeners(original: Original, params: Data) -> Any:
    balancer = alb._p(params, "LoadBalancerArn")
    for arn in [arn for arn, each in alb._listeners.items() if each["LoadBalancerArn"] == balancer]:
        alb._delete_listener({"ListenerArn": [arn]})
    return original(params)


def _delete_target_group(original: Original, params: Any) -> Any:
    arn = alb._p(params, "TargetGroupArn")
    if arn in alb._tgs and balancers_of(arn):
        text = f"Target group '{arn}' is currently in use by a listener or a rule"
        return alb._error("ResourceInUse", text)
    return original(params)


def _describe_groups(original: Original, params: Any) -> Any:
    for arn, group in alb._tgs.items():
        group["LoadBalancerArns"] = sorted(balancers_of(arn))
    return original(params)


def install() -> None:
    """Refuses what ELB refuses, deletes listeners too, and knows who uses a target group."""
    for kind, check in (("LoadBalancer", check_balancer), ("TargetGroup", check_group)):
        wrap(alb._ACTION_MAP, f"Create{kind}", _checked_action, check)
    wrap(alb._ACTION_MAP, "DeleteLoadBalancer", _delete_with_listeners)
    wrap(alb._ACTION_MAP, "DeleteTargetGroup", _delete_target_group)
    wrap(alb._ACTION_MAP, "DescribeTargetGroups", _describe_groups)
