"""Reports in the events of an update what is created, changed and deleted, but nothing that stays the same.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, stacks

from local_aws.cloudformation.actions import Stack

_STACK = "AWS::CloudFormation::Stack"
_CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
Add = Callable[..., None]


def _updating(stack_name: str) -> Stack | None:
    stack: Stack | None = cloudformation._stacks.get(stack_name)
    return stack if stack and stack["StackStatus"] == "UPDATE_IN_PROGRESS" else None


def _release(stack: Stack, add: Add) -> None:
    held = stack.pop("_held_event", None)
    if held:
        add(*held[0], **held[1])


def _of_updates(add: Add) -> Add:
    """Holds the first event of a resource until it is known whether the resource changes."""

    def add_event(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        *rest: Any,
        **named: Any,
    ) -> None:
        stack = _updating(stack_name)
        if stack is None or resource_type == _STACK:
            return add(stack_id, stack_name, logical_id, resource_type, status, *rest, **named)
        resources, new = stack.get("_resources", {}), stack.setdefault("_new_resources", [])
        if status == "UPDATE_IN_PROGRESS" and logical_id not in resources and logical_id not in new:
            new.append(logical_id)
        if logical_id in new:
            status = status.replace("UPDATE_", "CREATE_")
            if logical_id in resources:
                resources[logical_id]["ResourceStatus"] = status
        event = (stack_id, stack_name, logical_id, resource_type, status, *rest)
        if status == "UPDATE_IN_PROGRESS" and not any(rest):
            stack["_held_event"] = [event, named]
            return None
        if status == "UPDATE_COMPLETE" and logical_id in stack.get("_untouched", {}):
            resources[logical_id]["ResourceStatus"] = stack["_untouched"].pop(logical_id)
            return None
        _release(stack, add)
        return add(*event, **named)

    return add_event


def _on_update(original: Callable[..., Any], add: Add) -> Callable[..., Any]:
    def update(
        resource_type: str,
        physical_id: str,
        old: Any,
        new: Any,
        stack_name: str,
        logical_id: str = "",
        *rest: Any,
    ) -> Any:
        stack = _updating(stack_name)
        if stack and old == new:
            stack.pop("_held_event", None)
            status = stack["_resources"][logical_id]["ResourceStatus"]
            stack.setdefault("_untouched", {})[logical_id] = status
        elif stack:
            _release(stack, add)
        return original(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

    return update


def _then_cleanup(original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(*args: Any) -> Any:
        result = original(*args)
        stack = _updating(args[5])
        if stack:
            stack |= {"StackStatus": _CLEANUP, "_new_resources": []}
            names = (stack["StackId"], stack["StackName"], stack["StackName"])
            stacks._add_event(*names, _STACK, _CLEANUP, physical_id=stack["StackId"])
        return result

    return resolve


def _on_removal(original: Callable[..., None]) -> Callable[..., None]:
    def delete(
        resource_type: str, physical_id: str, properties: Any, stack_name: str = "", logical_id: str = ""
    ) -> None:
        stack = cloudformation._stacks.get(stack_name)
        cleans = stack is not None and stack["StackStatus"] == _CLEANUP
        event = (stack["StackId"] if stack else "", stack_name, logical_id, resource_type)
        if cleans:
            stacks._add_event(*event, "DELETE_IN_PROGRESS", physical_id=physical_id)
        original(resource_type, physical_id, properties, stack_name, logical_id)
        if cleans:
            stacks._add_event(*event, "DELETE_COMPLETE", physical_id=physical_id)

    return delete


def install() -> None:
    """Goes around the events of an update, and around what it changes and deletes."""
    add = stacks._add_event
    for module in (stacks, handlers, changesets):
        module._add_event = _of_updates(add)
    stacks._update_resource = _on_update(stacks._update_resource, add)
    stacks._resolve_stack_outputs = _then_cleanup(stacks._resolve_stack_outputs)
    stacks._delete_resource = _on_removal(stacks._delete_resource)
