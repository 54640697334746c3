"""AWS's published schema of each resource type, as cfn-lint reads it: when a type is first asked for."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from ministack.core.responses import get_region

# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
Body = dict[str, Any]
_FALLBACK_REGION = "us-east-1"


@dataclass(frozen=True)
class Schema:
    """The schema of one resource type; `attributes` is cfn-lint's view of those that it has."""

    type_name: str
    body: Body
    attributes: Any

    def follow(self, part: Body) -> Body:
        """Returns what a part of the schema refers to (`{"$ref": "#/definitions/X"}`), or the part itself."""
        while "$ref" in part:
            target: Any = self.body
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            part = target
        return part

    def names(self, keyword: str) -> tuple[str, ...]:
        """Lists the properties under `createOnlyProperties` and the like, as `Name` or `Outer/Name`."""
        return tuple(pointer.removeprefix("/properties/") for pointer in self.body.get(keyword, ()))

    def has_attribute(self, name: str) -> bool:
        """Returns whether Fn::GetAtt may ask for the attribute, as `Name` or `Outer.Name`."""
        return self.attributes.get(name) is not None


@cache
def _read(region: str, type_name: str) -> Schema | None:
    # It takes most of a second to import: not before a stack needs it.
    from cfnlint.helpers import REGIONS
    from cfnlint.schema import ResourceNotFoundError
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        known = region if region in REGIONS else _FALLBACK_REGION
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(known, type_name)
    except ResourceNotFoundError:
        return None
    return Schema(type_name, schema.schema, schema.get_atts)


def pseudo_parameters() -> frozenset[str]:
    """Lists what a template may refer to without saying so, such as `AWS::Region`."""
    from cfnlint.helpers import PSEUDOPARAMS

    return frozenset(PSEUDOPARAMS)


def find_schema(type_name: str) -> Schema | None:
    """Reads the schema of a type in the region of the request; `None` where AWS publishes none."""
    return _read(get_region(), type_name)
