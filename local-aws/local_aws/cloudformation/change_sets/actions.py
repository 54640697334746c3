"""Reviews a change set when it is made: what validations find, and what its changes are."""

import re
from dataclasses import replace
from typing import Any

from ministack.services import cloudformation

from local_aws.cloudformation import actions
from local_aws.cloudformation.actions import Action, Answer, Params, Stack
from local_aws.cloudformation.change_sets.changes import add_values, read_side
from local_aws.cloudformation.schema import validation
from local_aws.cloudformation.schema.values import Values
from local_aws.cloudformation.stacks import events, operations

ChangeSet = dict[str, Any]
# https://github.com/aws/aws-cdk-cli/issues/1000 has the text.
_FAILED = (
    "The following hook(s)/validation failed: [{}]. To troubleshoot Early Validation errors, use the "
    "DescribeEvents API for detailed failure information."
)
_HOOKS = {
    validation.PROPERTY: "AWS::EarlyValidation::PropertyValidation",
    validation.NAME_CONFLICT: "AWS::EarlyValidation::ResourceExistenceCheck",
}


def _sides(change_set: ChangeSet, stack: Stack) -> tuple[Values, Values]:
    deployed = stack.get("_resources", {})
    changed = {each["ResourceChange"]["LogicalResourceId"] for each in change_set["Changes"]}
    kept = {name: each for name, each in deployed.items() if name not in changed}
    before = read_side(stack.get("_template", {}), stack.get("_resolved_params", {}), stack, deployed)
    return before, read_side(change_set["_template"], change_set["_resolved_params"], stack, kept)


def _mask(change_set: ChangeSet) -> None:
    secret = {name for name, each in change_set["_resolved_params"].items() if each["NoEcho"]}
    for parameter in change_set["Parameters"]:
        if parameter["ParameterKey"] in secret:
            parameter["ParameterValue"] = "****"


def _outputs(values: Values, kept: dict[str, Any]) -> tuple[Any, Any]:
    outputs = kept.get("_template", {}).get("Outputs")
    return outputs, values.known(outputs)


def _review(change_set: ChangeSet, stack: Stack) -> None:
    """Adds values to a change set, validates it, and fails it where that finds an error."""
    _mask(change_set)
    before, after = _sides(change_set, stack)
    add_values(change_set["Changes"], before, after)
    # Outputs alone are no change of a resource: https://github.com/aws/aws-cdk/issues/2029
    if not change_set["Changes"] and _outputs(before, stack) != _outputs(after, change_set):
        change_set |= {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", "StatusReason": ""}
    operation = operations.current()
    if operation is None:
        return
    change_set["_operation_id"] = operation["OperationId"]
    findings: list[validation.Finding] = []
    if not change_set["_disable_validation"] and change_set["Status"] == "CREATE_COMPLETE":
        unmasked = replace(after, parameters=change_set["_resolved_params"])
        findings += validation.validate(unmasked, validation.owned_by(stack))
    events.report(stack, operation, findings)
    hooks = sorted({_HOOKS[each.validation] for each in findings})
    if hooks:
        change_set |= {
            "Status": "FAILED",
            "ExecutionStatus": "UNAVAILABLE",
            "StatusReason": _FAILED.format(", ".join(hooks)),
        }
    operations.end(operation, "FAILED" if change_set["Status"] == "FAILED" else "SUCCEEDED")


def _reviewed(original: Action, params: Params) -> Answer:
    answer = _in_review(original, params)
    change_set = cloudformation._change_sets.get(actions.element(answer, "Id"))
    stack = actions.find_stack(actions.element(answer, "StackId"))
    if answer[0] < 400 and change_set and stack:
        _review(change_set, stack)
    return answer


def _in_review(original: Action, params: Params) -> Answer:
    """Creates a change set; a stack that is still in review stays the same stack, with the same id."""
    earlier = actions.find_stack(actions.read(params, "StackName"))
    if earlier is None or earlier["StackStatus"] != "REVIEW_IN_PROGRESS":
        return original(params)
    events = cloudformation._stack_events[earlier["StackId"]]
    answer = original(params)
    new_id = actions.element(answer, "StackId")
    cloudformation._stack_events.pop(new_id, None)
    cloudformation._stacks[earlier["StackName"]] = earlier
    cloudformation._stack_events[earlier["StackId"]] = events
    if answer[0] < 400:
        cloudformation._change_sets[actions.element(answer, "Id")]["StackId"] = earlier["StackId"]
    return actions.edit(answer, lambda xml: xml.replace(new_id, earlier["StackId"]))


def _without_characters(original: Action, params: Params) -> Answer:
    """Gives a template with a question mark for each character beyond ASCII, as CloudFormation does.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
    """
    return actions.edit(original(params), lambda xml: re.sub(r"[^\0-\x7f]", "?", xml))


def install() -> None:
    """Reviews each change set as part of the operation that makes it."""
    actions.wrap_action("CreateChangeSet", _reviewed)
    actions.wrap_action("GetTemplate", _without_characters)
