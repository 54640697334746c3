"""What CloudWatch Logs sends to a subscriber, and what a stream's processors take out of it.

https://docs.aws.amazon.com/firehose/latest/dev/writing-with-cloudwatch-logs-decompression.html
"""

import gzip
import json
from typing import Any

from ministack.core.responses import get_account_id, new_uuid

Destination = dict[str, Any]


def pack(group: str, stream: str, name: str, events: list[dict[str, Any]]) -> bytes:
    """Packs log events as the subscription filter `name` sends them."""
    envelope = {
        "messageType": "DATA_MESSAGE",
        "owner": get_account_id(),
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [name],
        "logEvents": [
            {"id": new_uuid(), "timestamp": event["timestamp"], "message": event["message"]}
            for event in events
        ],
    }
    return gzip.compress(json.dumps(envelope).encode())


def _processors(destination: Destination) -> dict[str, dict[str, str]]:
    processing = destination["config"].get("ProcessingConfiguration") or {}
    return {
        processor["Type"]: {
            parameter["ParameterName"]: parameter["ParameterValue"]
            for parameter in processor.get("Parameters") or []
        }
        for processor in (processing.get("Processors") or [] if processing.get("Enabled") else [])
    }


def decompresses(destination: Destination) -> bool:
    """Returns whether a destination takes only what CloudWatch Logs sends."""
    return "Decompression" in _processors(destination)


def unpack(destination: Destination, record: bytes) -> bytes:
    """Unpacks a record; with message extraction into the messages alone, each on a line."""
    content = gzip.decompress(record)
    extraction = _processors(destination).get("CloudWatchLogProcessing", {})
    if extraction.get("DataMessageExtraction", "false").lower() != "true":
        return content
    return "".join(f"{event['message']}\n" for event in json.loads(content)["logEvents"]).encode()
