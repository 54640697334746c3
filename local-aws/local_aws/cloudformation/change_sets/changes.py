"""The changes of a change set with the values before and after, as DescribeChangeSet shows them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
"""

import json
import re
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import changesets, engine

from local_aws.cloudformation.actions import (
    Action,
    Answer,
    Params,
    edit,
    find_change_set,
    read,
    to_xml,
    wrap_action,
)
from local_aws.cloudformation.schema.property import UNKNOWN
from local_aws.cloudformation.schema.values import Values
from local_aws.core.wrapping import Original, wrap

Change = dict[str, Any]
_MASK = "****"
_LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"
_VALUES = ("BeforeContext", "AfterContext", "BeforeValue", "AfterValue", "Path", "AttributeChangeType")


def read_side(
    template: dict[str, Any], parameters: dict[str, Any], stack: dict[str, Any], deployed: dict[str, Any]
) -> Values:
    """Reads a stack before a change set or after it; NoEcho masks a parameter wherever it is used."""
    masked = {
        name: {**each, "Value": _MASK} if each.get("NoEcho") else each for name, each in parameters.items()
    }
    conditions = engine._evaluate_conditions(template, parameters)
    resources, mappings = template.get("Resources", {}), template.get("Mappings", {})
    return Values(resources, mappings, masked, conditions, stack["StackName"], stack["StackId"], deployed)


def _properties(side: Values, logical_id: str) -> dict[str, Any]:
    known = side.known(side.resources.get(logical_id, {}).get("Properties") or {})
    return known if isinstance(known, dict) else {}


def add_values(changes: list[Change], before: Values, after: Values) -> None:
    """Adds to each change what the resource is before it and after it."""
    for change in (each["ResourceChange"] for each in changes):
        logical_id = change["LogicalResourceId"]
        change.setdefault("Scope", [])
        change.setdefault("Details", [])
        if change["Action"] != "Add":
            change["BeforeContext"] = _context(before, logical_id)
        if change["Action"] != "Remove":
            change["AfterContext"] = _context(after, logical_id)
        for detail in change["Details"]:
            target = detail["Target"]
            if target["Attribute"] != "Tags":
                target |= _target(target, before, after, logical_id)


def _context(side: Values, logical_id: str) -> str:
    return _text({"Properties": _properties(side, logical_id)})


def _target(target: dict[str, str], before: Values, after: Values, logical_id: str) -> dict[str, str]:
    name, attribute = target.get("Name"), target["Attribute"]
    values = {
        key: _properties(side, logical_id).get(name)
        if name
        else side.resources.get(logical_id, {}).get(attribute)
        for key, side in (("BeforeValue", before), ("AfterValue", after))
    }
    kind = "Add" if values["BeforeValue"] is None else "Remove" if values["AfterValue"] is None else "Modify"
    told = {key: _text(value) for key, value in values.items() if value is not None}
    path = f"/{attribute}/{name}" if name else f"/{attribute}"
    return {"Path": path, "AttributeChangeType": kind, **told}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is UNKNOWN:
        return _LATER
    return json.dumps(value, default=lambda _: _LATER, separators=(",", ":"))


def _without_values(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_values(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_values(item) for name, item in value.items() if name not in _VALUES}
    return value


def _present(original: Original, template: dict[str, Any], parameters: dict[str, Any], *stack: str) -> Any:
    """Leaves out what a condition leaves out: a condition that changes adds or removes its resources."""
    conditions = engine._evaluate_conditions(template, parameters)
    resources = original(template, parameters, *stack).get("Resources", {}).items()
    return {
        "Resources": {name: each for name, each in resources if conditions.get(each.get("Condition"), True)}
    }


def _described(original: Action, params: Params) -> Answer:
    answer, change_set = original(params), find_change_set(params)
    changes = change_set["Changes"] if change_set else []
    if read(params, "IncludePropertyValues").lower() != "true":
        changes = _without_values(changes)
    shown = to_xml([{"Type": "Resource", **each} for each in changes])
    return edit(answer, _put(f"<Changes>{shown}</Changes>"))


def _put(changes: str) -> Callable[[str], str]:
    return lambda xml: re.sub("<Changes>.*</Changes>", lambda _: changes, xml, flags=re.DOTALL)


def install() -> None:
    """Lists changes of what is part of the stack, with their values where a request asks for them."""
    wrap(changesets, "_resolve_props_for_diff", _present)
    wrap_action("DescribeChangeSet", _described)
