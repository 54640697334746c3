"""Requests reach the load balancers of every account and region, by DNS name or by name.

A request to a load balancer has no signature, so ministack would look in its default account only.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import alb

from local_aws.core import request_account


def _find_balancer(matches: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    for (account, region, _), balancer in list(alb._lbs.all_items()):
        if matches(balancer):
            request_account.enter(account, region)
            found: dict[str, Any] = balancer
            return found
    return None


def _find_by_host(host: str) -> dict[str, Any] | None:
    name = host.split(":")[0].lower()
    return _find_balancer(lambda balancer: str(balancer["DNSName"]).lower() == name)


def _find_by_name(name: str) -> dict[str, Any] | None:
    """Finds by DNS name, which is one balancer's alone, or by the balancer's name."""
    wanted = name.lower()
    return _find_by_host(wanted) or _find_balancer(
        lambda balancer: str(balancer["LoadBalancerName"]).lower() == wanted
    )


def install() -> None:
    """Looks for load balancers in all accounts."""
    alb.find_lb_for_host = _find_by_host
    alb._find_lb_by_name = _find_by_name
