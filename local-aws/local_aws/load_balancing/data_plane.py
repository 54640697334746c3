"""Requests reach the load balancers of every account and region, by DNS name or by name.

A request to a load balancer has no signature, so ministack would look in its default account only.
"""

from typing import Any

from ministack.services import alb

from local_aws.core.request import enter_account_of


def _find(member: str, name: str) -> Any:
    return enter_account_of(alb._lbs, lambda balancer: str(balancer[member]).lower() == name.lower())


def install() -> None:
    """Looks for load balancers in all accounts; a DNS name is one balancer's alone."""
    alb.find_lb_for_host = lambda host: _find("DNSName", host.split(":")[0])
    alb._find_lb_by_name = lambda name: _find("DNSName", name) or _find("LoadBalancerName", name)
