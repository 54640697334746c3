"""Container health checks: a command beside the program reports whether it is healthy.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.containers.container import Container

# A new container is asked more often than its interval, so that it is known to be well as soon as it is.
_FIRST_CHECKS_SECONDS = 0.25


@dataclass(frozen=True)
class HealthCheck:
    """A health check of a container definition, times in seconds."""

    command: list[str]
    interval: float
    timeout: float
    retries: int
    start_period: float


def read_health_check(definition: Mapping[str, Any]) -> HealthCheck | None:
    """Reads the check of a container definition; returns None if it has none or states NONE."""
    given = definition.get("healthCheck") or {}
    kind, *command = given.get("command") or ["NONE"]
    if kind == "NONE":
        return None
    if kind == "CMD-SHELL":
        command = ["/bin/sh", "-c", *command]
    return HealthCheck(
        command,
        interval=float(given.get("interval") or 30),
        timeout=float(given.get("timeout") or 5),
        retries=int(given.get("retries") or 3),
        start_period=float(given.get("startPeriod") or 0),
    )


def watch_health(container: Container, definition: Mapping[str, Any], task: dict[str, Any]) -> None:
    """Keeps the health status of a container and of its task up to date while the container runs."""
    check = read_health_check(definition)
    if check is None:
        return
    shown = next(each for each in task["containers"] if each["name"] == definition["name"])
    thread = threading.Thread(target=_watch, args=(container, check, shown, task), daemon=True)
    thread.start()


def _watch(container: Container, check: HealthCheck, shown: dict[str, Any], task: dict[str, Any]) -> None:
    start, failures = time.monotonic(), 0
    counted = start
    while container.status == "running":
        now = time.monotonic()
        if _passes(container, check):
            failures, shown["healthStatus"] = 0, "HEALTHY"
        elif now - start >= check.start_period and now - counted >= check.interval:
            failures, counted = failures + 1, now
            if failures >= check.retries:
                shown["healthStatus"] = "UNHEALTHY"
        task["healthStatus"] = _combine([each["healthStatus"] for each in task["containers"]])
        known = shown["healthStatus"] != "UNKNOWN"
        time.sleep(check.interval if known else min(check.interval, _FIRST_CHECKS_SECONDS))


def _passes(container: Container, check: HealthCheck) -> bool:
    try:
        return container.run(check.command, check.timeout) == 0
    except (subprocess.TimeoutExpired, OSError):
        return False


# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
def _combine(statuses: list[str]) -> str:
    if "UNHEALTHY" in statuses:
        return "UNHEALTHY"
    return "HEALTHY" if "HEALTHY" in statuses else "UNKNOWN"
