"""Settings of an account's registry; what is set is kept, and BLOB_MOUNTING acts.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html
"""

from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from local_aws.ecr.error import invalid_parameter

# The values of each setting; the first is the default.
_VALUES = {
    "BASIC_SCAN_TYPE_VERSION": ("AWS_NATIVE",),
    "BLOB_MOUNTING": ("DISABLED", "ENABLED"),
    "REGISTRY_POLICY_SCOPE": ("V2",),
}
settings = AccountRegionScopedDict()


def get_setting(data: dict[str, Any]) -> dict[str, Any]:
    """Gives a setting of this account and region."""
    name = data.get("name", "")
    if name not in _VALUES:
        raise invalid_parameter("name", f"must be one of {', '.join(_VALUES)}")
    return {"name": name, "value": settings.get(name, _VALUES[name][0])}


def put_setting(data: dict[str, Any]) -> dict[str, Any]:
    """Sets a setting of this account and region."""
    name = get_setting(data)["name"]
    if data.get("value") not in _VALUES[name]:
        raise invalid_parameter("value", f"must be one of {', '.join(_VALUES[name])}")
    settings[name] = data["value"]
    return {"name": name, "value": data["value"]}
