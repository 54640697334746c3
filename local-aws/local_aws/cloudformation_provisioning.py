"""How resources are made and changed: services beside the requests, and nothing that is gone.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services.cloudformation import changesets, stacks


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


def install() -> None:
    """Lets services wait in a thread of their own, and fails updates of what was deleted by hand."""
    stacks._runs_on_worker_thread = _beside_requests(stacks._runs_on_worker_thread)
    stacks._update_resource = _of_what_exists(stacks._update_resource)
