"""Checks the arguments of a template's functions, with AWS's messages.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from typing import Any

from local_aws.cloudformation.schema.values import is_function

# How many arguments a function takes in a list, at least and at most.
_LISTS = {
    "Fn::And": (2, 10),
    "Fn::Cidr": (2, 3),
    "Fn::Equals": (2, 2),
    "Fn::FindInMap": (3, 4),
    "Fn::GetAtt": (2, 2),
    "Fn::If": (3, 3),
    "Fn::Join": (2, 2),
    "Fn::Not": (1, 1),
    "Fn::Or": (2, 10),
    "Fn::Select": (2, 2),
    "Fn::Split": (2, 2),
    "Fn::Sub": (2, 2),
}
_LOGICAL = "object requires a list of at least 2 and at most 10 boolean parameters."
_TEXTS = {
    "Fn::And": f"every Fn::And {_LOGICAL}",
    "Fn::Base64": "every Fn::Base64 object must have a String-typed value.",
    "Fn::Cidr": "every Fn::Cidr object requires two or three parameters, the block, the count and the bits.",
    "Fn::Equals": "every Fn::Equals object requires a list of 2 string parameters.",
    "Fn::FindInMap": "every Fn::FindInMap object requires three parameters, the map name, map key and the "
    "attribute for return value",
    "Fn::GetAtt": "every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
    "resource attribute",
    "Fn::GetAZs": "every Fn::GetAZs object must have a String-typed value.",
    "Fn::If": "Fn::If requires a list argument with three elements",
    "Fn::ImportValue": "the attribute in Fn::ImportValue must be a string or a function that returns a "
    "string",
    "Fn::Join": "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
    "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
    "Fn::Not": "every Fn::Not object requires one boolean parameter.",
    "Fn::Or": f"every Fn::Or {_LOGICAL}",
    "Fn::Select": "Fn::Select requires a list argument with two elements: an integer index and a list",
    "Fn::Split": "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to "
    "be split or a function that returns a string to be split.",
    "Fn::Sub": "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string "
    "as first argument, and an optional second argument to specify a mapping of values to replace in the "
    "string",
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
    if name in _OTHERS:
        return
    if name not in _TEXTS:
        supported = ", ".join(sorted({*_TEXTS, "Ref", "Condition"}))
        raise ValueError(
            f"Template format error: Encountered unsupported function: {name} Supported functions are: "
            f"[{supported}]"
        )
    if not _takes(name, argument):
        raise ValueError(f"Template error: {_TEXTS[name]}")
    if name == "Fn::If" and not isinstance(argument[0], str):
        raise ValueError(
            "Template error: Fn::If requires a list argument with the first element being a condition"
        )


def _takes(name: str, value: Any) -> bool:
    if name in ("Fn::GetAtt", "Fn::Sub") and isinstance(value, str):
        return name == "Fn::Sub" or all(value.partition("."))
    if name not in _LISTS:
        return _is_text(value)
    least, most = _LISTS[name]
    if not isinstance(value, list) or not least <= len(value) <= most:
        return False
    match name:
        case "Fn::GetAtt":
            return isinstance(value[0], str) and bool(value[0]) and bool(value[1])
        case "Fn::Join":
            return isinstance(value[1], (list, dict))
        case "Fn::Select":
            return _is_call(value[0]) or str(value[0]).isdigit()
        case "Fn::Split":
            return _is_text(value[1])
        case "Fn::Sub":
            return isinstance(value[0], str) and isinstance(value[1], dict)
    return True


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and is_function(str(next(iter(value))))


def _is_text(value: Any) -> bool:
    return not isinstance(value, (list, dict)) or _is_call(value)
