"""Subscription filters of log groups that send to Firehose; ministack sends to functions only.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample
"""

import base64
import logging
from typing import Any

from ministack.services import cloudwatch_logs, firehose

from local_aws.core.wrapping import Original, wrap
from local_aws.firehose.envelope import pack

_log = logging.getLogger("local-aws")
_DESTINATION = ":deliverystream/"
Events = list[dict[str, Any]]


def _send(record: dict[str, Any], stream: str, events: Events) -> None:
    pattern = record["filterPattern"]
    matched = [
        event for event in events if cloudwatch_logs._subscription_pattern_matches(pattern, event["message"])
    ]
    _, _, name = record["destinationArn"].partition(_DESTINATION)
    if not name or not matched:
        return
    content = pack(record["logGroupName"], stream, record["filterName"], matched)
    data = {"DeliveryStreamName": name, "Records": [{"Data": base64.b64encode(content).decode()}]}
    status, _, body = firehose._put_record_batch(data)
    if status >= 300:
        # It never fails the writer of the log.
        _log.warning("subscription filter %s: %s", record["filterName"], body)


def _fan_out(original: Original, group: str, stream: str, events: Events) -> None:
    original(group, stream, events)
    filters = (cloudwatch_logs._log_groups.get(group) or {}).get("subscriptionFilters") or {}
    for record in list(filters.values()):
        _send(record, stream, events)


def install() -> None:
    """Sends each new log event to the streams that subscribe to its group."""
    wrap(cloudwatch_logs, "_fanout_to_subscription_filters", _fan_out)
