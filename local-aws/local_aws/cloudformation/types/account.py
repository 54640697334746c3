"""CloudFormation: what an account has, identity providers and budgets; nothing is counted against these."""

from typing import Any

from ministack.services import budgets, iam
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation.actions import element
from local_aws.cloudformation.types.ecs import succeed
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


def _create_budget(logical_id: str, properties: Properties, stack: str) -> Any:
    own = provisioners._physical_name(stack, logical_id, max_len=100)
    name = properties["Budget"].get("BudgetName") or own
    budget = {**properties["Budget"], "BudgetName": name}
    notifications = properties.get("NotificationsWithSubscribers")
    succeed(budgets._create_budget({"Budget": budget, "NotificationsWithSubscribers": notifications}))
    return name, {"Id": name}


def _update_budget(name: str, _old: Properties, properties: Properties, _stack: str) -> Any:
    succeed(budgets._update_budget({"NewBudget": {**properties["Budget"], "BudgetName": name}}))
    return name, {"Id": name}


def install() -> None:
    """Adds AWS::IAM::OIDCProvider and AWS::Budgets::Budget."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::IAM::OIDCProvider"] = {
        "create": _create_provider,
        "update": _update_provider,
        "delete": lambda arn, _: call(iam._delete_oidc_provider, {"OpenIDConnectProviderArn": arn}),
    }
    handlers["AWS::Budgets::Budget"] = {
        "create": _create_budget,
        "update": _update_budget,
        "delete": lambda name, _: succeed(budgets._delete_budget({"BudgetName": name})),
    }
