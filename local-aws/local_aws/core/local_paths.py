"""Our own paths below `/_local/`: the page, controls for tests, and the list of missing operations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import ministack.app

from local_aws.core.request import read_body

PREFIX = "/_local/"


@dataclass(frozen=True)
class LocalRequest:
    """A request to a path of ours: the query, the body."""

    query: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class LocalAnswer:
    """An answer with its content type."""

    text: str = ""
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


Handler = Callable[[LocalRequest], LocalAnswer]

_handlers: dict[tuple[str, str], Handler] = {}


def add_local_path(method: str, path: str, handler: Handler) -> None:
    """Registers a handler for `/_local/PATH`."""
    _handlers[(method, path)] = handler


async def _answer(scope: dict[str, Any], receive: Any) -> LocalAnswer:
    path = scope["path"].removeprefix(PREFIX.rstrip("/")).removeprefix("/")
    handler = _handlers.get((scope["method"], path))
    if handler is None:
        paths = ", ".join(sorted(f"{method} {PREFIX}{path}" for method, path in _handlers))
        return LocalAnswer(f"{scope['path']}: no such page; there are {paths}\n", 404)
    query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    return handler(LocalRequest(query, await read_body(receive)))


def install() -> None:
    """Serves the paths below `/_local/`."""
    inner = ministack.app.app

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(PREFIX):
            await inner(scope, receive, send)
            return
        answer = await _answer(scope, receive)
        headers = [(b"content-type", answer.content_type.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.text.encode()})

    ministack.app.app = application
