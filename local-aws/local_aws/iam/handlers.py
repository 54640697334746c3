"""CloudFormation has the rights of its caller: before each handler, the actions of its schema are checked.

Which of these actions only other properties need is in `permissions/cloudformation.yml`, under `unused`.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
"""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from typing import Any

import ministack.app
from ministack.core import iam_evaluator
from ministack.services import cloudformation
from ministack.services.cloudformation import engine, provisioners, stacks

from local_aws.cloudformation.actions import handler_error
from local_aws.cloudformation.schema.resource_types import find_schema
from local_aws.iam.decisions import policies_of, require, role_of

_TABLE = Path(__file__).parents[3] / "permissions" / "cloudformation.yml"
# What a handler needs beyond its schema; `added` in the table has the sources.
_LOGS = ("logs:CreateLogDelivery", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies")
_ALSO = {"ApiGatewayV2::Stage": _LOGS, "AutoScaling::AutoScalingGroup": ("ssm:GetParameters",)}
_PASSED_TO = {
    "ECS": "ecs-tasks",
    "IAM": "ec2",
    "KinesisFirehose": "firehose",
    "Lambda": "lambda",
    "Logs": "logs",
}
_HANDLERS = {"create": ("create", "read"), "update": ("update", "read"), "delete": ("delete",)}


_error = partial(handler_error, code="AccessDenied")


@cache
def _unused() -> list[str]:
    lines = engine.yaml.safe_load(_TABLE.read_text())["unused"]
    # Service-linked roles are there before the stacks.
    return ["iam:CreateServiceLinkedRole", *(each for line in lines for each in line["actions"])]


@cache
def _needs(type_name: str, operation: str) -> list[str]:
    schema = find_schema(type_name)
    handlers = schema.body.get("handlers", {}) if schema else {}
    named = {each for name in _HANDLERS[operation] for each in handlers.get(name, {}).get("permissions", ())}
    also = _ALSO.get(type_name.removeprefix("AWS::"), ()) if operation == "create" else ()
    return sorted(
        {each for each in named if not any(fnmatchcase(each, glob) for glob in _unused())}.union(also)
    )


def _resources(arn: str, action: str) -> list[str]:
    # A resource that is not there yet has no ARN: that of a statement which names the action stands for it.
    found = [
        resource
        for statement in (each for policy in policies_of(arn) for each in policy)
        if any(iam_evaluator.fnmatch_iam(action, each) for each in statement.actions)
        for resource in statement.resources
    ]
    return sorted(found, key=len, reverse=True)  # the narrowest first


def _tags_of(stack_name: str, operation: str) -> dict[str, str]:
    tags = cloudformation._stacks.get(stack_name, {}).get("Tags") or ()
    of = "Request" if operation == "create" else "Resource"
    return {f"aws_{of}Tag/{tag['Key']}": tag["Value"] for tag in tags}


def _check(operation: str, type_name: str, name: str, props: dict[str, Any], stack_name: str) -> None:
    arn = iam_evaluator.caller_arn()
    if not role_of(arn):
        return
    role = f"arn:aws:iam::{arn.split(':')[4]}:role"
    passed = [f"{role}/{each}" for each in props.get("Roles", ())]
    passed += re.findall(r"\"(arn:[\w-]+:iam::\d+:role/[^\"]+)\"", json.dumps(props, default=str))
    service = f"{_PASSED_TO.get(type_name.split('::')[1], '')}.amazonaws.com"
    bound = props.get("PermissionsBoundary", "")
    for action in _needs(type_name, operation):
        if action == "iam:PassRole":
            for each in passed:
                require(arn, action, [each], each, _error, iam_PassedToService=service)
        elif type_name == "AWS::IAM::Role":
            own = f"{role}/{name}"
            require(arn, action, [own], own, _error, iam_PermissionsBoundary=bound)
        else:
            found = _resources(arn, action)
            require(arn, action, found, f"{type_name} {name}", _error, **_tags_of(stack_name, operation))


def _before(operation: str, original: Callable[..., Any], props_at: int) -> Callable[..., Any]:
    def handle(type_name: str, name: str, *rest: Any) -> Any:
        props = rest[props_at] or {}
        made = props.get("RoleName") or f"{rest[-1]}-{name}" if operation == "create" else name
        _check(operation, type_name, made, props, rest[props_at + 1])
        return original(type_name, name, *rest)

    return handle


def install() -> None:
    """Checks the rights of a role that deploys before each handler."""
    if not ministack.app.AUTH:
        return
    for module in (stacks, provisioners):  # the second makes replacements
        module._provision_resource = _before("create", module._provision_resource, 0)
    stacks._update_resource = _before("update", stacks._update_resource, 1)
    stacks._delete_resource = _before("delete", stacks._delete_resource, 0)
