"""CloudFormation: identity providers."""

from typing import Any

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation.actions import element
from local_aws.cloudformation.types.network import call

Properties = dict[str, Any]


def _members(name: str, values: list[str]) -> dict[str, str]:
    return {f"{name}.member.{number}": value for number, value in enumerate(values, 1)}


def _create_provider(_logical_id: str, properties: Properties, _stack: str) -> Any:
    lists = {
        **_members("ClientIDList", properties.get("ClientIdList", [])),
        **_members("ThumbprintList", properties.get("ThumbprintList", [])),
    }
    answer = call(iam._create_oidc_provider, {"Url": properties["Url"], **lists})
    arn = element(answer, "OpenIDConnectProviderArn")
    return arn, {"Arn": arn}


def _update_provider(arn: str, _old: Properties, properties: Properties, _stack: str) -> Any:
    iam._oidc_providers[arn] |= {
        "ClientIDList": properties.get("ClientIdList", []),
        "ThumbprintList": properties.get("ThumbprintList", []),
    }
    return arn, {"Arn": arn}


def install() -> None:
    """Adds AWS::IAM::OIDCProvider."""
    provisioners._RESOURCE_HANDLERS["AWS::IAM::OIDCProvider"] = {
        "create": _create_provider,
        "update": _update_provider,
        "delete": lambda arn, _: call(iam._delete_oidc_provider, {"OpenIDConnectProviderArn": arn}),
    }
