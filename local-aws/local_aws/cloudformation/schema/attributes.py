"""Gives each resource the attributes that AWS gives it, and no other.

Which there are is in the schemas; what they hold, in the "Return values" of the types' pages:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import engine, stacks

from local_aws.cloudformation.schema.resource_types import find_schema
from local_aws.core.wrapping import Original, wrap

Properties = dict[str, Any]


# What ministack's handlers leave out, from the resource's id.
_MORE: dict[str, Callable[[str], Properties]] = {
    "AWS::EC2::SecurityGroup": lambda identifier: {"Id": identifier, "GroupId": identifier},
}
# Where Ref gives something else than ministack's id.
_IDENTIFIERS: dict[str, Callable[[Properties], str]] = {
    "AWS::S3::BucketPolicy": lambda properties: properties["Bucket"],
}


def complete(
    resource_type: str, identifier: str, attributes: Properties, properties: Properties
) -> Properties:
    """Adds what is missing to the attributes of a resource, and leaves out what AWS does not have."""
    schema = find_schema(resource_type)
    if schema is None or resource_type.startswith(("Custom::", "AWS::CloudFormation::")):
        return attributes
    more = _MORE[resource_type](identifier) if resource_type in _MORE else {}
    known = {**properties, **attributes, **more}
    return {name: value for name, value in known.items() if schema.has_attribute(name)}


def _completed(original: Original, properties_at: int, resource_type: str, *args: Any) -> Any:
    identifier, attributes = original(resource_type, *args)
    # The position is that of the properties in the arguments of the two functions that this goes around.
    properties = args[properties_at]
    identify = _IDENTIFIERS.get(resource_type)
    attributes = complete(resource_type, identifier, attributes or {}, properties)
    return (identify(properties) if identify else identifier), attributes


def _unknown(original: Original, resource: Properties, logical_id: str, attribute: str) -> Any:
    schema = find_schema(resource.get("ResourceType", ""))
    if schema and schema.has_attribute(attribute):
        return f"the attribute {attribute} of {schema.type_name} is not in the local AWS"
    return original(resource, logical_id, attribute)


def install() -> None:
    """Completes what is made and changed."""
    wrap(stacks, "_provision_resource", _completed, 1)
    wrap(stacks, "_update_resource", _completed, 2)
    wrap(engine, "_unknown_attribute_message", _unknown)
