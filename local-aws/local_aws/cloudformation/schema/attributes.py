"""Sets exactly the attributes of each resource that AWS returns.

Which there are is in the schemas; what they hold, in the "Return values" of the types' pages:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from typing import Any

from ministack.services.cloudformation import engine, stacks

from local_aws.cloudformation.schema.resource_types import find_schema
from local_aws.core.wrapping import Original, wrap

Properties = dict[str, Any]


def _completed(original: Original, properties_at: int, resource_type: str, *args: Any) -> Any:
    """Adds what is missing to the attributes of a resource, and leaves out what AWS does not have."""
    identifier, attributes = original(resource_type, *args)
    schema = find_schema(resource_type)
    if schema is None or resource_type.startswith(("Custom::", "AWS::CloudFormation::")):
        return identifier, attributes or {}
    # The position is that of the properties in the arguments of the two functions that this goes around.
    known = {**args[properties_at], **(attributes or {})}
    if resource_type == "AWS::EC2::SecurityGroup":
        known |= {"Id": identifier, "GroupId": identifier}
    return identifier, {name: value for name, value in known.items() if schema.has_attribute(name)}


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
