"""CloudFormation: identity providers, and instance profiles by their names."""

from collections.abc import Callable
from typing import Any

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation.types.network import call, find_element

Properties = dict[str, Any]


def _members(name: str, values: list[str]) -> dict[str, str]:
    return {f"{name}.member.{number}": value for number, value in enumerate(values, 1)}


def _create_provider(_logical_id: str, properties: Properties, _stack: str) -> Any:
    lists = {
        **_members("ClientIDList", properties.get("ClientIdList", [])),
        **_members("ThumbprintList", properties.get("ThumbprintList", [])),
    }
    xml = call(iam._create_oidc_provider, {"Url": properties["Url"], **lists})
    arn = find_element("OpenIDConnectProviderArn", xml)
    return arn, {"Arn": arn}


def _update_provider(arn: str, _old: Properties, properties: Properties, _stack: str) -> Any:
    iam._oidc_providers[arn] |= {
        "ClientIDList": properties.get("ClientIdList", []),
        "ThumbprintList": properties.get("ThumbprintList", []),
    }
    return arn, {"Arn": arn}


def _by_name(original: Callable[..., Any]) -> Callable[..., Any]:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-instanceprofile.html
    def make(first: str, *rest: Any) -> Any:
        profile = iam._instance_profiles.get(first)
        arn, attributes = original(profile["Arn"] if profile else first, *rest)
        return arn.rpartition("/")[2], attributes

    return make


def install() -> None:
    """Adds AWS::IAM::OIDCProvider, and lets Ref of an instance profile give its name."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::IAM::OIDCProvider"] = {
        "create": _create_provider,
        "update": _update_provider,
        "delete": lambda arn, _: call(iam._delete_oidc_provider, {"OpenIDConnectProviderArn": arn}),
    }
    profile = handlers["AWS::IAM::InstanceProfile"]
    handlers["AWS::IAM::InstanceProfile"] = {
        **profile,
        "create": _by_name(profile["create"]),
        "update": _by_name(profile["update"]),
        "delete": lambda name, _: iam._instance_profiles.pop(name, None),
    }
