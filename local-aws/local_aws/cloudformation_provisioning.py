"""How resources are made and changed: services beside the requests, with the reasons that AWS gives.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services.cloudformation import changesets, helpers, stacks


def handler_error(
    message: str, service: str, status: int, code: str = "GeneralServiceException"
) -> ValueError:
    """Makes the reason that a resource's handler gives: the service's message, with its request."""
    request = helpers._sdk_error(message, service, status)
    token = f"(RequestToken: {new_uuid()}, HandlerErrorCode: {code})"
    return ValueError(f'Resource handler returned message: "{request}" {token}')


def _beside_requests(original: Callable[[str], bool]) -> Callable[[str], bool]:
    # A service waits for its tasks, and they may call this AWS when they start.
    return lambda resource_type: resource_type == "AWS::ECS::Service" or original(resource_type)


def _check_exists(resource_type: str, physical_id: str) -> None:
    """Raises AWS's reason where a resource is gone; for the types whose reason ministack has measured."""
    keys: tuple[str, ...] = changesets._IMPORT_LOOKUPS.get(resource_type, ((), None))[0]
    if len(keys) != 1:
        return
    identifier = {keys[0]: physical_id}
    reason = changesets._import_not_found([{"ResourceType": resource_type, "ResourceIdentifier": identifier}])
    if reason:
        token = f"(RequestToken: {new_uuid()}, HandlerErrorCode: NotFound)"
        raise ValueError(f'Resource handler returned message: "{reason}" {token}')


def _of_what_exists(original: Callable[..., Any]) -> Callable[..., Any]:
    def update(resource_type: str, physical_id: str, old: Any, new: Any, *rest: Any) -> Any:
        if old != new:
            _check_exists(resource_type, physical_id)
        return original(resource_type, physical_id, old, new, *rest)

    return update


def _with_reasons(original: Callable[..., Any]) -> Callable[..., Any]:
    """Tells the message of a service that refuses, where ministack's handlers tell its whole answer."""

    def provision(resource_type: str, *args: Any) -> Any:
        try:
            return original(resource_type, *args)
        except ValueError as error:
            body = str(error).partition("failed: b")[2]
            match = re.search(r'"[mM]essage": ?"([^"]*)"|<Message>([^<]*)</Message>', body)
            if match is None:
                raise
            service = resource_type.split("::")[1].capitalize()
            raise handler_error(match[1] or unescape(match[2]), service, 400) from error

    return provision


def install() -> None:
    """Lets services wait in a thread of their own, and tells why something cannot be made or changed."""
    stacks._runs_on_worker_thread = _beside_requests(stacks._runs_on_worker_thread)
    stacks._provision_resource = _with_reasons(stacks._provision_resource)
    stacks._update_resource = _of_what_exists(stacks._update_resource)
