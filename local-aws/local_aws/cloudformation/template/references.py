"""Checks that what a template refers to is there: Ref, Fn::GetAtt, Fn::Sub, DependsOn, conditions."""

from typing import Any

from ministack.services.cloudformation import engine

from local_aws.cloudformation.schema.resource_types import pseudo_parameters
from local_aws.cloudformation.schema.values import walk

Template = dict[str, Any]


def check_references(template: Template, conditions: dict[str, bool]) -> None:
    """Raises ValueError with AWS's text where a reference leads nowhere.

    A resource whose condition does not hold is not there; what stands in the branch of an Fn::If that is
    not taken is not looked at.
    """
    declared = (template.get("Conditions") or {}).keys()
    present = {
        name: resource
        for name, resource in template["Resources"].items()
        if _holds(resource, "Resources", declared, conditions)
    }
    outputs = [
        each
        for each in (template.get("Outputs") or {}).values()
        if _holds(each, "Outputs", declared, conditions)
    ]
    known = pseudo_parameters() | (template.get("Parameters") or {}).keys() | present.keys()
    for _, key, item in walk([present, outputs]):
        condition = item[0] if key == "Fn::If" and isinstance(item, list) and item else None
        if isinstance(condition, str) and condition not in declared:
            raise ValueError(f"Template error: unresolved condition dependency {condition} in Fn::If")
    properties = [
        _taken({name: each.get(name) for name in ("Properties", "Metadata")}, conditions)
        for each in present.values()
    ]
    missing = _missing(properties, known) | {
        name for each in present.values() for name in _depends_on(each) if name not in present
    }
    if missing:
        raise ValueError(f"Template format error: {_unresolved(missing, 'Resources')}")
    missing = _missing(_taken(outputs, conditions), known)
    if missing:
        raise ValueError(_unresolved(missing, "Outputs"))


def _unresolved(names: set[str], section: str) -> str:
    listed = ", ".join(sorted(names))
    return f"Unresolved resource dependencies [{listed}] in the {section} block of the template"


def _missing(value: Any, known: frozenset[str]) -> set[str]:
    return {name for name, _ in engine._intrinsic_references(value) if name not in known}


def _depends_on(resource: dict[str, Any]) -> list[str]:
    names = resource.get("DependsOn", [])
    return [names] if isinstance(names, str) else list(names)


def _holds(part: dict[str, Any], section: str, declared: Any, conditions: dict[str, bool]) -> bool:
    condition = part.get("Condition")
    if condition is not None and condition not in declared:
        raise ValueError(
            f"Template format error: Unresolved condition dependency {condition} in the {section} block of "
            "the template"
        )
    return conditions.get(str(condition), True)


def _taken(value: Any, conditions: dict[str, bool]) -> Any:
    """Leaves out the branches that are not taken; both stay where the conditions are not known."""
    if isinstance(value, list):
        return [_taken(item, conditions) for item in value]
    if not isinstance(value, dict):
        return value
    choice = value.get("Fn::If")
    if isinstance(choice, list) and len(choice) == 3 and choice[0] in conditions:
        return _taken(choice[1] if conditions[choice[0]] else choice[2], conditions)
    return {key: _taken(item, conditions) for key, item in value.items()}
