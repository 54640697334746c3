"""Exports: unique names that stay while another stack imports them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

from local_aws.cloudformation.actions import Params, Stack, find_stack, read, succeed, wrap_action
from local_aws.core.wrapping import Original, wrap


def _refuse_in_use(name: str, verb: str, exporter: str) -> None:
    importers = sorted(
        each
        for each, stack in cloudformation._stacks.items()
        if each != exporter
        and stack["StackStatus"] not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        and name in handlers._imported_export_names(stack, each)
    )
    if importers:
        raise ValueError(f"Export {name} cannot be {verb} as it is in use by {' and '.join(importers)}")


def _exports_of(stack: Stack) -> dict[str, str]:
    outputs = stack.get("Outputs", [])
    return {each["ExportName"]: each["OutputValue"] for each in outputs if each.get("ExportName")}


def _checked(original: Original, *args: Any) -> Any:
    result = original(*args)
    stack_name, stack_id = args[5:]
    new: dict[str, Any] = result[1]
    for name in new:
        owner = cloudformation._exports.get(name)
        if owner and owner["StackId"] != stack_id:
            other = owner["StackId"].split("/")[1]
            raise ValueError(f"Export with name {name} is already exported by stack {other}")
    before = _exports_of(cloudformation._stacks[stack_name])
    for name, value in before.items():
        if name not in new or new[name]["Value"] != value:
            _refuse_in_use(name, "updated" if name in new else "deleted", stack_name)
    for name in before.keys() - new.keys():
        cloudformation._exports.pop(name, None)  # ministack only adds to its table
    return result


def _kept(original: Original, params: Params) -> Any:
    stack = find_stack(read(params, "StackName"))
    if stack and not stack.get("EnableTerminationProtection"):
        try:
            for name in _exports_of(stack):
                _refuse_in_use(name, "deleted", stack["StackName"])
        except ValueError as error:
            _cancel(stack, str(error))
            return succeed("DeleteStack")
    return original(params)


def _cancel(stack: Stack, reason: str) -> None:
    # The request is taken, and the stack goes back to what it was: https://github.com/boto/boto3/issues/4192
    for status, why in (("DELETE_IN_PROGRESS", "User Initiated"), (stack["StackStatus"], reason)):
        names = (stack["StackId"], stack["StackName"], stack["StackName"])
        stacks._add_event(*names, "AWS::CloudFormation::Stack", status, why, stack["StackId"])
    stack["StackStatusReason"] = reason


def install() -> None:
    """Checks exports when outputs are made, and before a stack is deleted."""
    wrap(stacks, "_resolve_stack_outputs", _checked)
    wrap_action("DeleteStack", _kept)
