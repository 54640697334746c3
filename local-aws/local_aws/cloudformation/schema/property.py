"""Checks the properties of a resource against AWS's schema of its type, with AWS's reasons.

The reasons of PROPERTY_VALIDATION:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from local_aws.cloudformation.schema.resource_types import Body, Schema

# What is known only while the stack is deployed: the id of another resource, an imported value.
UNKNOWN = object()


@dataclass(frozen=True)
class Problem:
    """A path below the resource's properties (`/Tags/0`; empty for all of them), and AWS's reason."""

    path: str
    reason: str


def check_properties(properties: Any, schema: Schema) -> Iterator[Problem]:
    """Finds what the schema refuses; values that are `UNKNOWN` pass."""
    settable = {name for name in schema.body["properties"] if name not in schema.names("readOnlyProperties")}
    body = {"additionalProperties": False, **schema.body, "type": "object"}
    body["properties"] = {name: schema.body["properties"][name] for name in settable}
    yield from _check(properties, body, schema, "")


def _check(value: Any, part: Body, schema: Schema, path: str) -> Iterator[Problem]:
    part = schema.follow(part)
    if value is UNKNOWN:
        return
    types = [_TYPES[each] for each in _listed(part.get("type", ()))]
    if types and not any(is_one(value) for _, is_one in types):
        found = next(name for name, is_one in _TYPES.values() if is_one(value))
        name = path.rsplit("/", 1)[-1] or "Properties"
        yield Problem(path, f"Property [{name}] expected type: {types[0][0]}, found: {found}")
        return
    yield from _check_choices(value, part, schema, path)
    if isinstance(value, dict):
        yield from _check_object(value, part, schema, path)
    elif isinstance(value, list):
        yield from _check_list(value, part, schema, path)
    else:
        yield from _check_scalar(value, part, path)


def _check_object(value: dict[str, Any], part: Body, schema: Schema, path: str) -> Iterator[Problem]:
    known, patterns = part.get("properties", {}), part.get("patternProperties", {})
    for name in part.get("required", ()):
        if name not in value:
            yield Problem(path, f"Required property [{name}] not found")
    for name, item in value.items():
        below = f"{path}/{name}"
        matching = [each for pattern, each in patterns.items() if _matches(pattern, name)]
        if name in known:
            yield from _check(item, known[name], schema, below)
        elif matching:
            yield from _check(item, matching[0], schema, below)
        elif part.get("additionalProperties") is False:
            yield Problem(path, f"Unsupported property [{name}]")


def _check_list(value: list[Any], part: Body, schema: Schema, path: str) -> Iterator[Problem]:
    # What is not known yet is taken for another each time.
    others = count()
    known = [json.dumps(item, sort_keys=True, default=lambda _: f"unknown {next(others)}") for item in value]
    if part.get("uniqueItems") and len(set(known)) != len(known):
        yield Problem(path, f"#{path}: array items are not unique")
    for keyword, broken in (("minItems", len(value).__lt__), ("maxItems", len(value).__gt__)):
        if keyword in part and broken(part[keyword]):
            yield _broken(path, keyword)
    for index, item in enumerate(value):
        if isinstance(part.get("items"), dict):
            yield from _check(item, part["items"], schema, f"{path}/{index}")


def _check_scalar(value: Any, part: Body, path: str) -> Iterator[Problem]:
    text = as_text(value)
    if "enum" in part and text not in [as_text(each) for each in part["enum"]]:
        supported = ", ".join(as_text(each) for each in part["enum"])
        yield Problem(path, f"{text} is not a valid enum value. Supported values: [{supported}]")
    kinds = _listed(part.get("type", ()))
    if "string" in kinds:
        for keyword, broken in _STRING_KEYWORDS.items():
            if keyword in part and broken(text, part[keyword]):
                yield _broken(path, keyword)
    elif _is_number(text) and ("integer" in kinds or "number" in kinds):
        for keyword, outside in _NUMBER_KEYWORDS.items():
            if keyword in part and outside(float(text), part[keyword]):
                yield _broken(path, keyword)


def _check_choices(value: Any, part: Body, schema: Schema, path: str) -> Iterator[Problem]:
    for keyword, most in (("oneOf", 1), ("anyOf", None)):
        if keyword not in part:
            continue
        fitting = sum(
            not any(_check(value, {**_shape(part), **each}, schema, path)) for each in part[keyword]
        )
        if fitting == 0 or most and fitting > most:
            count = f"{fitting} subschemas matched instead of one"
            none = f"no subschema matched out of the total {len(part[keyword])} subschemas"
            yield Problem(path, f"#{path}: #: {count if most else none}")
    for each in part.get("allOf", ()):
        yield from _check(value, each, schema, path)


def _shape(part: Body) -> Body:
    # A choice says which of the properties around it are required: it is read together with them.
    return {name: part[name] for name in ("properties", "type") if name in part}


def _broken(path: str, keyword: str) -> Problem:
    return Problem(path, f"#{path}: failed validation constraint for keyword [{keyword}]")


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def as_text(value: Any) -> str:
    """Returns a scalar as CloudFormation reads it, `true` for Python's `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True  # Java's regular expressions know more than Python's


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# CloudFormation's name of each type, and its test: scalars turn into the type that is asked for.
_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "object": ("JSONObject", lambda value: isinstance(value, dict)),
    "array": ("JSONArray", lambda value: isinstance(value, list)),
    "string": ("String", lambda value: not isinstance(value, (dict, list))),
    "integer": ("Integer", lambda value: re.fullmatch(r"[+-]?\d+(\.0+)?", as_text(value)) is not None),
    "number": ("Number", lambda value: not isinstance(value, (dict, list)) and _is_number(as_text(value))),
    "boolean": ("Boolean", lambda value: as_text(value).lower() in ("true", "false")),
}
_STRING_KEYWORDS: dict[str, Callable[[str, Any], bool]] = {
    "pattern": lambda text, pattern: not _matches(pattern, text),
    "minLength": lambda text, least: len(text) < least,
    "maxLength": lambda text, most: len(text) > most,
}
_NUMBER_KEYWORDS: dict[str, Callable[[float, Any], bool]] = {
    "minimum": lambda number, least: number < least,
    "maximum": lambda number, most: number > most,
}
