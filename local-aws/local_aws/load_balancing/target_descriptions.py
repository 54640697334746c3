"""DescribeTargetHealth: the state of each target, with AWS's reason codes and descriptions.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
"""

from typing import Any

from ministack.services import alb

from local_aws.load_balancing.target_draining import draining_targets
from local_aws.load_balancing.target_health import Health, health_of, key_of
from local_aws.load_balancing.usage import balancers_of

_DRAINING = Health("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
_NOT_REGISTERED = Health("unused", "Target.NotRegistered", "Target is not registered to the target group")
_NOT_IN_USE = Health(
    "unused",
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)


def _describe(params: dict[str, Any]) -> Any:
    arn = alb._p(params, "TargetGroupArn")
    group = alb._tgs.get(arn)
    if group is None:
        return alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")
    states = {key_of(arn, target): _state(group, target) for target in alb._targets.get(arn, [])}
    states |= dict.fromkeys(draining_targets(arn), _DRAINING)
    wanted = alb._parse_targets_param(params)
    if wanted:
        known = {host: (key, health) for key, health in states.items() for host in [key[1]]}
        states = dict(known.get(each["Id"], (key_of(arn, each), _NOT_REGISTERED)) for each in wanted)
    members = [_to_xml(host, port, health) for (_, host, port), health in states.items()]
    descriptions = f"<TargetHealthDescriptions>{''.join(members)}</TargetHealthDescriptions>"
    return alb._xml(200, "DescribeTargetHealth", descriptions)


def _state(group: dict[str, Any], target: dict[str, Any]) -> Health:
    arn = group["TargetGroupArn"]
    return health_of(arn, target) if balancers_of(arn) else _NOT_IN_USE


def _to_xml(host: str, port: int, health: Health) -> str:
    why = f"<Reason>{health.reason}</Reason><Description>{health.text}</Description>" if health.reason else ""
    return (
        f"<member><Target><Id>{host}</Id><Port>{port}</Port></Target>"
        f"<HealthCheckPort>{port}</HealthCheckPort>"
        f"<TargetHealth><State>{health.state}</State>{why}</TargetHealth></member>"
    )


def install() -> None:
    """Answers DescribeTargetHealth."""
    alb._ACTION_MAP["DescribeTargetHealth"] = _describe
