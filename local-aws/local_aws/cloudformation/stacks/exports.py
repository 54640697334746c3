"""Exports: unique names that stay while another stack imports them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

from local_aws.cloudformation.actions import Action, Answer, Params, Stack, find_stack, read, succeed, wrap


def _importers(export: str, exporter: str) -> list[str]:
    return sorted(
        name
        for name, stack in cloudformation._stacks.items()
        if name != exporter
        and stack["StackStatus"] not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        and export in handlers._imported_export_names(stack, name)
    )


def _exports_of(stack: Stack) -> dict[str, str]:
    outputs = stack.get("Outputs", [])
    return {each["ExportName"]: each["OutputValue"] for each in outputs if each.get("ExportName")}


def _in_use(name: str, verb: str, importers: list[str]) -> str:
    return f"Export {name} cannot be {verb} as it is in use by {' and '.join(importers)}"


def _checked(original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(
        outputs: Any,
        conditions: Any,
        resources: Any,
        parameters: Any,
        mappings: Any,
        stack_name: str,
        stack_id: str,
    ) -> Any:
        result = original(outputs, conditions, resources, parameters, mappings, stack_name, stack_id)
        new: dict[str, Any] = result[1]
        for name in new:
            owner = cloudformation._exports.get(name)
            if owner and owner["StackId"] != stack_id:
                other = owner["StackId"].split("/")[1]
                raise ValueError(f"Export with name {name} is already exported by stack {other}")
        for name, value in _exports_of(cloudformation._stacks[stack_name]).items():
            importers = _importers(name, stack_name)
            if importers and (name not in new or new[name]["Value"] != value):
                raise ValueError(_in_use(name, "deleted" if name not in new else "updated", importers))
        for name in _exports_of(cloudformation._stacks[stack_name]).keys() - new.keys():
            cloudformation._exports.pop(name, None)
        return result

    return resolve


def _kept(original: Action) -> Action:
    def delete(params: Params) -> Answer:
        stack = find_stack(read(params, "StackName"))
        for name in _exports_of(stack) if stack and not stack.get("EnableTerminationProtection") else ():
            importers = _importers(name, stack["StackName"]) if stack else []
            if stack and importers:
                _cancel(stack, _in_use(name, "deleted", importers))
                return succeed("DeleteStack")
        return original(params)

    return delete


def _cancel(stack: Stack, reason: str) -> None:
    # The request is taken, and the stack goes back to what it was: https://github.com/boto/boto3/issues/4192
    for status, why in (("DELETE_IN_PROGRESS", "User Initiated"), (stack["StackStatus"], reason)):
        names = (stack["StackId"], stack["StackName"], stack["StackName"])
        stacks._add_event(*names, "AWS::CloudFormation::Stack", status, why, stack["StackId"])
    stack["StackStatusReason"] = reason


def install() -> None:
    """Checks exports when outputs are made, and before a stack is deleted."""
    stacks._resolve_stack_outputs = _checked(stacks._resolve_stack_outputs)
    wrap("DeleteStack", _kept)
