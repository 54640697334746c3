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


def _scoped(inner: Application) -> Application:
    async def application(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v2/"):
            headers = [
                (name, (_credential_of(value.decode("latin-1")) or value.decode("latin-1")).encode("latin-1"))
                if name == b"authorization"
                else (name, value)
                for name, value in scope["headers"]
            ]
            scope = {**scope, "headers": headers}
        await inner(scope, receive, send)

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
