"""Load balancers and target groups that AWS refuses to make; a load balancer takes its listeners with it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

_MAPPING = re.compile(r"SubnetMappings\.member\.\d+\.SubnetId")

Data = dict[str, Any]


def _check_balancer(data: Data) -> str | None:
    """Only an Application Load Balancer needs two subnets; whether they exist is not looked at."""
    subnets = {*data["Subnets"]}
    if (data.get("Type") or "application") == "application" and len(subnets) < 2:
        return "At least two subnets in two different Availability Zones must be specified"
    return None


def _check_group(data: Data) -> str | None:
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


def _read_properties(properties: Data) -> Data:
    mapped = [each["SubnetId"] for each in properties.get("SubnetMappings") or []]
    return {**properties, "Subnets": [*(properties.get("Subnets") or []), *mapped]}


Check = Callable[[Data], str | None]


def _checked_action(check: Check, original: Callable[[Data], Any]) -> Callable[[Data], Any]:
    def create(params: Data) -> Any:
        wrong = check(_read_request(params))
        return alb._error("ValidationError", wrong) if wrong else original(params)

    return create


def _checked_resource(check: Check, original: Callable[..., Any]) -> Callable[..., Any]:
    def create(logical_id: str, properties: Data, stack: str) -> Any:
        wrong = check(_read_properties(properties))
        if wrong:
            raise provisioners._elbv2_handler_error(wrong)
        return original(logical_id, properties, stack)

    return create


def _delete_with_listeners(original: Callable[[Data], Any]) -> Callable[[Data], Any]:
    def delete(params: Data) -> Any:
        balancer = alb._p(params, "LoadBalancerArn")
        for arn in [arn for arn, each in alb._listeners.items() if each["LoadBalancerArn"] == balancer]:
            alb._delete_listener({"ListenerArn": [arn]})
        return original(params)

    return delete


def install() -> None:
    """Checks what is asked for before ministack makes it, and deletes listeners with their load balancer."""
    for kind, check in (("LoadBalancer", _check_balancer), ("TargetGroup", _check_group)):
        name = f"Create{kind}"
        alb._ACTION_MAP[name] = _checked_action(check, alb._ACTION_MAP[name])
        resource = provisioners._RESOURCE_HANDLERS[f"AWS::ElasticLoadBalancingV2::{kind}"]
        resource["create"] = _checked_resource(check, resource["create"])
    deletion = alb._ACTION_MAP["DeleteLoadBalancer"]
    alb._ACTION_MAP["DeleteLoadBalancer"] = _delete_with_listeners(deletion)
