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
    if "type" in part and not any(_is(value, each) for each in _listed(part["type"])):
        expected, found = _TYPE_NAMES[_listed(part["type"])[0]], _type_of(value)
        yield Problem(path, f"Property [{_last(path)}] expected type: {expected}, found: {found}")
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
    text = _text(value)
    if "enum" in part and text not in [_text(each) for each in part["enum"]]:
        supported = ", ".join(_text(each) for each in part["enum"])
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


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1] or "Properties"


def _text(value: Any) -> str:
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


# CloudFormation turns scalars into the type that is asked for.
_TESTS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: not isinstance(value, (dict, list)),
    "integer": lambda value: re.fullmatch(r"[+-]?\d+(\.0+)?", _text(value)) is not None,
    "number": lambda value: not isinstance(value, (dict, list)) and _is_number(_text(value)),
    "boolean": lambda value: _text(value).lower() in ("true", "false"),
}
_TYPE_NAMES = {
    "object": "JSONObject",
    "array": "JSONArray",
    "string": "String",
    "integer": "Integer",
    "number": "Number",
    "boolean": "Boolean",
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


def _is(value: Any, kind: str) -> bool:
    return _TESTS[kind](value)


def _type_of(value: Any) -> str:
    return "JSONArray" if isinstance(value, list) else "JSONObject" if isinstance(value, dict) else "String"
