"""Requests to the registry and the answers to them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.core.request import read_body

_PIECE_BYTES = 1 << 20


class RegistryError(Exception):
    """An answer that is an error: status, code of the protocol, message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class DroppedConnectionError(Exception):
    """Ends a request without any answer."""


@dataclass(frozen=True)
class Request:
    """A request to a repository: its name, what is named in it, the query, the headers, the body's source."""

    repository: str
    reference: str
    query: dict[str, str]
    headers: dict[str, str]
    receive: Callable[[], Awaitable[dict[str, Any]]]

    async def read_body(self) -> bytes:
        """Reads a small body, such as a manifest."""
        return await read_body(self.receive)


@dataclass(frozen=True)
class Answer:
    """An answer: status, headers, and a body in memory or in a file."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Path = b""


async def send_answer(answer: Answer, send: Any, head: bool) -> None:
    """Sends an answer, without its body for a HEAD request; a file is sent in pieces."""
    body = answer.body
    size = {} if isinstance(body, Path) else {"Content-Length": str(len(body))}
    headers = {"Docker-Distribution-API-Version": "registry/2.0", **size, **answer.headers}
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    if isinstance(body, Path) and not head:
        with body.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    rest = body if isinstance(body, bytes) and not head else b""
    await send({"type": "http.response.body", "body": rest, "more_body": False})
