"""Checks the arguments of a template's functions, with AWS's messages.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from collections.abc import Callable
from typing import Any

from local_aws.cloudformation.schema.values import is_function

Test = Callable[[Any], bool]


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and is_function(str(next(iter(value))))


def _listed(value: Any, least: int, most: int) -> bool:
    return isinstance(value, list) and least <= len(value) <= most


def _is_text(value: Any) -> bool:
    return not isinstance(value, (list, dict)) or _is_call(value)


def _is_index(value: Any) -> bool:
    return _is_call(value) or str(value).isdigit()


def _is_attribute(value: Any) -> bool:
    if isinstance(value, str):
        return all(value.partition("."))
    return _listed(value, 2, 2) and isinstance(value[0], str) and bool(value[0]) and bool(value[1])


def _is_substitution(value: Any) -> bool:
    return isinstance(value, str) or (
        _listed(value, 2, 2) and isinstance(value[0], str) and isinstance(value[1], dict)
    )


_FUNCTIONS: dict[str, tuple[Test, str]] = {
    "Fn::And": (
        lambda value: _listed(value, 2, 10),
        "every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
    ),
    "Fn::Base64": (_is_text, "every Fn::Base64 object must have a String-typed value."),
    "Fn::Cidr": (
        lambda value: _listed(value, 2, 3),
        "every Fn::Cidr object requires two or three parameters, the block, the count and the bits.",
    ),
    "Fn::Equals": (
        lambda value: _listed(value, 2, 2),
        "every Fn::Equals object requires a list of 2 string parameters.",
    ),
    "Fn::FindInMap": (
        lambda value: _listed(value, 3, 4),
        "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute "
        "for return value",
    ),
    "Fn::GetAtt": (
        _is_attribute,
        "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource "
        "attribute",
    ),
    "Fn::GetAZs": (_is_text, "every Fn::GetAZs object must have a String-typed value."),
    "Fn::If": (lambda value: _listed(value, 3, 3), "Fn::If requires a list argument with three elements"),
    "Fn::ImportValue": (
        _is_text,
        "the attribute in Fn::ImportValue must be a string or a function that returns a string",
    ),
    "Fn::Join": (
        lambda value: _listed(value, 2, 2) and isinstance(value[1], (list, dict)),
        "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to "
        "be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
    ),
    "Fn::Not": (lambda value: _listed(value, 1, 1), "every Fn::Not object requires one boolean parameter."),
    "Fn::Or": (
        lambda value: _listed(value, 2, 10),
        "every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.",
    ),
    "Fn::Select": (
        lambda value: _listed(value, 2, 2) and _is_index(value[0]),
        "Fn::Select requires a list argument with two elements: an integer index and a list",
    ),
    "Fn::Split": (
        lambda value: _listed(value, 2, 2) and _is_text(value[1]),
        "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be "
        "split or a function that returns a string to be split.",
    ),
    "Fn::Sub": (
        _is_substitution,
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as "
        "first argument, and an optional second argument to specify a mapping of values to replace in the "
        "string",
    ),
}
# Of the language extensions and of macros: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
_OTHERS = frozenset(
    {"Fn::Contains", "Fn::GetStackOutput", "Fn::Length", "Fn::ToJsonString", "Fn::Transform", "Ref"}
)


def check_functions(value: Any) -> None:
    """Raises ValueError with AWS's text at the first function whose arguments are none."""
    if isinstance(value, list):
        for item in value:
            check_functions(item)
    if not isinstance(value, dict):
        return
    for name, argument in value.items():
        if name == "Ref" and not isinstance(argument, str):
            raise ValueError("Template format error: Every Ref object must have a single String value.")
        if len(value) == 1 and str(name).startswith("Fn::"):
            _check(name, argument)
        check_functions(argument)


def _check(name: str, argument: Any) -> None:
    if name not in _FUNCTIONS:
        if name in _OTHERS:
            return
        supported = ", ".join(sorted({*_FUNCTIONS, "Ref", "Condition"}))
        raise ValueError(
            f"Template format error: Encountered unsupported function: {name} Supported functions are: "
            f"[{supported}]"
        )
    is_right, text = _FUNCTIONS[name]
    if not is_right(argument):
        raise ValueError(f"Template error: {text}")
    if name == "Fn::If" and not isinstance(argument[0], str):
        raise ValueError(
            "Template error: Fn::If requires a list argument with the first element being a condition"
        )
