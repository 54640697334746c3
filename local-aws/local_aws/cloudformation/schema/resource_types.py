"""AWS's published schema of each resource type, as cfn-lint ships it: read when a type is first asked for."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ministack.core.responses import get_region

# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
Body = dict[str, Any]
_FALLBACK_REGION = "us-east-1"
# Types whose every property is an attribute too. CloudFormation says so type by type, in the
# "Return values" of their pages; cfn-lint has measured them (cfnlint/schema/_getatts.py).
_ALL_PROPERTIES_ARE_ATTRIBUTES = frozenset(
    {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::EC2::Instance",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::Events::EventBus",
        "AWS::RDS::DBInstance",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
    }
)


@dataclass(frozen=True)
class Schema:
    """The schema of one resource type."""

    type_name: str
    body: Body

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
        if self.type_name in _ALL_PROPERTIES_ARE_ATTRIBUTES and name in self.body["properties"]:
            return True
        attributes = {each.replace("/", ".") for each in self.names("readOnlyProperties")}
        # A stack's outputs, and attributes inside of a map, have names that the schema does not know.
        return name in attributes or name.startswith("Outputs.") and "Outputs" in self.body["properties"]


@cache
def _folder() -> Path:
    found = find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("cfn-lint: expected it beside ministack, found none; run the set-up again")
    return Path(found.submodule_search_locations[0]) / "data" / "schemas"


@cache
def _types(region: str) -> dict[str, str]:
    path = _folder() / "providers" / f"{region}.json"
    if not path.exists():
        path = _folder() / "providers" / f"{_FALLBACK_REGION}.json"
    types: dict[str, str] = json.loads(path.read_text())
    return types


@cache
def _read(type_name: str, name: str) -> Schema:
    return Schema(type_name, json.loads((_folder() / "resources" / f"{name}.json").read_text()))


def find_schema(type_name: str) -> Schema | None:
    """Reads the schema of a type in the region of the request; `None` where AWS publishes none."""
    name = _types(get_region()).get(type_name)
    return _read(type_name, name) if name else None
