"""Refuses what the status of a stack or of a change set does not allow, with AWS's texts.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
"""

from collections.abc import Callable
from typing import Any

from local_aws.cloudformation import actions
from local_aws.cloudformation.actions import Action, Answer, Params

_SETTLED = (
    "CREATE_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
)  # fmt: skip
# A failed operation whose rollback was disabled can be followed by another change.
_PRESERVED = ("CREATE_FAILED", "UPDATE_FAILED")
_EXECUTABLE = (*_SETTLED, *_PRESERVED, "REVIEW_IN_PROGRESS")


def _create_stack(params: Params) -> Answer | None:
    name = actions.read(params, "StackName")
    exists = actions.refuse("AlreadyExistsException", f"Stack [{name}] already exists")
    return exists if actions.find_stack(name) else None


def _unless(params: Params, allowed: tuple[str, ...] = _SETTLED) -> Answer | None:
    stack = actions.find_stack(actions.read(params, "StackName"))
    if stack is None or stack["StackStatus"] in allowed:
        return None
    return actions.invalid(
        f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not be updated."
    )


def _create_change_set(params: Params) -> Answer | None:
    if actions.read(params, "ChangeSetType") != "CREATE":
        return _unless(params, (*_SETTLED, *_PRESERVED))
    stack = actions.find_stack(actions.read(params, "StackName"))
    if stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS":
        return None
    stack_name, name = actions.read(params, "StackName"), actions.read(params, "ChangeSetName")
    again = f"cannot be created again with the changeSet [{name}]."
    return actions.invalid(f"Stack [{stack_name}] already exists and {again}")


def _execute_change_set(params: Params) -> Answer | None:
    change_set = actions.find_change_set(params)
    if change_set is None:
        return None
    if change_set["ExecutionStatus"] != "AVAILABLE":
        status = change_set["Status"] if change_set["Status"] == "FAILED" else change_set["ExecutionStatus"]
        text = (
            f"ChangeSet [{change_set['ChangeSetId']}] cannot be executed in its current status of [{status}]"
        )
        return actions.refuse("InvalidChangeSetStatus", text)
    refusal = _unless({"StackName": change_set["StackId"]}, _EXECUTABLE)
    return refusal or _roll_back_preserved(params, change_set)


def _roll_back_preserved(params: Params, change_set: dict[str, Any]) -> Answer | None:
    # Text: https://github.com/aws/aws-cdk/issues/30546
    stack = actions.find_stack(change_set["StackId"])
    status = stack["StackStatus"] if stack else ""
    if status not in _PRESERVED or actions.read(params, "DisableRollback") == "true":
        return None
    return actions.invalid(
        f"This stack is currently in a non-terminal [{status}] state. To update the stack from this state,"
        " please use the disable-rollback parameter with update-stack API. To rollback to the last known good"
        " state, use the rollback-stack API"
    )


def _delete_stack(params: Params) -> Answer | None:
    stack = actions.find_stack(actions.read(params, "StackName"))
    status = stack["StackStatus"] if stack else ""
    if status == "DELETE_IN_PROGRESS":
        return actions.succeed("DeleteStack")
    if stack and status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS"):
        return actions.invalid(f"Stack [{stack['StackId']}] cannot be deleted while in status {status}")
    return None


def _checked(original: Action, check: Callable[[Params], Answer | None], params: Params) -> Answer:
    return check(params) or original(params)


def install() -> None:
    """Checks the status before each action that changes a stack."""
    actions.wrap_action("CreateStack", _checked, _create_stack)
    actions.wrap_action("UpdateStack", _checked, _unless)
    actions.wrap_action("DeleteStack", _checked, _delete_stack)
    actions.wrap_action("CreateChangeSet", _checked, _create_change_set)
    actions.wrap_action("ExecuteChangeSet", _checked, _execute_change_set)
