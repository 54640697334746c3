"""Load balancers and target groups of a template are refused as those of a request are."""

from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

from local_aws.core.wrapping import Original, wrap
from local_aws.load_balancing.load_balancers import Check, Data, check_balancer, check_group


def _read_properties(properties: Data) -> Data:
    mapped = [each["SubnetId"] for each in properties.get("SubnetMappings") or []]
    return {**properties, "Subnets": [*(properties.get("Subnets") or []), *mapped]}


def _checked_resource(original: Original, check: Check, logical_id: str, properties: Data, stack: str) -> Any:
    wrong = check(_read_properties(properties))
    if wrong:
        raise provisioners._elbv2_handler_error(wrong)
    return original(logical_id, properties, stack)


def install() -> None:
    """Checks AWS::ElasticLoadBalancingV2::LoadBalancer and TargetGroup."""
    alb._target_group_full_name_from_arn = lambda arn: arn.rsplit(":", 1)[-1]
    for kind, check in (("LoadBalancer", check_balancer), ("TargetGroup", check_group)):
        resource = provisioners._RESOURCE_HANDLERS[f"AWS::ElasticLoadBalancingV2::{kind}"]
        wrap(resource, "create", _checked_resource, check)
