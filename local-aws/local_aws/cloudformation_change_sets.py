"""Reviews a change set when it is made: what validations find, and what its changes are."""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import engine

from local_aws import cloudformation_events as events
from local_aws import cloudformation_operations as operations
from local_aws import cloudformation_validation as validation
from local_aws.cloudformation_actions import Action, Answer, Params, Stack, element, find_stack, wrap
from local_aws.cloudformation_values import Values

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


def _values(change_set: ChangeSet) -> Values:
    template, parameters = change_set["_template"], change_set["_resolved_params"]
    return Values(
        template.get("Resources", {}),
        template.get("Mappings", {}),
        parameters,
        engine._evaluate_conditions(template, parameters),
        change_set["StackName"],
        change_set["StackId"],
    )


def _review(change_set: ChangeSet, stack: Stack) -> None:
    """Validates a change set, and fails it where that finds an error."""
    operation = operations.current()
    if operation is None:
        return
    change_set["_operation_id"] = operation["OperationId"]
    findings: list[validation.Finding] = []
    if not change_set["_disable_validation"] and change_set["Status"] == "CREATE_COMPLETE":
        findings += validation.validate(_values(change_set), validation.owned_by(stack))
        findings += validation.bucket_warnings(change_set["Changes"])
    events.report(stack, operation, findings)
    hooks = sorted({_HOOKS[each.validation] for each in findings if each.mode == "FAIL"})
    if hooks:
        change_set |= {
            "Status": "FAILED",
            "ExecutionStatus": "UNAVAILABLE",
            "StatusReason": _FAILED.format(", ".join(hooks)),
        }
    operations.end(operation, "FAILED" if change_set["Status"] == "FAILED" else "SUCCEEDED")


def _reviewed(original: Action) -> Action:
    def create(params: Params) -> Answer:
        answer = original(params)
        change_set = cloudformation._change_sets.get(element(answer, "Id"))
        stack = find_stack(element(answer, "StackId"))
        if answer[0] < 400 and change_set and stack:
            _review(change_set, stack)
        return answer

    return create


def install() -> None:
    """Reviews each change set as part of the operation that makes it."""
    wrap("CreateChangeSet", _reviewed)
