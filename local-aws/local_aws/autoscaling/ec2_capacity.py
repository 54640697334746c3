"""What EC2 has for an account: vCPU quotas, zones that have no instances left, and the instances of groups.

Nothing is short until `POST /_local/control/ec2-capacity` says so:
{"vcpuQuotas": {"L-DB2E81BA": 4}, "zonesWithoutCapacity": ["ap-northeast-2a"]}; what is left out is not short.
"""

import json
from typing import Any

import ministack.app
from ministack.core import iam_actions
from ministack.core.responses import AccountRegionScopedDict, error_response_json, get_region, json_response
from ministack.services import autoscaling, ec2

from local_aws.autoscaling.instance_types import find_instance_type
from local_aws.core.control import add_control
from local_aws.core.wrapping import Original, wrap

_QUOTAS, _ZONES = "vcpuQuotas", "zonesWithoutCapacity"
_capacity = AccountRegionScopedDict()
_LARGE = 1000


def vcpu_quota(code: str) -> int | None:
    """The vCPUs that instances of a quota may have together; none for no limit."""
    quota: int | None = _capacity.get(_QUOTAS, {}).get(code)
    return quota


def zones_without_capacity() -> list[str]:
    """The zones that start no instances."""
    return list(_capacity.get(_ZONES, []))


def _set_capacity(data: dict[str, Any]) -> None:
    unknown = sorted(set(data) - {_QUOTAS, _ZONES})
    if unknown:
        raise ValueError(f"expected {_QUOTAS} and {_ZONES}, got {', '.join(unknown)}")
    _capacity[_QUOTAS] = {code: int(vcpus) for code, vcpus in data.get(_QUOTAS, {}).items()}
    _capacity[_ZONES] = [str(zone) for zone in data.get(_ZONES, [])]


async def _answer_quotas(_method: str, _path: str, headers: Any, body: bytes, _query: Any) -> Any:
    name, code = headers["x-amz-target"].rpartition(".")[2], json.loads(body).get("QuotaCode")
    if name == "GetServiceQuota":
        limit = vcpu_quota(code)
        return json_response({"Quota": {"QuotaCode": code, "Value": _LARGE if limit is None else limit}})
    if name == "ListRequestedServiceQuotaChangeHistoryByQuota":
        return json_response({"RequestedQuotas": []})
    return error_response_json("UnknownOperationException", f"Unknown operation: {name}")


def _matches(original: Original, instance: Any, filters: dict[str, Any]) -> bool:
    types = filters.get("instance-type", ["*"])
    return any(ec2._glob_match(each, instance["InstanceType"]) for each in types) and original(
        instance, {name: values for name, values in filters.items() if name != "instance-type"}
    )


def _with_groups(original: Original, parameters: Any) -> Any:
    status, headers, body = original(parameters)
    started = (each for group in list(autoscaling._asgs.values()) for each in group["Instances"])
    filters = ec2._parse_filters(parameters)
    items = "".join(
        f"<item><instancesSet><item><instanceId>{each['InstanceId']}</instanceId><instanceState><name>running"
        f"</name></instanceState><instanceType>{each['InstanceType']}</instanceType></item></instancesSet></item>"
        for each in started
        if ec2._matches_filters(each | {"State": {"Name": "running"}, "ImageId": ""}, filters)
    )
    return status, headers, body.replace(b"</reservationSet>", f"{items}</reservationSet>".encode())


def _describe_offers(parameters: Any) -> Any:
    is_known = any(map(find_instance_type, ec2._parse_filters(parameters).get("instance-type", [])))
    zones = [ec2._az_id_for_zone_name(get_region() + letter) for letter in "abc" if is_known]
    items = "".join(f"<item><location>{zone}</location></item>" for zone in zones)
    answer = f"<instanceTypeOfferingSet>{items}</instanceTypeOfferingSet>"
    return ec2._xml(200, "DescribeInstanceTypeOfferingsResponse", answer)


def install() -> None:
    """Adds the control `ec2-capacity`, service quotas, offers of types, and the instances of groups."""
    add_control("ec2-capacity", _set_capacity)
    ministack.app.SERVICE_HANDLERS["servicequotas"] = _answer_quotas
    iam_actions.SERVICE_TO_IAM_NAMESPACE["servicequotas"] = "servicequotas"
    ec2._ACTION_MAP["DescribeInstanceTypeOfferings"] = _describe_offers
    wrap(ec2, "_matches_filters", _matches)
    wrap(ec2, "_describe_instances", _with_groups)
