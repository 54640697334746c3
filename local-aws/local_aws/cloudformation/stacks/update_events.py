"""Reports in the events of an update what is created, changed and deleted, but nothing that stays the same.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, stacks

from local_aws.cloudformation.actions import Stack
from local_aws.core.wrapping import Original, wrap

_STACK = "AWS::CloudFormation::Stack"
_CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def _updating(stack_name: str) -> Stack | None:
    stack: Stack | None = cloudformation._stacks.get(stack_name)
    return stack if stack and stack["StackStatus"] == "UPDATE_IN_PROGRESS" else None


def _release(stack: Stack, add: Original) -> None:
    held = stack.pop("_held_event", None)
    if held:
        add(*held[0], **held[1])


def _of_updates(add: Original, stack_id: str, stack_name: str, *event: Any, **named: Any) -> None:
    """Holds the first event of a resource until it is known whether the resource changes."""
    logical_id, resource_type, status, *rest = event
    stack = _updating(stack_name)
    if stack is None or resource_type == _STACK:
        add(stack_id, stack_name, *event, **named)
        return
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
    elif status == "UPDATE_COMPLETE" and logical_id in stack.get("_untouched", {}):
        resources[logical_id]["ResourceStatus"] = stack["_untouched"].pop(logical_id)
    else:
        _release(stack, add)
        add(*event, **named)


def _on_update(original: Original, add: Original, *args: Any) -> Any:
    _, _, old, new, stack_name, logical_id = args[:6]
    stack = _updating(stack_name)
    if stack and old == new:
        stack.pop("_held_event", None)
        status = stack["_resources"][logical_id]["ResourceStatus"]
        stack.setdefault("_untouched", {})[logical_id] = status
    elif stack:
        _release(stack, add)
    return original(*args)


def _then_cleanup(original: Original, *args: Any) -> Any:
    result = original(*args)
    stack = _updating(args[5])
    if stack:
        stack |= {"StackStatus": _CLEANUP, "_new_resources": []}
        names = (stack["StackId"], stack["StackName"], stack["StackName"])
        stacks._add_event(*names, _STACK, _CLEANUP, physical_id=stack["StackId"])
    return result


def _on_removal(
    original: Original,
    resource_type: str,
    physical_id: str,
    properties: Any,
    stack_name: str = "",
    logical_id: str = "",
) -> None:
    stack = cloudformation._stacks.get(stack_name)
    cleans = stack is not None and stack["StackStatus"] == _CLEANUP
    event = (stack["StackId"] if stack else "", stack_name, logical_id, resource_type)
    if cleans:
        stacks._add_event(*event, "DELETE_IN_PROGRESS", physical_id=physical_id)
    original(resource_type, physical_id, properties, stack_name, logical_id)
    if cleans:
        stacks._add_event(*event, "DELETE_COMPLETE", physical_id=physical_id)


def install() -> None:
    """Goes around the events of an update, and around what it changes and deletes."""
    add = stacks._add_event
    for module in (stacks, handlers, changesets):
        wrap(module, "_add_event", _of_updates)
    wrap(stacks, "_update_resource", _on_update, add)
    wrap(stacks, "_resolve_stack_outputs", _then_cleanup)
    wrap(stacks, "_delete_resource", _on_removal)
