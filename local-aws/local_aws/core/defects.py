"""A defect of ours answers 500 with the name of the operation and leaves a trace in the log."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import ministack.app

from local_aws.core.operation import Answer, read_operation, render_error

_log = logging.getLogger("local-aws")

Handler = Callable[[str, str, Any, bytes, Any], Awaitable[Answer]]


def _guarded(service: str, handler: Handler) -> Handler:
    async def guarded(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        try:
            return await handler(method, path, headers, body, query)
        except Exception as error:
            operation = read_operation(service, method, path, headers, body, query)
            _log.exception("%s: a defect of the local AWS", operation)
            text = f"{operation}: a defect of the local AWS: {type(error).__name__}: {error}"
            return render_error(operation, 500, "InternalFailure", text)

    return guarded


def install() -> None:
    """Guards the handler of each service, ours included: comes last."""
    handlers = ministack.app.SERVICE_HANDLERS
    for service, handler in list(handlers.items()):
        handlers[service] = _guarded(service, handler)
