"""Checks a template as a whole, with the texts that AWS gives: sections, members, references, cycles.

The texts were recorded from AWS by LocalStack's tests (tests/aws/services/cloudformation of its
repository), where no other source is named.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, provisioners

from local_aws.cloudformation_references import check_references
from local_aws.cloudformation_schema import find_schema

Template = dict[str, Any]
_SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Rules",
        "Transform",
    }
)
_RESOURCE_ATTRIBUTES = frozenset(
    {
        "Condition",
        "CreationPolicy",
        "DeletionPolicy",
        "DependsOn",
        "Metadata",
        "Properties",
        "Type",
        "UpdatePolicy",
        "UpdateReplacePolicy",
    }
)


def parse(original: Callable[[str], Template]) -> Callable[[str], Template]:
    """Reads a template; the errors of the readers become those of AWS."""

    def read(body: str) -> Template:
        try:
            return original(body)
        except json.JSONDecodeError as error:
            where = f"(line {error.lineno}, column {error.colno})"
            raise ValueError(f"JSON not well-formed. {where}") from error
        except engine.yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
            raise ValueError(f"YAML not well-formed.{where}") from error
        except ValueError as error:
            raise ValueError("unsupported structure.") from error

    return read


def _nulls(value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield path
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in members:
        yield from _nulls(item, f"{path}/{key}")


def _check_structure(template: Template) -> None:
    unknown = sorted(template.keys() - _SECTIONS)
    if unknown:
        raise ValueError(f"Invalid template property or properties [{', '.join(unknown)}]")
    for path in _nulls({name: template.get(name) or {} for name in ("Resources", "Outputs")}, ""):
        raise ValueError(f"[{path}] 'null' values are not allowed in templates")
    if not template.get("Resources"):
        raise ValueError("Template format error: At least one Resources member must be defined.")
    for name, resource in template["Resources"].items():
        _check_resource(name, resource)
    for output in (template.get("Outputs") or {}).values():
        if not isinstance(output, dict) or "Value" not in output:
            raise ValueError("Template format error: Every Outputs member must contain a Value object")


def _check_resource(name: str, resource: Any) -> None:
    if not name.isalnum():
        raise ValueError(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(resource, dict):
        raise ValueError("Template format error: Any Resources member must be an object.")
    if "Type" not in resource:
        raise ValueError(
            f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        )
    for attribute in resource:
        if attribute not in _RESOURCE_ATTRIBUTES:
            raise ValueError(f"Invalid template resource property '{attribute}'")


def _check_types(template: Template) -> None:
    """Tells a type that AWS has, and the local AWS has not, from one that there is not at all."""
    used = {resource["Type"] for resource in template["Resources"].values()}
    gaps = sorted(each for each in used - provisioners._RESOURCE_HANDLERS.keys() if find_schema(each))
    if gaps:
        raise ValueError(f"resource types that are not in the local AWS: [{', '.join(gaps)}]")


def _check_cycles(template: Template, conditions: dict[str, bool]) -> None:
    try:
        engine._topological_sort(template["Resources"], conditions)
    except ValueError as error:
        names = str(error).partition("resources: ")[2]
        raise ValueError(f"Circular dependency between resources: [{names}]") from error


def _checked(original: Callable[..., None]) -> Callable[..., None]:
    def validate(
        template: Template, conditions: dict[str, bool], params: dict[str, Any] | None = None
    ) -> None:
        # What a macro makes of a template is known only when it has run.
        if not template.get("Transform") and not isinstance(template, engine._TransformFailed):
            _check_structure(template)
            check_references(template, conditions)
            _check_types(template)
            _check_cycles(template, conditions)
        original(template, conditions, params=params)

    return validate


def install() -> None:
    """Checks each template that a request brings, and asks for each capability that it needs."""
    for module in (handlers, changesets):
        module._parse_template = parse(module._parse_template)
        module.validate_template_support = _checked(module.validate_template_support)
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html#using-iam-capabilities
    handlers._capabilities_enforced = lambda: True
