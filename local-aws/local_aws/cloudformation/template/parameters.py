"""Checks the values of a template's parameters, with AWS's messages.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import ssm
from ministack.services.cloudformation import changesets, engine, handlers

from local_aws.cloudformation.schema.property import as_text
from local_aws.core.wrapping import Original, wrap

Definition = dict[str, Any]
_CONSTRAINTS = ("AllowedPattern", "AllowedValues", "MaxLength", "MaxValue", "MinLength", "MinValue")
Resolve = Callable[..., dict[str, Any]]


def _check_names(
    definitions: dict[str, Definition], provided: list[dict[str, Any]], previous: dict[str, Any]
) -> None:
    given = {entry["Key"]: entry for entry in provided}
    unknown = [name for name in given if name not in definitions]
    if unknown:
        raise ValueError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    for name, entry in given.items():
        if entry.get("UsePreviousValue") and name not in previous:
            raise ValueError(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a "
                "parameter key not in the previous template"
            )
    missing = [name for name, each in definitions.items() if name not in given and "Default" not in each]
    if missing:
        raise ValueError(f"Parameters: [{', '.join(missing)}] must have values")


def _check_value(name: str, definition: Definition, value: str) -> None:
    kind = definition["Type"]
    members = value.split(",") if kind == "CommaDelimitedList" or kind.startswith("List<") else [value]
    for member in (each.strip() for each in members) if len(members) > 1 else members:
        for reason in _broken(name, definition, "Number" in kind, member):
            raise ValueError(reason)


def _broken(name: str, definition: Definition, is_number: bool, value: str) -> Iterator[str]:
    if "AllowedValues" in definition and value not in [as_text(each) for each in definition["AllowedValues"]]:
        yield f"Parameter '{name}' must be one of AllowedValues"
    if is_number and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value) is None:
        yield f"Parameter '{name}' must be a number."
    for keyword, (is_broken, text) in _TESTS.items():
        if keyword not in definition or not is_broken(value, definition[keyword]):
            continue
        if "ConstraintDescription" in definition:
            # https://github.com/aws/aws-cli/issues/7750 has the text.
            yield f"Parameter {name} failed to satisfy constraint: {definition['ConstraintDescription']}"
        yield f"Parameter '{name}' {text.format(definition[keyword])}"


def _matches(pattern: str, value: str) -> bool:
    try:
        return "&&" in pattern or re.fullmatch(pattern, value) is not None
    except re.error:
        return True  # Java's regular expressions know more than Python's: `&&` is an intersection of classes


_TESTS: dict[str, tuple[Callable[[str, Any], bool], str]] = {
    "AllowedPattern": (lambda value, pattern: not _matches(str(pattern), value), "must match pattern {}"),
    "MinLength": (lambda value, least: len(value) < int(least), "must contain at least {} characters"),
    "MaxLength": (lambda value, most: len(value) > int(most), "must contain at most {} characters"),
    "MinValue": (lambda value, least: float(value) < float(least), "must be a number not less than {}"),
    "MaxValue": (lambda value, most: float(value) > float(most), "must be a number not greater than {}"),
}


def _check_stored(value: str) -> None:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
    if ssm.resolve_parameter_value(value) is None:
        raise ValueError(f"Unable to fetch parameters [{value}] from parameter store for this account.")


def _checked(
    original: Original,
    template: dict[str, Any],
    provided: list[dict[str, Any]],
    previous: dict[str, Any] | None = None,
) -> Any:
    definitions: dict[str, Definition] = template.get("Parameters") or {}
    _check_names(definitions, provided, previous or {})
    given = {entry["Key"]: entry for entry in provided}
    for name, definition in definitions.items():
        entry = given.get(name, {})
        value = as_text(entry.get("Value", definition.get("Default", "")))
        if entry.get("UsePreviousValue"):
            continue
        if definition["Type"].startswith(engine._SSM_PARAMETER_VALUE_PREFIX):
            _check_stored(value)
        else:
            _check_value(name, definition, value)
    # ministack takes a list for one value: it gets the parameters without what is checked here.
    free = {
        name: {
            key: as_text(each) if key == "Default" else each
            for key, each in definition.items()
            if key not in _CONSTRAINTS
        }
        for name, definition in definitions.items()
    }
    return original({**template, "Parameters": free}, provided, previous)


def install() -> None:
    """Checks parameters wherever a request gives them."""
    for module in (handlers, changesets):
        wrap(module, "_resolve_parameters", _checked)
