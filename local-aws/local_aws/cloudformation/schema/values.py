"""Returns the values of a template as far as they are known before a deployment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ministack.services.cloudformation import engine

from local_aws.cloudformation.schema.property import UNKNOWN


@dataclass(frozen=True)
class Values:
    """A template's resources and mappings, with the parameters and conditions of one stack."""

    resources: dict[str, Any]
    mappings: dict[str, Any]
    parameters: dict[str, Any]
    conditions: dict[str, bool]
    stack_name: str
    stack_id: str
    # Resources as ministack keeps them, whose ids and attributes are known already.
    deployed: dict[str, Any] = field(default_factory=dict)

    def present(self) -> dict[str, Any]:
        """The resources that are part of the stack: those without a condition, or with one that holds."""
        return {
            logical_id: resource
            for logical_id, resource in self.resources.items()
            if self.conditions.get(resource.get("Condition"), True)
        }

    def known(self, value: Any) -> Any:
        """Resolves a value at any depth; what only the deployment tells becomes `UNKNOWN`."""
        if isinstance(value, str):
            return UNKNOWN if "{{resolve:" in value else value
        if isinstance(value, list):
            items = [self.known(item) for item in value]
            return [item for item in items if item is not engine._NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (function := next(iter(value))) and is_function(function):
            return self._call(function, value)
        members = {name: self.known(item) for name, item in value.items()}
        return {name: item for name, item in members.items() if item is not engine._NO_VALUE}

    def _call(self, function: str, value: dict[str, Any]) -> Any:
        if function == "Fn::If":
            condition, then, otherwise = value[function]
            return self.known(then if self.conditions.get(condition) else otherwise)
        references = {name for name, _ in engine._intrinsic_references(value)}
        if function in ("Fn::ImportValue", "Fn::Transform") or references & (
            self.resources.keys() - self.deployed.keys()
        ):
            return UNKNOWN
        scope = (self.parameters, self.conditions, self.mappings, self.stack_name, self.stack_id)
        try:
            resolved = engine._resolve_refs(value, self.deployed, *scope)
        except (ValueError, TypeError, KeyError, IndexError):
            return UNKNOWN
        return UNKNOWN if "{{resolve:" in str(resolved) else resolved


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Goes over what a value holds, at any depth: its path, its name or number, and itself."""
    numbered = enumerate(value) if isinstance(value, list) else ()
    for name, item in value.items() if isinstance(value, dict) else numbered:
        yield f"{path}/{name}", name, item
        yield from walk(item, f"{path}/{name}")


def is_function(name: str) -> bool:
    """Returns whether a key is that of an intrinsic function."""
    return name == "Ref" or name.startswith("Fn::")
