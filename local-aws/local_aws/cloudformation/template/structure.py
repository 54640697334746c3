"""Checks the sections of a template and their members, with AWS's messages.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

import re
from typing import Any

from local_aws.cloudformation.schema.values import is_function, walk

Template = dict[str, Any]
_MAPS = ("Conditions", "Mappings", "Outputs", "Parameters", "Resources")
_SECTIONS = frozenset({*_MAPS, "AWSTemplateFormatVersion", "Description", "Metadata", "Rules", "Transform"})
_RESOURCE_ATTRIBUTES = (
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type",
    "UpdatePolicy", "UpdateReplacePolicy",
)  # fmt: skip
_CUSTOM = "AWS::CloudFormation::CustomResource"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
_PARAMETER_PROPERTIES = (
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength",
    "MaxValue", "MinLength", "MinValue", "NoEcho", "Type",
)  # fmt: skip
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
_PARAMETER_TYPE = re.compile(
    r"String|Number|CommaDelimitedList|List<(Number|String|AWS::[\w:]+)>|AWS::(EC2|Route53)::[\w:]+"
    r"|AWS::SSM::Parameter::(Name|Type|Value<.+>)"
)


def check_sections(template: Template) -> None:
    """Raises ValueError where a section is not known, or not a map, or a text is none."""
    unknown = sorted(str(name) for name in template.keys() - _SECTIONS)
    if unknown:
        raise ValueError(f"Invalid template property or properties [{', '.join(unknown)}]")
    for path, _, item in walk({name: part for name, part in template.items() if name != "Metadata"}):
        if item is None:
            raise ValueError(f"[{path}] 'null' values are not allowed in templates")
    for name in _MAPS:
        if not isinstance(template.get(name) or {}, dict):
            raise ValueError(f"Template format error: {name} block must be an object.")
    if not isinstance(template.get("Description", ""), str):
        raise ValueError("Template format error: Description must be a string.")
    for name, parameter in (template.get("Parameters") or {}).items():
        _check_parameter(name, parameter)
    for name, mapping in (template.get("Mappings") or {}).items():
        _check_mapping(name, mapping)


def check_members(template: Template) -> None:
    """Raises ValueError where a resource or an output is not as it must be."""
    if not template.get("Resources"):
        raise ValueError("Template format error: At least one Resources member must be defined.")
    for name, resource in template["Resources"].items():
        _check_resource(str(name), resource)
    for output in (template.get("Outputs") or {}).values():
        _check_output(output)


def _check_parameter(name: str, parameter: Any) -> None:
    if not isinstance(parameter, dict) or not isinstance(parameter.get("Type"), str):
        raise ValueError("Template format error: Every Parameters object must contain a Type member.")
    if not str(name).isalnum():
        raise ValueError(f"Template format error: Parameter name {name} is non alphanumeric.")
    for each in parameter:
        if each not in _PARAMETER_PROPERTIES:
            raise ValueError(f"Invalid template parameter property '{each}'")
    if _PARAMETER_TYPE.fullmatch(parameter["Type"]) is None:
        raise ValueError(f"Template format error: Unrecognized parameter type: {parameter['Type']}")
    if isinstance(parameter.get("Default"), (list, dict)):
        raise ValueError("Template format error: Every Default member must be a string.")
    if not isinstance(parameter.get("AllowedValues", []), list):
        raise ValueError("Template format error: Every AllowedValues member must be a list.")
    for each in ("MaxLength", "MaxValue", "MinLength", "MinValue"):
        if each in parameter and re.fullmatch(r"[+-]?\d+(\.\d+)?", str(parameter[each])) is None:
            raise ValueError(f"Template format error: Every {each} member must be a number.")


def _check_mapping(name: str, mapping: Any) -> None:
    if not isinstance(mapping, dict) or not all(isinstance(each, dict) for each in mapping.values()):
        raise ValueError(f"Template format error: Every Mappings member {name} must be a map")
    for attributes in mapping.values():
        if any(isinstance(each, dict) for each in attributes.values()):
            raise ValueError("Template format error: Every Mappings attribute must be a String or a List.")


def _check_resource(name: str, resource: Any) -> None:
    if not name.isalnum():
        raise ValueError(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(resource, dict):
        raise ValueError("Template format error: Any Resources member must be an object.")
    if not isinstance(resource.get("Type"), str):
        raise ValueError(
            f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        )
    custom = resource["Type"].startswith("Custom::") or resource["Type"] == _CUSTOM
    for attribute in resource:
        if attribute not in _RESOURCE_ATTRIBUTES and not (custom and attribute == "Version"):
            raise ValueError(f"Invalid template resource property '{attribute}'")
    _check_condition(resource)
    for policy, known in _POLICIES.items():
        value = resource.get(policy, "Delete")
        # With the language extensions, a function gives it.
        if not isinstance(value, dict) and value not in known:
            raise ValueError(f"Template format error: Unrecognized {policy} {value} for resource {name}")
    names = resource.get("DependsOn", [])
    if not isinstance(names, (str, list)) or not all(isinstance(each, str) for each in names):
        raise ValueError("Template format error: DependsOn must be a string or list of strings.")


def _check_condition(part: dict[str, Any]) -> None:
    if not isinstance(part.get("Condition", ""), str):
        raise ValueError("Template format error: Every Condition member must be a string.")


def _check_output(output: Any) -> None:
    if not isinstance(output, dict) or "Value" not in output:
        raise ValueError("Template format error: Every Outputs member must contain a Value object")
    _check_condition(output)
    value, export = output["Value"], output.get("Export", {"Name": ""})
    calls = isinstance(value, dict) and any(is_function(str(name)) for name in value)
    if isinstance(value, (list, dict)) and not calls:
        raise ValueError(
            "Template format error: The Value field of every Outputs member must evaluate to a String."
        )
    if not isinstance(export, dict) or "Name" not in export:
        raise ValueError("Template format error: Every Export must be an object with a Name.")
