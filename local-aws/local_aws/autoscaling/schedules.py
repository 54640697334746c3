"""Scheduled actions of groups: once, or at each time of a recurrence in its time zone.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScheduledUpdateGroupAction.html
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ministack.services import autoscaling, eventbridge

from local_aws.core.wrapping import Original, wrap

SIZES = ("MinSize", "MaxSize", "DesiredCapacity")

_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}

Action = dict[str, Any]


def follow_schedule(group: dict[str, Any]) -> None:
    """Sets what an action of the group that is due says; one without a next time is over then."""
    now = datetime.now(UTC)
    for key, action in list(autoscaling._scheduled_actions.items()):
        is_ours, start = key.startswith(group["AutoScalingGroupName"] + "/"), action.get("StartTime")
        if is_ours and start and datetime.fromisoformat(start) <= now:
            action["StartTime"] = _next_time(action, now)
            if not action["StartTime"]:
                del autoscaling._scheduled_actions[key]
            group.update({name: size for name in SIZES if (size := action[name]) >= 0}, _launch_at=0)
            group["DesiredCapacity"] = min(max(group["DesiredCapacity"], group["MinSize"]), group["MaxSize"])


def _next_time(action: Action, after: datetime) -> str:
    """Finds the next time of a recurrence; empty where there is none before the action's end."""
    if not action["Recurrence"]:
        return ""
    minute, hour, day, month, weekday = action["Recurrence"].split()
    days = [f"? {month} {_eventbridge_weekdays(weekday)}"] if weekday != "*" else []
    if day != "*" or not days:
        days.append(f"{day} {month} ?")
    fields = [eventbridge._parse_cron_fields(f"cron({minute} {hour} {each} *)") for each in days]
    local = after.astimezone(ZoneInfo(action.get("TimeZone", "UTC")))
    # Where a recurrence limits both days, cron acts on either. https://man7.org/linux/man-pages/man5/crontab.5.html
    found = min(filter(None, (eventbridge._cron_next_fire(each, local) for each in fields)), default=None)
    if found is None:
        return ""
    end = action.get("EndTime")
    return "" if end and found > datetime.fromisoformat(end) else str(found.astimezone(UTC).isoformat())


def _eventbridge_weekdays(weekday: str) -> str:
    """Cron counts days of the week from 0, which is Sunday as 7 is; EventBridge from 1."""
    numbers = eventbridge._cron_field(weekday, 0, 7, _WEEKDAYS)
    return ",".join(str(number) for number in sorted({number % 7 + 1 for number in numbers}))


def _recorded(original: Original, *args: Any) -> Action:
    action: Action = original(*args)
    if action["Recurrence"]:
        now = datetime.now(UTC)
        # The given start is a bound, and may be a time of the recurrence itself.
        start = datetime.fromisoformat(action.get("StartTime") or now.isoformat()) - timedelta(minutes=1)
        action["StartTime"] = _next_time(action, max(now, start))
    return action


def install() -> None:
    """Tells the next time of a recurrence, as AWS does."""
    wrap(autoscaling, "_scheduled_action_record", _recorded)
