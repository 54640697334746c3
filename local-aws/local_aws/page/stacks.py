"""Stacks on the page: all of them, and one with its resources, outputs and events.

Parameters are not shown: they may be secrets.
"""

from typing import Any

from ministack.services import cloudformation

from local_aws.page.html import Column, Content, Html, element, section, status, table
from local_aws.page.scope import Place, link
from local_aws.page.time import render_time


def show_stacks(place: Place) -> Html:
    """Shows the stacks of an account and region, the newest first."""
    existing = [each for each in cloudformation._stacks.values() if each["StackStatus"] != "DELETE_COMPLETE"]
    stacks = sorted(existing, key=lambda each: str(each["CreationTime"]), reverse=True)
    rows = [
        (
            link(place, "stack", stack["StackName"], name=stack["StackName"]),
            status(stack["StackStatus"]),
            stack.get("StackStatusReason", ""),
            len(stack.get("_resources", {})),
            render_time(stack.get("LastUpdatedTime") or stack["CreationTime"]),
        )
        for stack in stacks
    ]
    columns = ("Stack", "Status", Column("Reason", "long"), Column("Resources", "number"), "Changed (UTC)")
    return section("Stacks", table(columns, rows, "No stack."), level=3)


def show_stack(name: str) -> Content:
    """Shows one stack; returns None for an unknown name."""
    stack = cloudformation._stacks.get(name)
    if stack is None:
        return None
    return [
        element("p", status(stack["StackStatus"]), " ", stack.get("StackStatusReason") or ""),
        section("Resources", _resources(stack)),
        section("Outputs", _outputs(stack)),
        section("Events", _events(stack)),
    ]


def _resources(stack: dict[str, Any]) -> Html:
    rows = [
        (
            name,
            resource.get("ResourceType", ""),
            resource.get("PhysicalResourceId", ""),
            status(resource.get("ResourceStatus")),
        )
        for name, resource in sorted(stack.get("_resources", {}).items())
    ]
    return table(("Logical id", "Type", Column("Physical id", "long"), "Status"), rows, "No resource.")


def _outputs(stack: dict[str, Any]) -> Html:
    rows = [(each["OutputKey"], each["OutputValue"]) for each in stack.get("Outputs") or []]
    return table(("Output", Column("Value", "long")), rows, "No output.")


def _events(stack: dict[str, Any]) -> Html:
    events = reversed(cloudformation._stack_events.get(stack["StackId"], []))
    rows = [
        (
            render_time(event["Timestamp"]),
            event["LogicalResourceId"],
            event["ResourceType"],
            status(event["ResourceStatus"]),
            event.get("ResourceStatusReason", ""),
        )
        for event in events
    ]
    return table(("Time (UTC)", "Logical id", "Type", "Status", Column("Reason", "long")), rows, "No event.")
