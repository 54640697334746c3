"""CloudFormation: budgets, which nothing is counted against."""

from typing import Any

from ministack.services import budgets
from ministack.services.cloudformation import provisioners

from local_aws.cloudformation.types.ecs import succeed

Properties = dict[str, Any]


def _create(logical_id: str, properties: Properties, stack: str) -> Any:
    own = provisioners._physical_name(stack, logical_id, max_len=100)
    name = properties["Budget"].get("BudgetName") or own
    budget = {**properties["Budget"], "BudgetName": name}
    notifications = properties.get("NotificationsWithSubscribers")
    succeed(budgets._create_budget({"Budget": budget, "NotificationsWithSubscribers": notifications}))
    return name, {"Id": name}


def _update(name: str, _old: Properties, properties: Properties, _stack: str) -> Any:
    succeed(budgets._update_budget({"NewBudget": {**properties["Budget"], "BudgetName": name}}))
    return name, {"Id": name}


def install() -> None:
    """Adds AWS::Budgets::Budget."""
    provisioners._RESOURCE_HANDLERS["AWS::Budgets::Budget"] = {
        "create": _create,
        "update": _update,
        "delete": lambda name, _: succeed(budgets._delete_budget({"BudgetName": name})),
    }
