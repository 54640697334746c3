"""Records an operation for each thing that is done to a stack, and the operation that each event belongs to.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEntry.html
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import new_uuid, now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, stacks

from local_aws.cloudformation import actions
from local_aws.cloudformation.actions import Action, Answer, Params, Stack
from local_aws.core.control import late
from local_aws.core.wrapping import Original, wrap

Operation = dict[str, str]
_STACK = "AWS::CloudFormation::Stack"
_TYPES = {
    "CreateStack": "CREATE_STACK",
    "UpdateStack": "UPDATE_STACK",
    "DeleteStack": "DELETE_STACK",
    "CreateChangeSet": "CREATE_CHANGESET",
    "ContinueUpdateRollback": "CONTINUE_ROLLBACK",
    "RollbackStack": "ROLLBACK",
}
# AWS documents neither how many LastOperations there are, nor their age.
_SHOWN, _KEPT = 10, 100
# The task of an operation runs in a copy of the request's context, and so has the request's operation.
_current: ContextVar[Operation | None] = ContextVar("cloudformation_operation", default=None)


@contextmanager
def begin(operation_type: str) -> Iterator[Operation]:
    """Runs what follows, and the tasks that it starts, as one operation."""
    operation = {"OperationId": new_uuid(), "OperationType": operation_type, "StartTime": now_iso()}
    token = _current.set(operation)
    try:
        yield operation
    finally:
        _current.reset(token)


def current() -> Operation | None:
    """The operation that runs in this context."""
    return _current.get()


def keep(stack: Stack, operation: Operation) -> None:
    """Adds an operation to those of the stack, once."""
    kept = stack.setdefault("_operations", [])
    if operation not in kept:
        operation |= {"StackId": stack["StackId"], "OperationStatus": "IN_PROGRESS"}
        kept.insert(0, operation)
        del kept[_KEPT:]


def end(operation: Operation, status: str) -> None:
    """Ends an operation with `SUCCEEDED` or `FAILED`."""
    operation |= {"OperationStatus": status, "EndTime": now_iso()}


def _follow(stack: Stack, status: str) -> Operation | None:
    """Returns the operation of an event of the stack itself; a rollback that comes by itself is a new one."""
    operation = _current.get()
    if operation is None:
        return None
    keep(stack, operation)
    rolls_back = status in ("ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS")
    if rolls_back and operation["OperationType"] in ("CREATE_STACK", "UPDATE_STACK"):
        end(operation, "FAILED")
        operation = {"OperationId": new_uuid(), "OperationType": "ROLLBACK", "StartTime": now_iso()}
        _current.set(operation)
        keep(stack, operation)
    elif status.endswith("_FAILED"):
        end(operation, "FAILED")
    elif status.endswith("_COMPLETE"):
        end(operation, "SUCCEEDED")
    return operation


def _with_operation(original: Original, stack_id: str, stack_name: str, *args: Any, **named: Any) -> None:
    logical_id, resource_type, status = args[:3]
    stack = cloudformation._stacks.get(stack_name)
    is_own = resource_type == _STACK and logical_id == stack_name
    operation = _follow(stack, status) if stack and is_own else _current.get()
    original(stack_id, stack_name, *args, **named)
    event = cloudformation._stack_events[stack_id][-1]
    if operation:
        event["OperationId"] = operation["OperationId"]
    if is_own and event["ResourceStatusReason"] == "Rollback requested":
        event["ResourceStatusReason"] = _rollback_reason(stack_id)


def _rollback_reason(stack_id: str) -> str:
    """Names what a creation failed at, as AWS does in the event of its rollback."""
    events = cloudformation._stack_events[stack_id]
    failed = [each["LogicalResourceId"] for each in events if each["ResourceStatus"] == "CREATE_FAILED"]
    listed = f"The following resource(s) failed to create: [{', '.join(failed)}]. " if failed else ""
    return f"{listed}Rollback requested by user."


def _operation_type(action: str, params: Params) -> str:
    if action != "ExecuteChangeSet":
        return _TYPES[action]
    change_set = actions.find_change_set(params) or {}
    return "CREATE_STACK" if change_set.get("ChangeSetType") == "CREATE" else "UPDATE_STACK"


def _as_operation(original: Action, action: str, params: Params) -> Answer:
    with begin(_operation_type(action, params)) as operation:
        answer = original(params)
    stack = actions.find_stack(actions.element(answer, "StackId") or actions.read(params, "StackName"))
    if answer[0] >= 400 or stack is None:
        return answer
    keep(stack, operation)
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    told = f"</StackId><OperationId>{operation['OperationId']}</OperationId>"
    if action in ("CreateStack", "UpdateStack", "RollbackStack"):
        return actions.edit(answer, lambda xml: xml.replace("</StackId>", told, 1))
    return answer


def _last_operations(original: Action, params: Params) -> Answer:
    def add(match: re.Match[str]) -> str:
        kept = (handlers._resolve_stack(match[1]) or {}).get("_operations", [])[:_SHOWN]
        shown = [{name: each[name] for name in ("OperationType", "OperationId")} for each in kept]
        return f"{match[0]}<LastOperations>{actions.to_xml(shown)}</LastOperations>"

    return actions.edit(original(params), lambda xml: re.sub("<StackId>([^<]+)</StackId>", add, xml))


def _operation_of_events(original: Action, params: Params) -> Answer:
    stack = handlers._resolve_stack(actions.read(params, "StackName"))
    events = cloudformation._stack_events.get(stack["StackId"], []) if stack else []
    known = {event["EventId"]: event.get("OperationId", "") for event in events}

    def add(match: re.Match[str]) -> str:
        return f"{match[0]}<OperationId>{known.get(match[1], '')}</OperationId>"

    return actions.edit(original(params), lambda xml: re.sub("<EventId>([^<]+)</EventId>", add, xml))


async def _as_deletion(original: Original, *args: Any, **named: Any) -> None:
    operation = _current.get()
    # OnStackFailure: the creation that failed deletes its stack.
    is_new = operation and operation["OperationType"] != "DELETE_STACK"
    with begin("DELETE_STACK") if is_new else nullcontext():
        await original(*args, **named)


def install() -> None:
    """Puts operations around the actions that change a stack, and shows them with the stacks."""
    for module in (stacks, handlers, changesets):
        wrap(module, "_add_event", _with_operation)
    wrap(stacks, "_delete_stack_async", _as_deletion)
    for action in (*_TYPES, "ExecuteChangeSet"):
        actions.wrap_action(action, _as_operation, action)
    actions.wrap_action("DescribeStacks", _last_operations)
    actions.wrap_action("DescribeStacks", late("stack-lag"))
    actions.wrap_action("DescribeStackEvents", _operation_of_events)
