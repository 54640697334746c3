"""Nested stacks: where one fails, the parent says which stack, and which of its resources.

The text is as in https://github.com/aws/aws-cdk-cli/issues/635
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners, stacks

from local_aws.core.wrapping import Original, wrap

_STACK = "AWS::CloudFormation::Stack"


def _created(original: Original, logical_id: str, properties: Any, parent: str) -> Any:
    try:
        return original(logical_id, properties, parent)
    except ValueError as error:
        children = [name for name in cloudformation._stacks if name.startswith(f"{parent}-{logical_id}-")]
        if not children:
            raise
        child = cloudformation._stacks[children[-1]]["StackId"]
        own = (cloudformation._stacks[parent]["StackId"], parent, logical_id, _STACK)
        stacks._add_event(*own, "CREATE_IN_PROGRESS", "Resource creation Initiated", child)
        events = cloudformation._stack_events[child]
        failed = [e["LogicalResourceId"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
        listed = f"The following resource(s) failed to create: [{', '.join(failed)}]. "
        raise ValueError(f"Embedded stack {child} was not successfully created: {listed}") from error


def install() -> None:
    """Gives the failure of a nested stack AWS's text and id."""
    wrap(provisioners._RESOURCE_HANDLERS[_STACK], "create", _created)
