"""Derives from the schema of a type which changes replace a resource, for change sets and for updates.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from collections.abc import Callable

from ministack.services.cloudformation import provisioners, stacks

from local_aws.cloudformation.schema.resource_types import find_schema
from local_aws.core.wrapping import wrap

Recreation = Callable[[str, str], str]


def _in_change_sets(original: Recreation, resource_type: str, name: str) -> str:
    schema = find_schema(resource_type)
    if schema is None:
        return original(resource_type, name)
    if name in schema.names("createOnlyProperties"):
        return "Always"
    # A part of the property may be create-only, and the change may be of another part.
    inner = any(each.startswith(f"{name}/") for each in schema.names("createOnlyProperties"))
    return "Conditionally" if inner or name in schema.names("conditionalCreateOnlyProperties") else "Never"


def _in_updates(original: Recreation, resource_type: str, name: str) -> str:
    schema = find_schema(resource_type)
    # Made anew beside the old one, these would be the old one: ministack's handlers know what to do.
    beside = schema is not None and schema.body.get("replacementStrategy") != "delete_then_create"
    return _in_change_sets(original, resource_type, name) if beside else original(resource_type, name)


def install() -> None:
    """Replaces ministack's list of properties, which has some types only."""
    wrap(stacks, "_property_recreation", _in_change_sets)
    wrap(provisioners, "_property_recreation", _in_updates)
