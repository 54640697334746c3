"""Buffers the records of a stream, and delivers a buffer as one object.

https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
"""

import base64
import logging
import os
import threading
import time
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import firehose, s3

from local_aws.core.control import add_control
from local_aws.core.each_record import each_record
from local_aws.core.wrapping import Original, wrap
from local_aws.firehose.envelope import Destination, decompresses, unpack

_log = logging.getLogger("local-aws")
_FOREIGN = "Only requests from CloudWatch Logs are supported when CloudWatch Logs decompression is enabled."
Stream = dict[str, Any]
# AWS takes the interval of the stream: 60 to 900 seconds.
BUFFER_SECONDS = float(os.environ.get("LOCAL_AWS_BUFFER_SECONDS", "1"))
_delivering = threading.Lock()
_deliver_each = firehose._deliver_records_to_s3


def _is_convertible(destination: Destination, data: bytes) -> bool:
    conversion = destination["config"].get("DataFormatConversionConfiguration") or {}
    try:
        if conversion.get("Enabled", bool(conversion)):
            firehose._convert_to_parquet(conversion, data)
    except firehose._DeliveryError:
        return False
    return True


def _deliver(stream: Stream, destination: Destination) -> None:
    with firehose._lock:
        buffer, destination["records"] = destination["records"], []
    records = [(each["id"], base64.b64decode(each["data"])) for each in buffer]
    if not decompresses(destination):
        _deliver_each(stream, destination, records)
        return
    unpacked = {record_id: unpack(destination, data) for record_id, data in records}
    rejected = []
    if not _is_convertible(destination, b"".join(unpacked.values())):
        rejected = [each for each in records if not _is_convertible(destination, unpacked[each[0]])]
    for record_id, data in rejected:
        del unpacked[record_id]
        # As it came, and whole: compressed, it fails again, and so goes below the error prefix.
        # https://docs.aws.amazon.com/firehose/latest/dev/decomp-faq.html
        firehose._deliver_to_s3(stream, destination, data)
    if unpacked:
        firehose._deliver_to_s3(stream, destination, b"".join(unpacked.values()))


def deliver(stream: Stream) -> None:
    """Delivers what a stream holds, and returns when all of it, from another delivery too, is in S3."""
    with _delivering:
        for destination in stream["destinations"]:
            if destination["records"] and destination["type"] in ("ExtendedS3", "S3"):
                _deliver(stream, destination)


def _put(bucket: str, key: str, body: bytes) -> None:
    status, _, answer = s3._put_object(bucket, key, body, {"content-length": str(len(body))})
    if status >= 300:
        _log.warning("Firehose cannot write to %s/%s: %s", bucket, key, answer)


def _run() -> None:
    while True:
        time.sleep(BUFFER_SECONDS)
        each_record(firehose._streams, lambda _, stream: deliver(stream))


def _deliver_now(data: dict[str, Any]) -> None:
    name = data["deliveryStream"]
    if name not in firehose._streams:
        raise ValueError(f"expected a delivery stream, got {name}, which is not there")
    deliver(firehose._streams[name])


def _refused(original: Original, data: dict[str, Any]) -> Any:
    stream = firehose._streams.get(data.get("DeliveryStreamName", "")) or {"destinations": []}
    if any(decompresses(destination) for destination in stream["destinations"]):
        return error_response_json("InvalidSourceException", _FOREIGN, 400)
    return original(data)


def _describe(original: Original, destination: Destination) -> Any:
    described = original(destination)
    zone = destination["config"].get("CustomTimeZone", "UTC")
    described.get("ExtendedS3DestinationDescription", {})["CustomTimeZone"] = zone
    return described


def install() -> None:
    """Delivers buffers instead of single records, and describes the zone of their folders."""
    wrap(firehose, "_dest_description", _describe)
    firehose._deliver_records_to_s3 = lambda *_: None
    firehose._put_s3_object = _put
    for name in ("PutRecord", "PutRecordBatch"):
        wrap(firehose._HANDLERS, name, _refused)
    add_control("firehose-delivery", _deliver_now)
    threading.Thread(target=_run, daemon=True, name="firehose").start()
