"""Scheduled actions of Application Auto Scaling: at their time they set a target's bounds.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

import logging
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ministack.core.responses import request_scope
from ministack.services import eventbridge

_INTERVAL_SECONDS = 0.2
_AT = re.compile(r"^at\((\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)\)$")
_log = logging.getLogger("local-aws")

Action = dict[str, Any]


def next_time(schedule: str, timezone: str, after: datetime) -> datetime | None:
    """The first time after the given one that a schedule names; raises ValueError where it is none."""
    zone = ZoneInfo(timezone)
    at = _AT.match(schedule)
    if at:
        when = datetime.fromisoformat(at[1]).replace(tzinfo=zone)
        return when if when > after else None
    seconds = eventbridge._parse_rate_seconds(schedule)
    if seconds:
        return after + timedelta(seconds=seconds)
    fields = eventbridge._parse_cron_fields(schedule)
    if fields is None:
        raise ValueError(f"Invalid schedule expression: {schedule}")
    found: datetime | None = eventbridge._cron_next_fire(fields, after.astimezone(zone))
    return found


def plan_next(action: Action, after: datetime) -> None:
    """Writes the next time of an action into it, within its start and end."""
    start, end = action.get("StartTime"), action.get("EndTime")
    if start and datetime.fromtimestamp(start, UTC) > after:
        after = datetime.fromtimestamp(start, UTC) - timedelta(microseconds=1)
    when = next_time(action["Schedule"], action.get("Timezone") or "UTC", after)
    late = when and end and when > datetime.fromtimestamp(end, UTC)
    action["_next"] = None if when is None or late else when.timestamp()


def run_schedules(actions: Any, act: Callable[[Action], None]) -> None:
    """Starts to run the actions of all accounts when they are due."""
    threading.Thread(target=_run, args=(actions, act), daemon=True, name="scheduled-scaling").start()


def _run(actions: Any, act: Callable[[Action], None]) -> None:
    while True:
        time.sleep(_INTERVAL_SECONDS)
        for (account, region, key), action in list(actions.all_items()):
            due = action.get("_next")
            if due is None or due > time.time():
                continue
            with request_scope(account, region):
                try:
                    plan_next(action, datetime.fromtimestamp(max(due, time.time()), UTC))
                    act(action)
                except Exception:
                    # One broken action must not stop those of all others.
                    _log.exception("scheduled action %s", key)
