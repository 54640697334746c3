"""Validates a template before anything is made: properties, and names that are taken.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudformation, cloudwatch_logs, ecr, iam, lambda_svc, s3
from ministack.services.cloudformation import stacks

from local_aws.cloudformation.schema.property import check_properties
from local_aws.cloudformation.schema.resource_types import find_schema
from local_aws.cloudformation.schema.values import Values

PROPERTY = "PROPERTY_VALIDATION"
NAME_CONFLICT = "NAME_CONFLICT_VALIDATION"

# The property that names a resource, and whether that name is taken.
_NAMES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AWS::ECR::Repository": ("RepositoryName", lambda name: name in ecr._repositories),
    "AWS::IAM::Role": ("RoleName", lambda name: name in iam._roles),
    "AWS::Lambda::Function": ("FunctionName", lambda name: name in lambda_svc._functions),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda name: name in cloudwatch_logs._log_groups),
    "AWS::S3::Bucket": ("BucketName", lambda name: s3._bucket_owner_account(name) is not None),
}


@dataclass(frozen=True)
class Finding:
    """What a validation found on one resource."""

    logical_id: str
    resource_type: str
    validation: str
    path: str
    reason: str


def validate(values: Values, owned: set[tuple[str, str]]) -> Iterator[Finding]:
    """Finds what stops a deployment; `owned` has the logical and physical ids of what the stack has."""
    for logical_id, resource in values.present().items():
        properties = values.known(resource.get("Properties") or {})
        schema = find_schema(resource["Type"])
        base = f"/Resources/{logical_id}"
        for problem in check_properties(properties, schema) if schema else ():
            path = f"{base}/Properties{problem.path}"
            yield Finding(logical_id, resource["Type"], PROPERTY, path, problem.reason)
        name = _taken_name(resource["Type"], properties)
        if name and (logical_id, name) not in owned:
            reason = f"Resource of type '{resource['Type']}' with identifier '{name}' already exists."
            yield Finding(logical_id, resource["Type"], NAME_CONFLICT, base, reason)


def _taken_name(resource_type: str, properties: Any) -> str | None:
    naming, is_taken = _NAMES.get(resource_type, ("", lambda _: False))
    name = properties.get(naming) if isinstance(properties, dict) else None
    return name if isinstance(name, str) and is_taken(name) else None


def owned_by(stack: dict[str, Any]) -> set[tuple[str, str]]:
    """Lists logical and physical id of what a stack has, and of what its change sets would take in."""
    owned = {
        (logical_id, each.get("PhysicalResourceId", ""))
        for logical_id, each in stack.get("_resources", {}).items()
    }
    for change_set in cloudformation._change_sets.values():
        if change_set["StackId"] == stack["StackId"]:
            owned |= _imports(change_set)
    return owned


def _imports(change_set: dict[str, Any]) -> set[tuple[str, str]]:
    changes = [change["ResourceChange"] for change in change_set["Changes"]]
    return {
        (change["LogicalResourceId"], change.get("PhysicalResourceId", ""))
        for change in changes
        if change["Action"] == "Import"
    }


def is_empty(bucket: str) -> bool:
    """Returns whether a bucket holds neither objects nor versions (or is not there)."""
    return bucket not in s3._buckets or not (
        s3._buckets[bucket]["objects"] or s3._bucket_has_versions(bucket)
    )


def _before_deployment(
    resources: dict[str, Any],
    _ordered: list[str],
    parameters: dict[str, Any],
    conditions: dict[str, bool],
    mappings: dict[str, Any],
    stack_name: str,
    stack_id: str,
    _owned_buckets: frozenset[str] = frozenset(),
) -> list[tuple[str, str, str, str, str]]:
    values = Values(resources, mappings, parameters, conditions, stack_name, stack_id)
    found = validate(values, owned_by(cloudformation._stacks[stack_name]))
    return [(each.logical_id, each.resource_type, each.validation, each.path, each.reason) for each in found]


def install() -> None:
    """Validates before each CreateStack, UpdateStack and executed change set."""
    stacks._validation_errors = _before_deployment
