"""Access logs of stages, in the stage's format, with what the authorizer said.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

import re
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import apigateway, cloudwatch_logs

from local_aws.core.wrapping import Original, wrap

Call = Callable[..., Awaitable[Any]]
# What is known of the request under way: names of variables behind `$context.`.
_context: ContextVar[dict[str, Any]] = ContextVar("access-log")


def _milliseconds() -> int:
    return round(time.time() * 1000)


async def _measured(original: Original, *args: Any, **named: Any) -> Any:
    start = _milliseconds()
    answer = await original(*args, **named)
    latency = _milliseconds() - start
    _context.get().update(integrationStatus=answer[0], integrationLatency=latency)
    return answer


async def _authorized(original: Original, *args: Any, **named: Any) -> Any:
    error, context = await original(*args, **named)
    _context.get().update({f"authorizer.{name}": value for name, value in (context or {}).items()})
    return error, context


async def _logged(
    original: Original, api_id: str, stage: str, path: str, method: str, headers: Any, body: bytes, *rest: Any
) -> Any:
    start = _milliseconds()
    route = apigateway._match_route(api_id, method, path) or {}
    known: dict[str, Any] = {
        "requestId": new_uuid(),
        "requestTimeEpoch": start,
        "httpMethod": method,
        "routeKey": route.get("routeKey", "-"),
    }
    _context.set(known)
    status, answered, content = await original(api_id, stage, path, method, headers, body, *rest)
    known.update(extendedRequestId=known["requestId"], status=status, responseLength=len(content))
    known.update(dataProcessed=len(content) + len(body), responseLatency=_milliseconds() - start)
    settings = (apigateway._stages.get(api_id, {}).get(stage) or {}).get("accessLogSettings")
    if settings:
        _write(settings, api_id, known)
    return status, answered, content


def _write(settings: dict[str, str], stream: str, known: dict[str, Any]) -> None:
    group = settings["destinationArn"].split(":")[6]
    line = re.sub(r"\$context\.([\w.]+)", lambda match: str(known.get(match[1], "-")), settings["format"])
    where = {"logGroupName": group, "logStreamName": stream}
    # It answers with an error where the stream is there already.
    cloudwatch_logs._create_log_stream(where)
    cloudwatch_logs._put_log_events({**where, "logEvents": [{"timestamp": _milliseconds(), "message": line}]})


def install() -> None:
    """Writes a line for each request to a stage that has an access log."""
    for name in ("_invoke_http_proxy", "_invoke_lambda_proxy"):
        wrap(apigateway, name, _measured)
    wrap(apigateway, "_authorize_request_v2", _authorized)
    wrap(apigateway, "_handle_execute_in_scope", _logged)
