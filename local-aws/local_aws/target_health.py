"""Targets of load balancers: their health by the target group's own check; requests go to healthy ones."""

import http.client
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ministack.services import alb

_FIRST_CHECKS_SECONDS = 0.2


@dataclass
class Health:
    """What is known of one target; `reason` is empty while it is healthy."""

    state: str = "initial"
    reason: str = ""
    good: int = 0
    bad: int = 0
    next_check: float = 0.0


_health: dict[tuple[str, str, int], Health] = {}
_pool = ThreadPoolExecutor(4, thread_name_prefix="target-health")


def health_of(group: str, target: dict[str, Any]) -> Health:
    """The health of a target in a target group."""
    return _health.setdefault((group, target["Id"], target["Port"]), Health())


def check_targets(group_arn: str) -> list[Health]:
    """Starts the checks that are due in a target group, and gives the health of its targets as known now."""
    group = alb._tgs.get(group_arn)
    if group is None or group["TargetType"] == "lambda":
        return []
    found = []
    for target in list(alb._targets.get(group_arn, [])):
        health = health_of(group_arn, target)
        found.append(health)
        if health.next_check <= time.time():
            health.next_check = float("inf")
            _pool.submit(_check, group, target, health)
    return found


def _check(group: dict[str, Any], target: dict[str, Any], health: Health) -> None:
    health.reason = _ask(group, target)
    if health.reason == "":
        health.good, health.bad = health.good + 1, 0
        # A new target is healthy with its first good answer.
        if health.state == "initial" or health.good >= group["HealthyThresholdCount"]:
            health.state = "healthy"
    else:
        health.good, health.bad = 0, health.bad + 1
        if health.state == "healthy" and health.bad >= group["UnhealthyThresholdCount"]:
            health.state = "unhealthy"
    interval = _FIRST_CHECKS_SECONDS if health.state == "initial" else group["HealthCheckIntervalSeconds"]
    health.next_check = time.time() + interval


def _ask(group: dict[str, Any], target: dict[str, Any]) -> str:
    try:
        connection = http.client.HTTPConnection(
            target["Id"], target["Port"], timeout=group["HealthCheckTimeoutSeconds"]
        )
        connection.request("GET", group["HealthCheckPath"], headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
        connection.close()
    except TimeoutError:
        return "Target.Timeout"
    except OSError:
        return "Target.FailedHealthChecks"
    return "" if _matches(group["Matcher"]["HttpCode"], status) else "Target.ResponseCodeMismatch"


def _matches(codes: str, status: int) -> bool:
    bounds = [part.partition("-") for part in codes.split(",")]
    return any(int(first) <= status <= int(last or first) for first, _, last in bounds)


_TEXTS = {
    "Target.Timeout": "Request timed out",
    "Target.FailedHealthChecks": "Health checks failed",
    "Target.ResponseCodeMismatch": "Health checks failed with an unexpected code",
}


def _describe(params: dict[str, Any]) -> Any:
    arn = alb._p(params, "TargetGroupArn")
    group = alb._tgs.get(arn)
    if group is None:
        return alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")
    wanted = {target["Id"] for target in alb._parse_targets_param(params)}
    check_targets(arn)
    members = [
        _to_xml(target, Health("healthy") if group["TargetType"] == "lambda" else health_of(arn, target))
        for target in alb._targets.get(arn, [])
        if not wanted or target["Id"] in wanted
    ]
    descriptions = f"<TargetHealthDescriptions>{''.join(members)}</TargetHealthDescriptions>"
    return alb._xml(200, "DescribeTargetHealth", descriptions)


def _to_xml(target: dict[str, Any], health: Health) -> str:
    reason = "Elb.RegistrationInProgress" if health.state == "initial" else health.reason
    text = _TEXTS.get(reason, "Target registration is in progress")
    why = f"<Reason>{reason}</Reason><Description>{text}</Description>" if reason else ""
    return (
        f"<member><Target><Id>{target['Id']}</Id><Port>{target['Port']}</Port></Target>"
        f"<HealthCheckPort>{target['Port']}</HealthCheckPort>"
        f"<TargetHealth><State>{health.state}</State>{why}</TargetHealth></member>"
    )


_forward = alb._forward_to_tg


async def _forward_to_healthy(group_arn: str, method: str, path: str, *rest: Any, **named: Any) -> Any:
    group, targets = alb._tgs.get(group_arn), alb._targets.get(group_arn, [])
    if group is None or not targets or group["TargetType"] == "lambda":
        return await _forward(group_arn, method, path, *rest, **named)
    # With no healthy target an ALB asks any of them: "fail open".
    healthy = [target for target in targets if health_of(group_arn, target).state == "healthy"]
    names = ("headers", "body", "query_params", "raw_query_string", "raw_path")
    given = dict(zip(names, rest, strict=False)) | named
    return await alb._proxy_http_target(
        random.choice(healthy or targets),
        group,
        method,
        given.get("raw_path") or path,
        given["headers"],
        given["body"],
        given["query_params"],
        given.get("raw_query_string"),
    )


def install() -> None:
    """Checks targets for real."""
    alb._ACTION_MAP["DescribeTargetHealth"] = _describe
    alb._forward_to_tg = _forward_to_healthy
