"""CloudFormation: alarms on metric math, which is not computed: such an alarm never gets data."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Record = Callable[[str, Properties], dict[str, Any]]


def _record_math(original: Record) -> Record:
    def record(name: str, properties: Properties) -> dict[str, Any]:
        watched = [each["Id"] for each in properties.get("Metrics") or () if each.get("ReturnData", True)]
        if not watched:
            return original(name, properties)
        return original(name, {**properties, "Metrics": None, "Namespace": "Math", "MetricName": watched[0]})

    return record


def install() -> None:
    """Accepts AWS::CloudWatch::Alarm with Metrics."""
    provisioners._cw_metric_alarm_record = _record_math(provisioners._cw_metric_alarm_record)
