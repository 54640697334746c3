"""Requests without a signature reach load balancers and HTTP APIs of any account and region.

ministack would look in its default account: an ALB made in another one answered 404. An API's
endpoint is a path of the local address, since names below `localhost` don't resolve everywhere.
"""

import os
from collections.abc import Callable
from typing import Any

import ministack.app
from ministack.core import responses
from ministack.services import alb, apigateway
from ministack.services.cloudformation import provisioners


def _enter(account: str, region: str) -> None:
    # For the rest of this request only: each request runs in a context of its own.
    responses._request_account_id.set(account)
    responses._request_region.set(region)


def _find_balancer(matches: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    for (account, region, _), balancer in list(alb._lbs.all_items()):
        if matches(balancer):
            _enter(account, region)
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


def _in_account_of_api(original: Callable[..., Any]) -> Callable[..., Any]:
    def parse(host: str, path: str) -> Any:
        parsed = original(host, path)
        if parsed is not None:
            for account, region, api_id in [key for key, _ in apigateway._apis.all_items()]:
                if api_id == parsed[0]:
                    _enter(account, region)
        return parsed

    return parse


def _with_local_endpoint(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        api_id, attributes = original(logical_id, properties, stack)
        endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/{api_id}"
        apigateway._apis[api_id]["apiEndpoint"] = endpoint
        return api_id, {**attributes, "ApiEndpoint": endpoint}

    return create


def install() -> None:
    """Looks balancers and APIs up over all accounts."""
    api = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    api["create"] = _with_local_endpoint(api["create"])
    alb.find_lb_for_host = _find_by_host
    alb._find_lb_by_name = _find_by_name
    ministack.app._parse_execute_api_url = _in_account_of_api(ministack.app._parse_execute_api_url)
