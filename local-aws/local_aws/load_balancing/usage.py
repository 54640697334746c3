"""Which load balancers send requests to a target group, and whether these may arrive."""

from typing import Any

from ministack.services import alb, ecs

from local_aws.ec2.reachability import End, end_of, find_missing_rule

Record = dict[str, Any]


def is_in_use(group_arn: str) -> bool:
    """Returns whether a listener or one of its rules sends requests to a target group."""
    return bool(_listeners_of(group_arn))


def end_of_balancer(balancer: Record) -> End:
    """A load balancer as the end of a connection."""
    name = f"the load balancer {balancer['LoadBalancerName']}"
    return end_of(name, balancer["SecurityGroups"], balancer["Subnets"])


def find_missing_rule_to_targets(group_arn: str) -> str | None:
    """Returns the rule that is missing between the load balancers and the tasks of a target group.

    Targets that no service has registered have no security groups that we know.
    """
    listeners = [alb._listeners.get(arn) or {} for arn in _listeners_of(group_arn)]
    balancers = [alb._lbs.get(each.get("LoadBalancerArn")) for each in listeners]
    for end, port in _services_of(group_arn):
        for balancer in filter(None, balancers):
            missing = find_missing_rule(end_of_balancer(balancer), end, port)
            if missing:
                return missing
    return None


def _services_of(group_arn: str) -> list[tuple[End, int]]:
    ends = []
    for service in list(ecs._services.values()):
        network = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        end = end_of(
            f"the service {service['serviceName']}",
            network.get("securityGroups") or [],
            network.get("subnets") or [],
        )
        uses = service.get("loadBalancers") or []
        ends += [(end, int(use["containerPort"])) for use in uses if use.get("targetGroupArn") == group_arn]
    return ends


def _listeners_of(group_arn: str) -> list[str]:
    used = [*alb._listeners.values(), *alb._rules.values()]
    return [
        each["ListenerArn"] for each in used if any(group_arn in _groups_of(a) for a in _actions_of(each))
    ]


def _actions_of(record: Record) -> list[Record]:
    return [*(record.get("DefaultActions") or []), *(record.get("Actions") or [])]


def _groups_of(action: Record) -> list[Any]:
    weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    return [action.get("TargetGroupArn"), *(each.get("TargetGroupArn") for each in weighted)]
