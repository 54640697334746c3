"""Targets leave a load balancer in peace: no new requests, and time for those that are under way.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
"""

import logging
import random
import threading
import time
from collections import Counter
from typing import Any

from ministack.core.responses import StreamingResponse
from ministack.services import alb

from local_aws.core.wrapping import Original, wrap
from local_aws.load_balancing.target_health import Key, health_of, key_of
from local_aws.load_balancing.usage import find_missing_rule_to_targets

_POLL_SECONDS = 0.05
_log = logging.getLogger("local-aws")
_lock = threading.Lock()
_in_flight: Counter[Key] = Counter()
# Target -> when its delay is over.
_draining: dict[Key, float] = {}


def draining_targets(group_arn: str) -> list[Key]:
    """Lists the targets of a group that still have requests under way, within the group's delay."""
    with _lock:
        for key, end in list(_draining.items()):
            if _in_flight[key] <= 0 or time.monotonic() >= end:
                del _draining[key]
        return [key for key in _draining if key[0] == group_arn]


def wait_until_drained(host: str | None) -> None:
    """Waits until no group drains the target with this address."""
    while any(key[1] == host and draining_targets(key[0]) for key in list(_draining)):
        time.sleep(_POLL_SECONDS)


def _drain_removed(group_arn: str, before: list[dict[str, Any]]) -> None:
    if group_arn not in alb._tgs:
        return
    kept = {key_of(group_arn, target) for target in alb._targets.get(group_arn, [])}
    attributes = {each["Key"]: each["Value"] for each in alb._tg_attrs.get(group_arn, [])}
    delay = float(attributes.get("deregistration_delay.timeout_seconds", 300))
    with _lock:
        for key in {key_of(group_arn, target) for target in before} - kept:
            _draining[key] = time.monotonic() + delay


def _draining_set(
    original: Original, group_arn: str, targets: list[tuple[str, int]], previous: Any = ()
) -> Any:
    before = list(alb._targets.get(group_arn, []))
    done = original(group_arn, targets, previous)
    _drain_removed(group_arn, before)
    return done


async def _forward_to_healthy(
    original: Original, group_arn: str, method: str, path: str, *rest: Any, **named: Any
) -> Any:
    group, targets = alb._tgs.get(group_arn), alb._targets.get(group_arn, [])
    if group is None or not targets or group["TargetType"] == "lambda":
        return await original(group_arn, method, path, *rest, **named)
    dropped = find_missing_rule_to_targets(group_arn)
    if dropped:
        _log.error("%s %s does not reach its target: %s", method, path, dropped)
        page = b"<html><head><title>504 Gateway Time-out</title></head></html>"
        return 504, {"Content-Type": "text/html"}, page
    # With no healthy target an ALB asks any of them: "fail open".
    healthy = [target for target in targets if health_of(group_arn, target).state == "healthy"]
    target = random.choice(healthy or targets)
    names = ("headers", "body", "query_params", "raw_query_string", "raw_path")
    given = dict(zip(names, rest, strict=False)) | named
    key = key_of(group_arn, target)
    with _lock:
        _in_flight[key] += 1
    try:
        sent = (given[name] for name in ("headers", "body", "query_params"))
        where = given.get("raw_path") or path
        raw_query = given.get("raw_query_string")
        answer = await alb._proxy_http_target(target, group, method, where, *sent, raw_query)
    except BaseException:
        _finish(key)
        raise
    return _until_sent(key, answer)


def _until_sent(key: Key, answer: Any) -> Any:
    status, headers, body = answer
    if not isinstance(body, StreamingResponse):
        _finish(key)
        return answer

    async def send_all(send: Any, receive: Any) -> None:
        try:
            await body.runner(send, receive)
        finally:
            _finish(key)

    return status, headers, StreamingResponse(send_all)


def _finish(key: Key) -> None:
    with _lock:
        _in_flight[key] -= 1
        if _in_flight[key] <= 0:
            del _in_flight[key]


def install() -> None:
    """Sends requests to healthy targets, and lets those under way end before a target is gone."""
    wrap(alb, "_forward_to_tg", _forward_to_healthy)
    wrap(alb, "set_targets_for_group", _draining_set)
