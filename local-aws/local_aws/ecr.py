"""ECR names the local address, and its registry works in the account that the token was made for.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

import base64
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import ministack.app
from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import ecr

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def _address() -> str:
    return f"127.0.0.1:{os.environ['GATEWAY_PORT']}"


def _credential_of(authorization: str) -> str | None:
    """Turns the registry's token into the credential scope that ministack finds account and region in."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        account, region = base64.b64decode(encoded).decode().removeprefix("AWS:").split("/")
    except ValueError:
        return None
    return f"AWS4-HMAC-SHA256 Credential={account}/19700101/{region}/ecr/aws4_request"


async def _challenge(send: Any) -> None:
    """Asks for a token, as a registry does before anything else: clients send theirs only then."""
    status, headers, body = ecr._registry_error(401, "UNAUTHORIZED", "authentication required", {})
    headers["WWW-Authenticate"] = f'Basic realm="http://{_address()}/",service="ecr.amazonaws.com"'
    pairs = [(name.encode("latin-1"), str(value).encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body if isinstance(body, bytes) else body.encode()})


def _scoped(inner: Application) -> Application:
    async def application(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not ministack.app._is_ecr_registry_path(scope["path"]):
            await inner(scope, receive, send)
            return
        headers = dict(scope["headers"])
        credential = _credential_of(headers.get(b"authorization", b"").decode("latin-1"))
        if credential is None:
            await _challenge(send)
            return
        headers[b"authorization"] = credential.encode("latin-1")
        await inner({**scope, "headers": list(headers.items())}, receive, send)

    return application


def install() -> None:
    """Replaces the registry's address in tokens and in repositories, and reads the token's account."""
    original = ecr._get_authorization_token

    def get_authorization_token(request: dict[str, Any]) -> Any:
        answer = json.loads(original(request)[2])
        token = base64.b64encode(f"AWS:{get_account_id()}/{get_region()}".encode()).decode()
        for authorization in answer["authorizationData"]:
            authorization.update(proxyEndpoint=f"http://{_address()}", authorizationToken=token)
        return json_response(answer)

    ecr._get_authorization_token = get_authorization_token
    ecr._repo_uri = lambda name: f"{_address()}/{name}"
    ministack.app.app = _scoped(ministack.app.app)
