"""The registry of ECR by the OCI distribution protocol, with the answers of ECR.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html#registry_auth_http
"""

import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import ministack.app
from hypercorn.events import Closed
from ministack.core.responses import request_scope

from local_aws.core.settings import local_address
from local_aws.ecr.error import EcrError
from local_aws.ecr.registry.message import (
    Answer,
    DroppedConnectionError,
    RegistryError,
    Request,
    send_answer,
)
from local_aws.ecr.token import Token, read_token

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

_log = logging.getLogger("local-aws")

# The names of ECR's API, as its registry reports them.
_CODES = {
    "ImageTagAlreadyExistsException": (400, "TAG_INVALID"),
    "InvalidParameterException": (400, "MANIFEST_INVALID"),
    "LayersNotFoundException": (404, "BLOB_UPLOAD_UNKNOWN"),
    "ReferencedImagesNotFoundException": (404, "MANIFEST_UNKNOWN"),
    "RepositoryNotFoundException": (404, "NAME_UNKNOWN"),
}

Handler = Callable[[Request], Awaitable[Answer]]

# Method and pattern of a path -> what answers. The longest name wins: a repository may be named `blobs`.
_routes: list[tuple[str, re.Pattern[str], Handler]] = []

# What is asked before a request is answered: token, method, repository, path. They refuse by a RegistryError.
guards: list[Callable[[Token, str, str, str], None]] = []


def add_route(method: str, pattern: str, handler: Handler) -> None:
    """Registers a handler for a method on paths `/v2/NAME/PATTERN`; the pattern's group is the reference."""
    _routes.append((method, re.compile(f"/v2/(?P<name>.+)/{pattern}"), handler))


async def _ping(_: Request) -> Answer:
    return Answer(200, {"Content-Type": "application/json"}, b"{}")


def _find(method: str, path: str) -> tuple[Handler, str, str]:
    if path in ("/v2", "/v2/"):
        return _ping, "", ""
    for wanted, pattern, handler in _routes:
        match = pattern.fullmatch(path) if wanted == method else None
        if match:
            return handler, match["name"], match.groupdict().get("reference", "")
    raise RegistryError(405, "UNSUPPORTED", f"{method} is not supported here")


async def _run(scope: Scope, receive: Any) -> Answer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    token = read_token(headers.get("authorization", ""))
    if token is None:
        raise RegistryError(401, "UNAUTHORIZED", "authentication required")
    if token.expires <= time.time():
        raise RegistryError(
            403, "DENIED", "Your authorization token has expired. Reauthenticate and try again."
        )
    handler, name, reference = _find(scope["method"], scope["path"])
    query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()}
    with request_scope(token.account, token.region):
        for guard in guards:
            guard(token, scope["method"], name, scope["path"])
        return await handler(Request(name, reference, query, headers, receive))


def _error(status: int, code: str, message: str) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    headers = {"Content-Type": "application/json"}
    if status == 401:
        headers["WWW-Authenticate"] = f'Basic realm="http://{local_address()}/",service="ecr.amazonaws.com"'
    return Answer(status, headers, body)


async def answer_request(scope: Scope, receive: Any, send: Any) -> None:
    """Answers one request to the registry."""
    try:
        answer = await _run(scope, receive)
    except RegistryError as error:
        answer = _error(error.status, error.code, str(error))
    except EcrError as error:
        status, code = _CODES.get(error.name, (400, "UNSUPPORTED"))
        answer = _error(status, code, str(error))
    except DroppedConnectionError:
        # The server's own stream and connection: an application has no other way to end without an answer.
        await send.__self__.send.__self__.send(Closed())
        return
    except Exception:
        _log.exception("registry %s %s: a defect of the local AWS", scope["method"], scope["path"])
        answer = _error(500, "UNKNOWN", f"{scope['method']} {scope['path']}: a defect of the local AWS")
    await send_answer(answer, send, scope["method"] == "HEAD")


def install() -> None:
    """Serves the registry's paths instead of ministack, with handlers of their own."""
    inner = ministack.app.app

    async def application(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and ministack.app._is_ecr_registry_path(scope["path"]):
            await answer_request(scope, receive, send)
        else:
            await inner(scope, receive, send)

    ministack.app.app = application
