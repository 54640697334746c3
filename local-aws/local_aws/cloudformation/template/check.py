"""Checks a template as a whole, with AWS's messages: sections, members, references, cycles.

The messages were recorded from AWS by LocalStack's tests (tests/aws/services/cloudformation of its
repository), where no other source is named.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

import json
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, provisioners

from local_aws.cloudformation.actions import invalid
from local_aws.cloudformation.schema.resource_types import find_schema
from local_aws.cloudformation.template.functions import check_functions
from local_aws.cloudformation.template.references import check_references
from local_aws.cloudformation.template.structure import check_members, check_sections
from local_aws.core.wrapping import Original, wrap

Template = dict[str, Any]


def parse(original: Original, body: str) -> Any:
    """Reads a template; the errors of the readers become those of AWS."""
    try:
        return original(body)
    except json.JSONDecodeError as error:
        where = f"(line {error.lineno}, column {error.colno})"
        raise ValueError(f"JSON not well-formed. {where}") from error
    except engine.yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise ValueError(f"YAML not well-formed.{where}") from error
    except ValueError as error:
        raise ValueError("unsupported structure.") from error


def _name_keys(loader: Any, node: Any, deep: bool = False) -> Template:
    # CloudFormation has texts for keys, such as the number of an account without quotes.
    members = engine.yaml.SafeLoader.construct_mapping(loader, node, deep=deep)
    return {str(key).lower() if isinstance(key, bool) else str(key): each for key, each in members.items()}


def _check_types(template: Template, conditions: dict[str, bool]) -> None:
    """Distinguishes a type that only the local AWS lacks from one that does not exist at all."""
    made = (each for each in template["Resources"].values() if conditions.get(each.get("Condition"), True))
    used = {resource["Type"] for resource in made}
    gaps = sorted(each for each in used - provisioners._RESOURCE_HANDLERS.keys() if find_schema(each))
    if gaps:
        raise ValueError(f"resource types that are not in the local AWS: [{', '.join(gaps)}]")


def _check_cycles(template: Template, conditions: dict[str, bool]) -> None:
    # A parameter may have the name of a resource: a reference means the parameter then.
    parameters = (template.get("Parameters") or {}).keys()
    for name, resource in template["Resources"].items():
        if name not in parameters and engine._extract_deps(resource, {name}):
            raise ValueError(f"Circular dependency between resources: [{name}]")
    try:
        engine._topological_sort(template["Resources"], conditions)
    except ValueError as error:
        names = str(error).partition("resources: ")[2]
        raise ValueError(f"Circular dependency between resources: [{names}]") from error


def _check_transforms(template: Template) -> None:
    # Those that are known have run, and are not declared any more.
    for name in engine.declared_transforms(template):
        raise ValueError(f"No transform named {name} found.")


def _check_form(template: Template) -> None:
    check_sections(template)
    check_functions([template.get(name) for name in ("Conditions", "Outputs", "Resources")])
    check_members(template)


def _first_checked(original: Original, sent: Template, template: Template, *rest: Any, **named: Any) -> Any:
    # Capabilities are the first thing that a request asks a template for: it must be one.
    if not template.get("Transform") and not isinstance(template, engine._TransformFailed):
        try:
            _check_form(template)
        except ValueError as error:
            return invalid(str(error))
    return original(sent, template, *rest, **named)


def _checked(
    original: Original,
    template: Template,
    conditions: dict[str, bool],
    params: dict[str, Any] | None = None,
) -> None:
    # A transform that failed tells so itself; what a macro makes of a template is known when it has run.
    if not isinstance(template, engine._TransformFailed):
        if params is not None:
            _check_transforms(template)
        if not template.get("Transform"):
            _check_form(template)
            check_references(template, conditions)
            _check_types(template, conditions)
            _check_cycles(template, conditions)
    original(template, conditions, params=params)


def install() -> None:
    """Checks each template that a request brings, and asks for each capability that it needs."""
    engine.CfnLoader.construct_mapping = _name_keys
    for module in (handlers, changesets):
        wrap(module, "_parse_template", parse)
        wrap(module, "validate_template_support", _checked)
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html#using-iam-capabilities
    handlers._capabilities_enforced = lambda: True
    wrap(handlers, "_check_capabilities", _first_checked)
