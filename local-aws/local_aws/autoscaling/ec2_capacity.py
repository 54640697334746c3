"""What EC2 has for an account: its vCPU quotas, and the zones that have no instances left.

Nothing is short until `POST /_local/control/ec2-capacity` says so:
{"vcpuQuotas": {"L-DB2E81BA": 4}, "zonesWithoutCapacity": ["ap-northeast-2a"]}; what is left out is not short.
"""

from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from local_aws.core.control import ControlError, add_control

_QUOTAS, _ZONES = "vcpuQuotas", "zonesWithoutCapacity"
_capacity = AccountRegionScopedDict()


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
        raise ControlError(f"expected {_QUOTAS} and {_ZONES}, got {', '.join(unknown)}")
    _capacity[_QUOTAS] = {code: int(vcpus) for code, vcpus in data.get(_QUOTAS, {}).items()}
    _capacity[_ZONES] = [str(zone) for zone in data.get(_ZONES, [])]


def install() -> None:
    """Adds the control `ec2-capacity`."""
    add_control("ec2-capacity", _set_capacity)
