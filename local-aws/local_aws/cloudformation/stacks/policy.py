"""Stack policies: what an update may do to which resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import helpers, provisioners, stacks

from local_aws.cloudformation.actions import Action, Answer, Params, Stack, find_stack, invalid, read, wrap

Statement = dict[str, Any]
_ACTIONS = ("Update:Modify", "Update:Replace", "Update:Delete", "Update:*")
_INVALID = "Error validating stack policy: Invalid stack policy"


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _is_valid(text: str) -> bool:
    try:
        policy = json.loads(text)
        statements: list[Statement] = policy.get("Statement", [])
        return all(
            each["Effect"] in ("Allow", "Deny")
            and each["Principal"] == "*"
            and ("Resource" in each) != ("NotResource" in each)
            and all(action in _ACTIONS for action in _listed(each["Action"]))
            for each in statements
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _covers(statement: Statement, action: str, logical_id: str, resource_type: str) -> bool:
    if not any(fnmatchcase(action, each) for each in _listed(statement["Action"])):
        return False
    inverted = "NotResource" in statement
    patterns = _listed(statement["NotResource" if inverted else "Resource"])
    if any(fnmatchcase(f"LogicalResourceId/{logical_id}", each) for each in patterns) == inverted:
        return False
    for operator, condition in statement.get("Condition", {}).items():
        types = _listed(condition.get("ResourceType"))
        same = fnmatchcase if operator == "StringLike" else str.__eq__
        if not any(same(resource_type, each) for each in types):
            return False
    return True


def refusal(policy: str, action: str, logical_id: str, resource_type: str) -> str | None:
    """Gives AWS's reason where a policy (empty: none) does not allow an action on a resource."""
    statements: list[Statement] = json.loads(policy).get("Statement", []) if policy else []
    if not statements:
        return None
    covering = [
        (number, each)
        for number, each in enumerate(statements, 1)
        if _covers(each, action, logical_id, resource_type)
    ]
    for number, each in covering:
        if each["Effect"] == "Deny":
            actions, resources = _listed(each["Action"]), _listed(each.get("Resource") or each["NotResource"])
            denied = f"[{', '.join(actions)}] for resource [{', '.join(resources)}]"
            return f"Action denied by stack policy: Statement [#{number}] does not allow {denied}"
    return None if covering else "Action not allowed by stack policy"


def _policy_of(stack: Stack) -> str:
    return str(stack.get("_policy_during_update") or stack.get("_stack_policy") or "")


def _check(stack_name: str, action: str, logical_id: str, resource_type: str) -> None:
    stack = cloudformation._stacks[stack_name]
    # A rollback is allowed whatever the policy says.
    if stack["StackStatus"] == "UPDATE_IN_PROGRESS":
        reason = refusal(_policy_of(stack), action, logical_id, resource_type)
        if reason:
            raise ValueError(reason)


def _on_update(original: Callable[..., Any]) -> Callable[..., Any]:
    def update(
        resource_type: str,
        physical_id: str,
        old: Any,
        new: Any,
        stack_name: str,
        logical_id: str = "",
        *rest: Any,
    ) -> Any:
        if old != new and stack_name in cloudformation._stacks:
            replaces = provisioners._replacing_change(resource_type, old, new)
            _check(stack_name, f"Update:{'Replace' if replaces else 'Modify'}", logical_id, resource_type)
        return original(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

    return update


def _on_removal(original: Callable[..., Any]) -> Callable[..., Any]:
    # Outputs are made when all else is updated, of the resources that stay: what is missing will be deleted.
    def resolve(outputs: Any, conditions: Any, resources: dict[str, Any], *rest: Any) -> Any:
        stack_name = rest[2]
        for logical_id, resource in cloudformation._stacks[stack_name].get("_resources", {}).items():
            if logical_id not in resources:
                _check(stack_name, "Update:Delete", logical_id, resource["ResourceType"])
        return original(outputs, conditions, resources, *rest)

    return resolve


def _validated(body_key: str, url_key: str) -> Callable[[Action], Action]:
    def wrapper(original: Action) -> Action:
        def run(params: Params) -> Answer:
            if read(params, body_key) and read(params, url_key):
                return invalid(f"You cannot specify both {url_key} and {body_key}")
            body, refused = helpers._resolve_document(params, body_key, url_key, "Stack policy")
            if refused or (body and not _is_valid(body)):
                return refused or invalid(_INVALID)
            stack = find_stack(read(params, "StackName"))
            if stack and body_key == "StackPolicyDuringUpdateBody":
                stack["_policy_during_update"] = body or ""
            return original(params)

        return run

    return wrapper


def install() -> None:
    """Checks policies when they are set, and each change of an update against them."""
    stacks._update_resource = _on_update(stacks._update_resource)
    stacks._resolve_stack_outputs = _on_removal(stacks._resolve_stack_outputs)
    for action in ("CreateStack", "SetStackPolicy", "UpdateStack"):
        wrap(action, _validated("StackPolicyBody", "StackPolicyURL"))
    for action in ("ExecuteChangeSet", "UpdateStack"):
        wrap(action, _validated("StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL"))
