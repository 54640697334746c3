"""How resources are made and changed: services beside the requests, with AWS's reasons.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import changesets, handlers, stacks

from local_aws.cloudformation.actions import handler_error, service_error
from local_aws.core.wrapping import Original, wrap

_OTHERS = ("Custom::", "AWS::CloudFormation::")  # their reasons come from elsewhere
_OWN = ("CloudFormation cannot", "Resource handler returned")  # not the service's words


def _reason(resource_type: str, text: str) -> ValueError:
    if resource_type.startswith(_OTHERS) or text.startswith(_OWN):
        return ValueError(text)
    # Some of ministack's handlers report the service's whole answer.
    body = text.partition("failed: b")[2]
    match = re.search(r'"[mM]essage": ?"([^"]*)"|<Message>([^<]*)</Message>', body)
    if match is None:
        return handler_error(text)
    return service_error(match[1] or unescape(match[2]), resource_type.split("::")[1].capitalize(), 400)


@contextmanager
def _reasons(resource_type: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise _reason(resource_type, str(error)) from error
    except Exception as error:
        logging.getLogger("cloudformation").exception("%s failed", resource_type)
        defect = f"a defect of the local AWS: {type(error).__name__}: {error}"
        raise ValueError(defect) from error


def _beside_requests(original: Original, resource_type: str) -> bool:
    # A service waits for its tasks, and they may call this AWS when they start.
    return resource_type == "AWS::ECS::Service" or bool(original(resource_type))


def _check_exists(resource_type: str, physical_id: str) -> None:
    """Raises AWS's reason where a resource is gone; for the types whose reason ministack has measured."""
    keys: tuple[str, ...] = changesets._IMPORT_LOOKUPS.get(resource_type, ((), None))[0]
    if len(keys) != 1:
        return
    identifier = {keys[0]: physical_id}
    reason = changesets._import_not_found([{"ResourceType": resource_type, "ResourceIdentifier": identifier}])
    if reason:
        raise handler_error(reason, "NotFound")


def _check_code(resource_type: str, properties: Any) -> None:
    code = properties["Code"] if resource_type == "AWS::Lambda::Function" else {}
    if "S3Key" in code and lambda_svc._fetch_code_from_s3(code["S3Bucket"], code["S3Key"]) is None:
        error = "S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
        raise service_error(f"Error occurred while GetObject. {error}", "Lambda", 400)


def _changed(original: Original, resource_type: str, physical_id: str, old: Any, new: Any, *rest: Any) -> Any:
    if old != new:
        _check_exists(resource_type, physical_id)
        _check_code(resource_type, new)
    with _reasons(resource_type):
        return original(resource_type, physical_id, old, new, *rest)


def _made(original: Original, resource_type: str, *args: Any) -> Any:
    _check_code(resource_type, args[1])
    with _reasons(resource_type):
        return original(resource_type, *args)


async def _ended(original: Original, stack_name: str, stack_id: str, *rest: Any, **named: Any) -> None:
    """Ends a deployment that a defect of ours interrupts, so that nobody waits for it forever."""
    try:
        await original(stack_name, stack_id, *rest, **named)
    except Exception as error:
        logging.getLogger("cloudformation").exception("the deployment of %s failed", stack_name)
        status = "UPDATE_FAILED" if named.get("is_update") else "CREATE_FAILED"
        reason = f"a defect of the local AWS: {type(error).__name__}: {error}"
        cloudformation._stacks[stack_name] |= {"StackStatus": status, "StackStatusReason": reason}
        own = (stack_id, stack_name, stack_name, "AWS::CloudFormation::Stack")
        stacks._add_event(*own, status, reason, stack_id)


def install() -> None:
    """Lets services wait in a thread of their own, and reports why something cannot be created or changed."""
    for module in (stacks, handlers, changesets):
        wrap(module, "_deploy_stack_async", _ended)
    wrap(stacks, "_runs_on_worker_thread", _beside_requests)
    wrap(stacks, "_provision_resource", _made)
    wrap(stacks, "_update_resource", _changed)
