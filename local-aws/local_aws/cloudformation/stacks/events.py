"""DescribeEvents: the events of a stack by operation, with what validations found.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEvent.html
"""

from collections.abc import Iterable, Iterator

from ministack.core.responses import new_uuid, now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, helpers, stacks

from local_aws.cloudformation import actions
from local_aws.cloudformation.actions import Answer, Params, Stack
from local_aws.cloudformation.schema.validation import Finding
from local_aws.cloudformation.stacks import operations

Event = dict[str, str]
_SHOWN = (
    "EventId", "StackId", "OperationId", "OperationType", "OperationStatus", "EventType", "LogicalResourceId",
    "PhysicalResourceId", "ResourceType", "Timestamp", "StartTime", "EndTime", "ResourceStatus",
    "ResourceStatusReason", "DetailedStatus", "ClientRequestToken", "ValidationFailureMode", "ValidationName",
    "ValidationStatus", "ValidationStatusReason", "ValidationPath",
)  # fmt: skip


def report(stack: Stack, operation: operations.Operation, findings: Iterable[Finding]) -> None:
    """Keeps what a validation found as events of the operation."""
    for finding in findings:
        event = {
            "LogicalResourceId": finding.logical_id,
            "ResourceType": finding.resource_type,
            "ValidationName": finding.validation,
            "ValidationStatus": "FAILED",
            "ValidationStatusReason": finding.reason,
            "ValidationPath": finding.path,
            "ValidationFailureMode": "FAIL",
        }
        _keep(stack, operation, event)


def _keep(stack: Stack, operation: operations.Operation, event: Event) -> None:
    operations.keep(stack, operation)
    known = {
        "EventId": new_uuid(),
        "StackId": stack["StackId"],
        "EventType": "VALIDATION_ERROR",
        "Timestamp": now_iso(),
    }
    own = {name: operation[name] for name in ("OperationId", "OperationType")}
    stack.setdefault("_validation_events", []).append({**known, **own, **event})


def _from_deployment(
    stack_id: str, operation_id: str, event_type: str, _operation_type: str = "", **event: str
) -> Event:
    """Replaces ministack's own list: its validations become events of the running operation."""
    operation = operations.current()
    stack = next((each for each in cloudformation._stacks.values() if each["StackId"] == stack_id), None)
    if event_type == "VALIDATION_ERROR" and operation and stack:
        _keep(stack, operation, event)
    return {"OperationId": operation_id}


def _events_of(stack: Stack) -> Iterator[Event]:
    kept = {each["OperationId"]: each for each in stack.get("_operations", [])}
    yield from stack.get("_validation_events", [])
    for event in cloudformation._stack_events.get(stack["StackId"], []):
        operation = kept.get(event.get("OperationId", ""))
        if operation:
            failed = event["ResourceStatus"].endswith("_FAILED")
            kind = "PROVISIONING_ERROR" if failed else "PROGRESS_EVENT"
            yield {**event, "EventType": kind, "OperationType": operation["OperationType"]}
    for operation in kept.values():
        moment = operation.get("EndTime", operation["StartTime"])
        own = f"{operation['OperationId']}-{operation['OperationStatus']}"
        yield {**operation, "EventId": own, "EventType": "STACK_EVENT", "Timestamp": moment}


def _chosen(params: Params) -> Answer | list[Event]:
    """The events that a request asks for, or why it is refused."""
    operation_id = actions.read(params, "OperationId")
    if actions.read(params, "ChangeSetName"):
        change_set = actions.find_change_set(params)
        if change_set is None:
            return actions.refuse(
                "ChangeSetNotFound", f"ChangeSet [{actions.read(params, 'ChangeSetName')}] does not exist"
            )
        operation_id = change_set["_operation_id"]
        found = [handlers._resolve_stack(change_set["StackId"])]
    elif actions.read(params, "StackName"):
        found = [handlers._resolve_stack(actions.read(params, "StackName"))]
        if found == [None]:
            return actions.invalid(f"Stack [{actions.read(params, 'StackName')}] does not exist")
    elif operation_id:
        found = list(cloudformation._stacks.values())
    else:
        return actions.invalid("One of ChangeSetName, OperationId or StackName must be specified as input.")
    events = [event for stack in found if stack for event in _events_of(stack)]
    return [event for event in events if operation_id in ("", event["OperationId"])]


def _describe(params: Params) -> Answer:
    events = _chosen(params)
    if isinstance(events, tuple):
        return events
    if actions.read(params, "Filters.FailedEvents").lower() == "true":
        events = [event for event in events if event["EventType"].endswith("_ERROR")]
    events.sort(key=lambda event: event["Timestamp"], reverse=True)
    page, token, refused = helpers._page(events, params, "DescribeEvents")
    if refused:
        return refused[0], refused[1], refused[2]
    shown = [{name: event[name] for name in _SHOWN if event.get(name)} for event in page]
    result = f"<OperationEvents>{actions.to_xml(shown)}</OperationEvents>{token}"
    return actions.succeed("DescribeEvents", result)


def install() -> None:
    """Replaces DescribeEvents, and includes what ministack validates before a deployment."""
    handlers._ACTION_HANDLERS["DescribeEvents"] = _describe
    stacks._operation_event = _from_deployment
