"""Targets of load balancers: their health by the target group's own check.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import http.client
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ministack.services import alb

from local_aws.core.each_record import each_record
from local_aws.load_balancing.usage import find_missing_rule_to_targets

_INTERVAL_SECONDS = 0.1
# A new target is checked more often than its group states, so that it is in service as soon as it answers.
_FIRST_CHECKS_SECONDS = 0.2
_TIMEOUT = ("Target.Timeout", "Request timed out")
_log = logging.getLogger("local-aws")

Key = tuple[str, str, int]


@dataclass
class Health:
    """What is known of one target: `reason` is AWS's code and `text` its description, empty while healthy."""

    state: str = "initial"
    reason: str = "Elb.RegistrationInProgress"
    text: str = "Target registration is in progress"
    good: int = 0
    bad: int = 0
    next_check: float = 0.0
    counted: float = field(default_factory=time.monotonic)


_health: dict[Key, Health] = {}
_pool = ThreadPoolExecutor(16, thread_name_prefix="target-health")


def key_of(group_arn: str, target: dict[str, Any]) -> Key:
    """Names a target of a group: its id and port belong to it."""
    return group_arn, target["Id"], int(target.get("Port") or alb._tgs[group_arn].get("Port") or 80)


def health_of(group_arn: str, target: dict[str, Any]) -> Health:
    """The health of a target in a target group."""
    return _health.setdefault(key_of(group_arn, target), Health())


def _check_due_targets(group: dict[str, Any], registered: set[Key]) -> None:
    arn = group["TargetGroupArn"]
    for target in list(alb._targets.get(arn, [])):
        key = key_of(arn, target)
        registered.add(key)
        health = health_of(arn, target)
        if health.next_check <= time.monotonic():
            health.next_check = float("inf")
            # Its threads have no account: what they need of it goes with them.
            dropped = find_missing_rule_to_targets(arn)
            _pool.submit(_check, group, key, health, dropped)


def _check(group: dict[str, Any], key: Key, health: Health, dropped: str | None) -> None:
    reason, text = _TIMEOUT if dropped else _ask(group, key[1], key[2])
    if dropped and health.reason != reason:
        _log.error("health checks do not reach %s: %s", key[1], dropped)
    interval, now = float(group["HealthCheckIntervalSeconds"]), time.monotonic()
    if reason == "":
        health.good, health.bad = health.good + 1, 0
        # A new target is healthy with its first good answer.
        if health.state == "initial" or health.good >= group["HealthyThresholdCount"]:
            health.state, health.reason, health.text = "healthy", "", ""
    elif health.state != "initial" or now - health.counted >= interval:
        health.good, health.bad, health.counted = 0, health.bad + 1, now
        if health.bad >= group["UnhealthyThresholdCount"]:
            health.state, health.reason, health.text = "unhealthy", reason, text
    if health.state == "initial":
        health.reason, health.text = "Elb.InitialHealthChecking", "Initial health checks in progress"
    health.next_check = now + (
        min(_FIRST_CHECKS_SECONDS, interval) if health.state == "initial" else interval
    )


# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/check-target-health.html
def _ask(group: dict[str, Any], host: str, port: int) -> tuple[str, str]:
    given = str(group.get("HealthCheckPort") or "traffic-port")
    asked = int(given) if given.isdecimal() else port
    timeout = float(group["HealthCheckTimeoutSeconds"])
    connection = http.client.HTTPConnection(host, asked, timeout=timeout)
    try:
        connection.request("GET", group["HealthCheckPath"], headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
    except TimeoutError:
        return _TIMEOUT
    except (OSError, http.client.HTTPException):
        return "Target.FailedHealthChecks", "Health checks failed"
    finally:
        connection.close()
    if _matches(group["Matcher"]["HttpCode"], status):
        return "", ""
    return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"


def _matches(codes: str, status: int) -> bool:
    bounds = [part.partition("-") for part in codes.split(",")]
    return any(int(first) <= status <= int(last or first) for first, _, last in bounds)


def _check_all() -> None:
    registered: set[Key] = set()
    each_record(alb._tgs, lambda _, group: _check_due_targets(group, registered))
    for key in [key for key in _health if key not in registered]:
        _health.pop(key, None)


def _run() -> None:
    while True:
        time.sleep(_INTERVAL_SECONDS)
        _check_all()


def install() -> None:
    """Starts to check the targets of all groups."""
    threading.Thread(target=_run, daemon=True, name="target-health").start()
