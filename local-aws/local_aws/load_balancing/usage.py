"""Which load balancers send requests to a target group, and whether these may arrive."""

from typing import Any

from ministack.services import alb, ecs

from local_aws.ec2.reachability import End, end_of, find_missing_rule

Record = dict[str, Any]


def balancers_of(group_arn: str) -> set[str]:
    """Returns the load balancers whose listeners or rules send requests to a target group."""
    used = [*alb._listeners.values(), *alb._rules.values()]
    arns = {each["ListenerArn"] for each in used if group_arn in _groups_of(each)}
    return {each["LoadBalancerArn"] for arn in arns if (each := alb._listeners.get(arn))}


def end_of_balancer(balancer: Record) -> End:
    """A load balancer as the end of a connection."""
    name = f"the load balancer {balancer['LoadBalancerName']}"
    return end_of(name, balancer["SecurityGroups"], balancer["Subnets"])


def find_missing_rule_to_targets(group_arn: str) -> str | None:
    """Returns the rule that is missing between the load balancers and the tasks of a target group.

    Targets that no service has registered have no security groups that we know.
    """
    for end, port in _services_of(group_arn):
        for balancer in filter(None, map(alb._lbs.get, balancers_of(group_arn))):
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


def _groups_of(record: Record) -> list[Any]:
    actions = [*(record.get("DefaultActions") or []), *(record.get("Actions") or [])]
    weighted = [
        group for each in actions for group in (each.get("ForwardConfig") or {}).get("TargetGroups") or []
    ]
    return [each.get("TargetGroupArn") for each in [*actions, *weighted]]
