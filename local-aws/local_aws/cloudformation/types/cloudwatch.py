"""CloudFormation: alarms on metric math, which is not computed: such an alarm never gets data."""

from typing import Any

from ministack.services.cloudformation import provisioners

from local_aws.core.wrapping import Original, wrap


def _record_math(original: Original, name: str, properties: dict[str, Any]) -> Any:
    watched = [each["Id"] for each in properties.get("Metrics") or () if each.get("ReturnData", True)]
    math = {"Metrics": None, "Namespace": "Math", "MetricName": watched[0]} if watched else {}
    return original(name, {**properties, **math})


def install() -> None:
    """Accepts AWS::CloudWatch::Alarm with Metrics."""
    wrap(provisioners, "_cw_metric_alarm_record", _record_math)
