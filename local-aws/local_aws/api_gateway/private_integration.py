"""Integrations over a VPC link: a request passes the load balancer, if the security groups let it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
"""

import asyncio
import logging
import re
from typing import Any

from ministack.core.responses import StreamingResponse
from ministack.services import alb, apigateway

from local_aws.api_gateway import vpc_links
from local_aws.core.wrapping import Original, wrap
from local_aws.ec2.reachability import find_missing_rule
from local_aws.load_balancing.usage import end_of_balancer

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
_MAX_BODY_BYTES = 10 * 2**20
_log = logging.getLogger("local-aws")


def _refuse(status: int, message: str) -> Any:
    return status, {"Content-Type": "application/json"}, f'{{"message":"{message}"}}'.encode()


def _find_obstacle(link: Any, listener: Any, balancer: Any) -> str | None:
    if link is None:
        return "its VPC link does not exist"
    if balancer is None:
        return "its listener does not exist"
    return find_missing_rule(vpc_links.end_of_link(link), end_of_balancer(balancer), int(listener["Port"]))


async def _read(body: Any) -> Any:
    if not isinstance(body, StreamingResponse):
        return body
    parts: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        parts.append(bytes(message.get("body", b"")))

    # The caller's disconnection is not passed on: this waits for ever.
    await body.runner(send, asyncio.Event().wait)
    return b"".join(parts)


async def _ask(balancer: Any, port: int, method: str, path: str, sent: Any, *rest: Any) -> Any:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    attribute = "routing.http.drop_invalid_header_fields.enabled"
    if alb._lb_attr(balancer["LoadBalancerArn"], attribute, "false") == "true":
        sent = {name: value for name, value in sent.items() if re.fullmatch("[-A-Za-z0-9]+", name)}
    status, headers, body = await alb.dispatch_request(balancer, method, path, sent, *rest, port=port)
    kept = {name: value for name, value in headers.items() if name.lower() != "transfer-encoding"}
    return status, kept, await _read(body)


async def _over_links(
    original: Original,
    integration: Any,
    path: str,
    method: str,
    headers: Any,
    body: bytes,
    query: dict[str, Any],
) -> Any:
    if integration.get("connectionType") != "VPC_LINK":
        return await original(integration, path, method, headers, body, query)
    listener = alb._listeners.get(integration["integrationUri"]) or {}
    balancer = alb._lbs.get(listener.get("LoadBalancerArn", ""))
    obstacle = _find_obstacle(vpc_links.links.get(integration["connectionId"]), listener, balancer)
    if obstacle:
        _log.error("%s %s does not reach its load balancer: %s", method, path, obstacle)
        return _refuse(503, "Service Unavailable")
    answer = _ask(balancer, int(listener["Port"]), method, path, headers, body, query)
    try:
        return await asyncio.wait_for(answer, int(integration["timeoutInMillis"]) / 1000)
    except TimeoutError:
        return _refuse(504, "Endpoint Request Timed Out")


async def _bounded(
    original: Original, api_id: str, stage: str, path: str, method: str, headers: Any, body: bytes, *rest: Any
) -> Any:
    if len(body) > _MAX_BODY_BYTES:
        return _refuse(413, "Request Entity Too Large")
    return await original(api_id, stage, path, method, headers, body, *rest)


def _knowing_user(original: Original, integration: Any, *, context_vars: dict[str, Any], **rest: Any) -> Any:
    # What a Lambda authorizer says is `$context.authorizer.NAME`; ministack has it below `authorizer.lambda`.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
    said = {f"authorizer.{name}": value for name, value in context_vars["authorizer.lambda"].items()}
    return original(integration, context_vars=context_vars | said, **rest)


def install() -> None:
    """Forwards requests over VPC links, and refuses bodies that are too large."""
    wrap(apigateway, "_apply_request_parameter_mappings", _knowing_user)
    wrap(apigateway, "_invoke_http_proxy", _over_links)
    wrap(apigateway, "_handle_execute_in_scope", _bounded)
